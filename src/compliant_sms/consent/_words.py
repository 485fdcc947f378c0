"""The vocabulary of consent."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import lru_cache

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.choices import Grade, Word, no_such
from compliant_sms.consent._fields import a_text, sorted_names, storable
from compliant_sms.errors import InvalidInput


class Tier(Grade):
    """How strong a consent is. 47 CFR 64.1200(a)(1), (a)(2), (f)(9)."""

    NONE = 0
    PRIOR_EXPRESS = 1
    PRIOR_EXPRESS_WRITTEN = 2


class Category(Word):
    """What a patient agrees to or declines as a whole.

    A practice declares categories of its own: ``Practice(own_categories=["parking"])``.

    A grant that names none covers appointments, care and answers; one of written permission covers
    promotions.

    - ``APPOINTMENTS``: confirmations, reminders and changes of visits, check-ups and recalls,
      pre-registration, forms to fill in before a visit, links to a video visit.
    - ``CARE``: prescriptions, results that are there, instructions, follow-up after a stay,
      screenings, immunizations, gaps in care, emergencies.
    - ``ANSWERS``: answers to what the patient wrote, one-time codes, a text after a missed call,
      and the library's answers to START, STOP and HELP.
    - ``BILLING``: bills and payments.
    - ``SURVEYS``: questions about how it was.
    - ``ANNOUNCEMENTS``: news of the practice, closures.
    - ``RESEARCH``: recruiting for a study.
    - ``FUNDRAISING``: asking for a gift.
    - ``PROMOTIONS``: whatever sells, of the practice or of somebody else.
    """

    APPOINTMENTS = "appointments"
    """Visits: confirmations, reminders, changes, check-ups, recalls, forms, video links."""
    CARE = "care"
    """Prescriptions, results, instructions, screenings, immunizations, gaps in care."""
    ANSWERS = "answers"
    """Answers to what the patient wrote or asked for, and to a call that nobody took."""
    BILLING = "billing"
    """Bills and payments."""
    SURVEYS = "surveys"
    """Questions about how it was."""
    ANNOUNCEMENTS = "announcements"
    """News of the practice, closures."""
    RESEARCH = "research"
    """Recruiting for a study."""
    FUNDRAISING = "fundraising"
    """Asking for a gift."""
    PROMOTIONS = "promotions"
    """Whatever sells, of the practice or of somebody else."""


# A number given at intake is consent within the scope of why it was given (FCC 15-72, 2015).
_CARE = (Category.APPOINTMENTS, Category.CARE, Category.ANSWERS)
# Written permission covers what it names, and promotions are what it is asked for.
_USUAL_CATEGORIES = {Tier.PRIOR_EXPRESS_WRITTEN: (Category.PROMOTIONS,)}


def refuse_no_tier(tier: Tier) -> None:
    """Refuse a grant of nothing, which would end an opt-out all the same.

    Raises:
        InvalidInput: it is :attr:`Tier.NONE`.
    """
    if tier is Tier.NONE:
        msg = "a grant of no tier is no consent. Pass Tier.PRIOR_EXPRESS, or leave tier out."
        raise InvalidInput(msg)


def categories_covered(categories: Iterable[str] | None, tier: Tier) -> Iterable[str]:
    """The categories of a grant, or what a grant of that tier usually covers."""
    return _USUAL_CATEGORIES.get(tier, _CARE) if categories is None else categories


# As close as a singular to its plural, or a word to a slip in it.
_CLOSE = 0.85


def checked_categories(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, sorted, for what is made before its practice is known.

    Raises:
        InvalidInput: one is close to a name of the library's, so that it is probably a typing error
            and no text would be sent under it.
    """
    found = sorted_names(names)
    for name in found:
        close = None if name in _CATEGORIES else _close_to(name.strip().casefold())
        if close:
            msg = (
                f"there is no category of that name, and {close!r} is close to it. Pass that, or: "
                f"{', '.join(_others(close))}; or, for texts of your own, a name that cannot be "
                "taken for it."
            )
            raise InvalidInput(msg)
    return found


def declared_categories(names: Iterable[str], own: Collection[str]) -> tuple[str, ...]:
    """Return the names, sorted, if each is the library's or one that the practice declares.

    Raises:
        InvalidInput: one is neither, so that no text would ever rest on it.
    """
    found = sorted_names(names)
    for name in found:
        if not is_declared(name, own):
            raise InvalidInput(why_undeclared(name, own))
    return found


