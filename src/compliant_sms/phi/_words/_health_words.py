"""What a word can mean of health, by the packaged lists and by its form.

It knows nothing of texts, so that the lexicon of all words can ask it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import NamedTuple

from compliant_sms.phi._labels import Sensitivity
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, Written, cues, head_of, heads, letters_of


class Entry(NamedTuple):
    """One term of the dictionaries, without the word that it is looked for by."""

    before: tuple[str, ...]
    """Small words that it begins with: "no" of "no appetite"."""
    rest: tuple[str, ...]
    """The words behind."""
    figures: str
    """What follows directly and is no word: "19" of "covid-19"; may be empty."""
    kind: int
    care: Sensitivity
    everyday: bool
    """Marked ``*``: means nothing of health without others."""
    capitals: bool
    """Marked ``^``: counts only in capitals."""


class Terms(NamedTuple):
    """The terms that are looked for by one word."""

    alone: tuple[Entry, ...]
    """Those that end with it."""
    further: Mapping[str, tuple[Entry, ...]]
    """By the word behind it; the longest first."""
    figured: tuple[Entry, ...]
    """Those that go on in figures."""


_NONE = Terms((), {}, ())
_SURE = Kind.CONDITION | Kind.MEDICATION | Kind.PROCEDURE | Kind.SPECIALTY
_MARK = {
    Kind.BODY: marks.BODY,
    Kind.COMPLAINT: marks.COMPLAINT,
    Kind.MEASURE: marks.HEALTH_TERM,
}
_A_NAME_OR_WORD = marks.GIVEN | marks.SURNAME | marks.COMMON
_KEPT = 4096


@lru_cache(maxsize=_KEPT)
def terms_from(word: str) -> Terms:
    """The terms that a word, in small letters without accents, stands for or begins."""
    return _spelt(word) or _misspelt(word)


@lru_cache(maxsize=_KEPT)
def _spelt(word: str) -> Terms | None:
    found, stem = _listed(word), _singular(word)
    if stem and not (found and found.alone):
        of_one = _together(heads()[stem])
        if word.endswith("'s"):
            return of_one
        further, figured = (found.further, found.figured) if found else ({}, ())
        return Terms(of_one.alone, further, figured)
    if found:
        return found
    if kind := _built(word):
        return Terms((_entry([], 0, kind, Sensitivity.GENERAL),), {}, ())
    return None


def _listed(word: str) -> Terms | None:
    written = heads().get(word)
    return _together(written) if written else None


def _singular(word: str) -> str:
    """The listed word that it is the plural of, or belongs to; nothing if there is none."""
    for ending in ("'s", "s", "es"):
        stem = word.removesuffix(ending)
        if stem is not word and len(stem) > _LEAST_PLURAL and stem in heads():
            return stem
    return ""


_LEAST_PLURAL = 2


def health_marks(word: str, found: int) -> int:
    """The marks of health of a word, given those that it has otherwise."""
    # A name or an ordinary word is no misspelt term.
    terms = (_spelt(word) or _NONE) if found & _A_NAME_OR_WORD else terms_from(word)
    mark = marks.HEALTH_TERM if terms.further or (terms.figured and word != "a") else 0
    for entry in terms.alone:
        mark |= _MARK.get(entry.kind, marks.HEALTH_TERM)
    return mark


def health_lists() -> Iterator[tuple[int, frozenset[str]]]:
    """The words that health information and its readers are told by."""
    yield marks.VERDICT, cues("verdicts")
    yield marks.EXAMINED, cues("examined")
    yield marks.ILL_VERB, cues("ill verbs")
    yield marks.SHORT_NAME, cues("short names")
    yield marks.CODE_CUE, cues("codes")
    yield marks.SAYING, cues("sayings")


# Endings that clinicians build words with; of words that have them by chance, cues("not built").
_ENDINGS: Mapping[int, tuple[str, ...]] = {
    Kind.CONDITION: (
        *("itis", "osis", "emia", "uria", "algia", "pathy", "penia", "rrhea", "plegia", "rrea"),
        *("noma", "coma", "phobia", "megaly", "paresis", "ectasia", "stenosis", "sarcoma"),
        *("iasis", "ematoma", "lipoma", "glioma", "dysplasia", "pnea", "phagia", "edema"),
        *("cephaly", "ptysis", "spasm", "lepsy", "dynia", "rrhage", "myopia"),
    ),
    Kind.PROCEDURE: (
        *("ectomy", "ostomy", "otomy", "plasty", "oscopy", "centesis", "pexy", "graphy"),
        *("ectomia", "oscopia", "plastia", "metria", "ometry", "tripsy", "iogram"),
        *("scopic", "pheresis", "rrhaphy", "desis"),
    ),
    Kind.MEDICATION: (
        *("cillin", "cycline", "ciclina", "floxacin", "floxacino", "prazole", "prazol", "sartan"),
        *("statin", "statina", "gliptin", "gliptina", "gliflozin", "glutide", "zepam", "zolam"),
        *("triptan", "xaban", "tinib", "ciclib", "umab", "imab", "mycin", "micina", "cilina"),
        *("setron", "oxetine", "oxetina", "dipine", "dipino", "azosin", "tegravir", "thiazide"),
        *("tiazida", "conazole", "conazol", "glitazone", "nidazole", "nidazol", "sulfa", "profen"),
        *("afil", "lukast", "dronate", "parin", "barbital", "caine", "sonide", "sone", "solone"),
        *("olol", "pril", "sartana", "formin", "formina", "triptyline", "triptilina", "codone"),
        *("morphone", "ciclovir", "cyclovir", "navir", "phylline", "semide", "semida", "zumab"),
        *("tidine", "tadine", "terol", "tropium", "oxicam", "coxib", "platin", "rubicin", "taxel"),
        *("gepant", "pitant", "vaptan", "peridone", "piprazole", "zapine", "tiapine", "traline"),
        *("zodone", "racetam", "prost", "thyroxine", "oxacin", "grelor", "tacept", "ximab"),
        *("gliflozina", "glutida", "parina", "pamil", "fenac", "fibrate", "lamide", "dronic"),
        *("sidone", "idazole", "leukin", "bactam", "cyclin"),
    ),
}
_LEAST_BUILT = 7


def _built(word: str) -> int | None:
    if len(word) < _LEAST_BUILT or word in cues("not built"):
        return None
    return next((kind for kind, endings in _ENDINGS.items() if word.endswith(endings)), None)


_LEAST_MISSPELT = 6
_LEAST_BONES = 3
_LONG = 8
_FEW_LETTERS = 2  # that a long word may have wrong
_SOUNDS = str.maketrans("ckqzx", "sssss", "aeiouyhw'")


def _misspelt(word: str) -> Terms:
    """The term that sounds the same: "metphormin"."""
    if len(word) < _LEAST_MISSPELT or word in cues("not built"):
        return _NONE
    most = _FEW_LETTERS if len(word) >= _LONG else 1
    for term in _by_bones(_sound(word)).get(_bones(word), ()):
        if _apart(word, term) <= most:
            return _together(heads()[term])
    return _NONE


def _sound(word: str) -> str:
    return word.replace("ph", "f").translate(_INITIALS)[0]


_INITIALS = str.maketrans("ckqz", "ssss")


def _bones(word: str) -> str:
    """What stays when vowels are left out and letters that sound alike are one; in no order."""
    return "".join(sorted(set(word.replace("ph", "f").translate(_SOUNDS))))


def _apart(one: str, other: str) -> int:
    """How many letters of two words differ; two that changed places count as one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, its in enumerate(other, 1):
            changed = above[j - 1] + (letter != its)
            row.append(min(changed, above[j] + 1, row[j - 1] + 1))
            if i > 1 < j and letter == other[j - 2] and one[i - 2] == its:
                row[j] = min(row[j], before[j - 2] + 1)
        before = above
    return row[-1]


