"""Words that no notice lacks, found in one pass: most texts have few, and need no closer look."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

# Beginnings of words; those with a dot are whole words. Folded as the patterns' texts are.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "leave": ("stop", "opt", "unsub", "alto", "pare", "parar", "baja", "suscrip"),
    "end": (
        *("cancel", "quit", "end.", "discontinue", "turn.", "longer", "receiv", "remov", "taken"),
        *("recib", "detener", "terminar", "leave"),
    ),
    "texts": (
        *("text", "txt", "msg", "messag", "sms", "alert", "remind", "notif", "updates"),
        *("communic", "mensaj", "msj", "recordatorio", "aviso", "list", "program"),
    ),
    "help": (
        *("help", "info", "support", "customer", "question", "assist"),
        *("ayuda", "pregunta", "dudas", "atencion", "aide."),
    ),
    "fees": ("rate", "charges", "fee", "cost", "tarifa", "cargo", "frais."),
    "often": (
        *("freq", "frec", "recur", "ongoing", "daily", "weekly", "biweekly", "monthly", "vary"),
        *("varies", "depend", "diari", "semanal", "mensual", "periodi", "nombre."),
        *("quotidien", "hebdomad", "mensuel"),
    ),
    "each": (
        *("day", "d.", "wk", "week", "mo.", "mos.", "mth", "month", "yr", "year", "visit", "appt"),
        *("appointment", "order", "refill", "request", "dia", "sem.", "semana", "mes.", "ano."),
        *("cita", "solicitud", "jour.", "semaine.", "mois.", "an.", "rendez"),
    ),
    "no": (
        *(
            "no.",
            "not.",
            "don't",
            "dont.",
            "can't",
            "cannot",
            "won't",
            "doesn't",
            "isn't",
            "aren't",
        ),
        *("never", "unable", "unavail", "unsup", "unread", "unmonitor", "un-", "noreply"),
    ),
}


@cache  # compiled at first use
def _first_look() -> tuple[re.Pattern[str], Mapping[str, tuple[str, ...]]]:
    tags: dict[str, list[str]] = defaultdict(list)
    for tag, words in _WORDS.items():
        for word in words:
            tags[word.rstrip(".")].append(tag)
    whole = {word for words in _WORDS.values() for word in words if word.endswith(".")}
    by_letter: dict[str, list[str]] = defaultdict(list)
    # The longest first, as an alternation takes what comes first.
    for word in sorted(tags, key=len, reverse=True):
        end = "(?![a-z])" if f"{word}." in whole else ""
        by_letter[word[0]].append(re.escape(word[1:]) + end)
    ways = "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())
    return re.compile(f"[^a-z]({ways})"), {word: tuple(found) for word, found in tags.items()}


def hints(text: str) -> Mapping[str, list[int]]:
    """Where the words begin that a notice would need, by the kind of word."""
    look, tags = _first_look()
    found: dict[str, list[int]] = {}
    # Before the first word stands a blank, so that a place there is the word's in the text.
    for match in look.finditer(f" {text}"):
        for tag in tags[match[1]]:
            found.setdefault(tag, []).append(match.start())
    return found