def is_declared(name: str, own: Collection[str]) -> bool:
    """Whether a category is the library's, or one that a practice declares."""
    return name in _CATEGORIES or name in own


def known_categories(own: Collection[str]) -> tuple[str, ...]:
    """The library's categories, and those that a practice declares."""
    return (*(each.value for each in Category), *sorted({*own} - _CATEGORIES))


def why_undeclared(name: str, own: Collection[str]) -> str:
    """Say that a category is neither the library's nor declared, and what to do."""
    known = no_such("category", known_categories(own), name)
    return f"{known} Declare one of your own first: Practice(own_categories=[...])."


def _others(name: str) -> list[str]:
    return [each.value for each in Category if each.value != name]


_CATEGORIES = frozenset(each.value for each in Category)


@lru_cache(maxsize=256)  # comparing takes longer than all else in a grant
def _close_to(name: str) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - for names that are a practice's own

    close = get_close_matches(name, sorted(_CATEGORIES), 1, _CLOSE)
    return close[0] if close else None


class Basis(Word):
    """How a patient came to agree."""

    INTAKE_FORM = "intake_form"
    PAPER_FORM = "paper_form"
    WEB_FORM = "web_form"
    TEXT_MESSAGE = "text_message"
    """The patient texted a keyword that invited texts."""
    SPOKEN = "spoken"
    BOOKING = "booking"
    """The patient gave the number when booking: consent within the scope of why it was given."""
    CALL_OFFER = "call_offer"
    """A caller accepted a spoken offer to be answered by text."""

    @property
    def shows_wording(self) -> bool:
        """Whether the patient read or heard a wording, which the record must then include."""
        return self not in {Basis.SPOKEN, Basis.BOOKING}

    @property
    def is_fresh_opt_in(self) -> bool:
        """Whether it can lift a revocation.

        Giving the number again does not, nor does pressing a key in a call.
        """
        return self not in {Basis.BOOKING, Basis.CALL_OFFER}


class Channel(Word):
    """How a revocation or a restoration reached the practice. 47 CFR 64.1200(a)(10), (a)(11)."""

    TEXT = "text"
    SPOKEN = "spoken"
    VOICEMAIL = "voicemail"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"
    PROVIDER = "provider"
    """The provider or a carrier reported that this number opted out."""
    OTHER_SYSTEM = "other_system"
    """A former system has it on its list. How the request came is unknown."""
    UNKNOWN = "unknown"
    """The record of it was erased."""


class Flag(Word):
    """Why a number is not to be texted until somebody has looked into it.

    A provider reported it, or whoever has the number did.
    """

    INVALID_NUMBER = "invalid_number"
    UNREACHABLE_PERMANENT = "unreachable_permanent"
    """Deactivated, or no longer a handset's number."""
    BLOCKED_NUMBER = "blocked_number"
    """The provider or the carrier blocks the practice's texts to it."""
    COMPLIANCE_BLOCKED = "compliance_blocked"
    WRONG_NUMBER = "wrong_number"
    """Whoever has it answered only that it is the wrong number."""

    @property
    def may_be_anothers(self) -> bool:
        """Whether the number's holder may be somebody else from now on."""
        return self in {Flag.INVALID_NUMBER, Flag.UNREACHABLE_PERMANENT, Flag.WRONG_NUMBER}


@frozen(kw_only=True)
class Wording:
    """What a patient was shown, word for word.

    Args:
        text: the exact wording.
        version: its edition, for example ``"2026-03"``.
    """

    text: str = field(validator=a_text, repr=False)
    version: str = field(validator=a_text)


@frozen(kw_only=True)
class Signature:
    """How a patient signed. 47 CFR 64.1200(f)(9); 15 U.S.C. 7001 for electronic signatures.

    Args:
        signer: who signed, as an id or a name.
        act: what they did, for example ``"ticked an unticked box"`` or ``"signed on paper"``.
        ip_address: where from, for a web form.
        user_agent: the browser, for a web form.
    """

    signer: str = field(validator=a_text, repr=False)
    act: str = field(validator=a_text)
    ip_address: str = field(default="", repr=False, validator=storable)
    user_agent: str = field(default="", repr=False, validator=storable)


a_wording = _given.kind(Wording, "Wording(text=..., version=...)")
a_signature = _given.kind(Signature, "Signature(signer=..., act=...)")