@cache
def _by_bones(initial: str) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for term, written in heads().items():
        sure = any(not words and kind & _SURE for words, kind, _ in written)
        if sure and len(term) >= _LEAST_MISSPELT and _sound(term) == initial:
            found.setdefault(_bones(term), []).append(term)
    return {bones: terms for bones, terms in found.items() if len(bones) >= _LEAST_BONES}


def _together(written: list[Written]) -> Terms:
    alone: list[Entry] = []
    figured: list[Entry] = []
    further: dict[str, tuple[Entry, ...]] = {}
    for words, kind, care in sorted(written, key=lambda each: -len(each[0])):
        entry = _entry(words, head_of(words), kind, care)
        if entry.figures:
            figured.append(entry)
        elif entry.rest:
            further[entry.rest[0]] = (*further.get(entry.rest[0], ()), entry)
        else:
            alone.append(entry)
    return Terms(tuple(alone), further, tuple(figured))


def _entry(words: list[str], at: int, kind: int, care: Sensitivity) -> Entry:
    if not words:
        return Entry((), (), "", kind, care, everyday=False, capitals=False)
    mark = words[-1][-1]
    words = [word.rstrip("*^") for word in words]
    rest, figures = words[at + 1 :], words[at].removeprefix(letters_of(words[at]))
    if rest and rest[0][0].isdigit():
        figures, *rest = rest
    before = tuple(words[:at])
    return Entry(
        before, tuple(rest), figures, kind, care, everyday=mark == "*", capitals=mark == "^"
    )
