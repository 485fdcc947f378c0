"""Copy that invites a word to which carriers and the law have an answer of their own."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.lint._copy import Copy
from compliant_sms.lint._finding import Fix, LintFinding, Severity
from compliant_sms.lint._offers import YES, Offer
from compliant_sms.lint._phrases import Says, says
from compliant_sms.optout import Reserved

_PER_SE = "47 CFR 64.1200(a)(10): words that revoke consent definitively when sent in reply"
_DEFAULTS = "Default keywords of Twilio, Telnyx, AWS End User Messaging and Plivo"

# They end something, and copy likes them for a visit; the others speak of texts by themselves.
_DOUBTFUL = frozenset(
    {
        *("cancel", "end", "quit", "remove", "td", "revoke"),
        *("cancelar", "cancela", "fin", "terminar", "salir", "quitar", "anular", "annuler"),
    }
)


def reserved_word_invited(copy: Copy) -> Iterator[LintFinding]:
    """CANCEL, END, QUIT and the like end all texts; HELP and START are answered by others."""
    for offer in copy.offers:
        if offer.reserved is Reserved.STOP and _ends_more_than_texts(offer):
            yield _finding(
                offer,
                Severity.ERROR,
                f"It invites {offer.word.upper()}, which ends all texts to whoever sends it.",
                _PER_SE,
                _another(copy, offer, Says.CANCELS, "N"),
            )
        elif offer.reserved in {Reserved.HELP, Reserved.START} and _is_answered_by_others(offer):
            yield _finding(
                offer,
                Severity.WARNING,
                f"It invites {offer.word.upper()}, which carriers answer in their own way.",
                _DEFAULTS,
                None,
            )


def yes_invited(copy: Copy) -> Iterator[LintFinding]:
    """YES opts in, with some carriers, whatever was asked; only an opt-in request may invite it."""
    for offer in copy.offers:
        if offer.word in YES and not (
            says(offer.does, Says.JOINS) or says(offer.before, Says.JOINS)
        ):
            yield _finding(
                offer,
                Severity.WARNING,
                f"It invites {offer.word.upper()}, which may be taken as an opt-in to all texts.",
                "Default opt-in keywords of Twilio and Plivo: YES is taken as START",
                _another(copy, offer, Says.CONFIRMS, "C"),
            )


def _ends_more_than_texts(offer: Offer) -> bool:
    if says(offer.does, Says.LEAVES):
        return False
    if offer.word in _DOUBTFUL:
        other = says(offer.does, Says.OTHER) or says(offer.does, Says.CANCELS)
        return other or not says(offer.before, Says.LEAVES)
    return says(offer.does, Says.OTHER)


def _is_answered_by_others(offer: Offer) -> bool:
    right = Says.HELPS if offer.reserved is Reserved.HELP else Says.JOINS
    return offer.capitals and says(offer.does, Says.OTHER) and not says(offer.does, right)


def _another(copy: Copy, offer: Offer, does: Says, letter: str) -> Fix | None:
    """A letter that means nothing to carriers, where the text says what the word is for."""
    if letter.lower() not in copy.words and says(offer.does, does):
        return Fix(start=offer.start, end=offer.end, replacement=letter)
    return None


def _finding(
    offer: Offer, severity: Severity, words: str, source: str, fix: Fix | None
) -> LintFinding:
    return LintFinding(
        start=offer.start,
        end=offer.end,
        rule="yes-invited" if offer.word in YES else "reserved-word-invited",
        severity=severity,
        words=words,
        source=source,
        remedy="Invite another keyword, such as C to confirm and R to reschedule, or a call.",
        fix=fix,
    )
