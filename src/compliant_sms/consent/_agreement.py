"""The written agreement to automated marketing, and what it lacks. 47 CFR 64.1200(f)(9).

The sender bears the burden of proof, so what a record does not say is not assumed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.choices import Word
from compliant_sms.consent._fields import a_text
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber, as_number


class SignatureKind(Word):
    """What the person did to sign. 47 CFR 64.1200(f)(9)(ii); 15 U.S.C. 7001."""

    TICKED_BOX = "ticked_box"
    TYPED_NAME = "typed_name"
    DRAWN = "drawn"
    """With a finger or a stylus on a screen."""
    WET_INK = "wet_ink"
    TEXT_REPLY = "text_reply"
    """A keyword, in reply to a text that carried the disclosures."""
    KEY_PRESS = "key_press"
    """On a telephone, after the disclosures were read out."""
    RECORDED_VOICE = "recorded_voice"
    UNRECORDED_VOICE = "unrecorded_voice"
    """Spoken, with nothing to show for it: no signature."""
    NONE = "none"


@frozen(kw_only=True)
class WrittenAgreement:
    """The elements of prior express written consent. 47 CFR 64.1200(f)(9).

    Record what the wording said even if it falls short; :func:`defects` reports what is missing.

    Args:
        seller: who may text, as named in the wording.
        number: the number named in the wording. A string is read by :meth:`PhoneNumber.parse`.
        signature: what the person did to sign.
        box_was_unticked: whether the box was empty until the person ticked it. Needed only for a
            ticked box, because a pre-ticked box shows no act of the signer.
        authorises_automated_marketing: whether the wording said that signing permits marketing
            texts sent by automated means, (f)(9)(i)(A).
        not_a_condition_of_purchase: whether it said that agreeing is not a condition of buying
            anything, (f)(9)(i)(B).
        clear_and_conspicuous: whether both could not be overlooked, apart from advertising and
            from other disclosures, (f)(3).

    Raises:
        InvalidInput: the seller is blank, the kind of signature is unknown, the number is not a
            phone number, or an answer is neither True nor False.
    """

    seller: str = field(validator=a_text)
    number: PhoneNumber = field(converter=as_number)
    signature: SignatureKind = field(converter=SignatureKind)
    box_was_unticked: bool = field(default=True, validator=_given.flag)
    authorises_automated_marketing: bool = field(validator=_given.flag)
    not_a_condition_of_purchase: bool = field(validator=_given.flag)
    clear_and_conspicuous: bool = field(validator=_given.flag)


an_agreement = _given.kind(WrittenAgreement, "a WrittenAgreement")


class AgreementDefect(Word):
    """Why an agreement is not prior express written consent, in the order of (f)(9)."""

    NO_SIGNATURE = "no-signature"
    PRECHECKED_BOX = "prechecked-box"
    AUTHORIZATION_DISCLOSURE_MISSING = "authorization-disclosure-missing"
    NO_PURCHASE_CONDITION_DISCLOSURE_MISSING = "no-purchase-condition-disclosure-missing"
    DISCLOSURE_NOT_CONSPICUOUS = "disclosure-not-conspicuous"
    SELLER_NOT_NAMED = "seller-not-named"
    PHONE_NUMBER_MISMATCH = "phone-number-mismatch"

    @property
    def words(self) -> str:
        """What is wrong, as one sentence."""
        return _TOLD[self][0]

    @property
    def citation(self) -> str:
        """The law that requires it."""
        return _TOLD[self][1]


_LAW = "47 CFR 64.1200(f)(9)"
_TOLD = {
    AgreementDefect.NO_SIGNATURE: (
        "Nobody's signature is on record; a spoken yes counts only if it was recorded.",
        f"{_LAW}; 15 U.S.C. 7001",
    ),
    AgreementDefect.PRECHECKED_BOX: (
        "The box came ticked, so that no act of the signer shows.",
        f"{_LAW}; 15 U.S.C. 7001",
    ),
    AgreementDefect.AUTHORIZATION_DISCLOSURE_MISSING: (
        "The wording did not say that signing permits automated marketing texts.",
        f"{_LAW}(i)(A)",
    ),
    AgreementDefect.NO_PURCHASE_CONDITION_DISCLOSURE_MISSING: (
        "The wording did not say that signing is no condition of buying anything.",
        f"{_LAW}(i)(B)",
    ),
    AgreementDefect.DISCLOSURE_NOT_CONSPICUOUS: (
        "The disclosure was not clear and conspicuous.",
        f"47 CFR 64.1200(f)(3); {_LAW}(i)",
    ),
    AgreementDefect.SELLER_NOT_NAMED: (
        "The wording permits texts by somebody else than this practice.",
        _LAW,
    ),
    AgreementDefect.PHONE_NUMBER_MISMATCH: ("The wording names another phone number.", _LAW),
}
_UNSIGNED = frozenset({SignatureKind.NONE, SignatureKind.UNRECORDED_VOICE})


def defects(
    agreement: WrittenAgreement, *, seller: Iterable[str], number: PhoneNumber
) -> tuple[AgreementDefect, ...]:
    """Return everything that keeps an agreement from being prior express written consent.

    Args:
        agreement: the agreement on record.
        seller: the names of the practice that texts; the wording must have one of them. They are
            compared without case, accents, punctuation and legal form ("LLC", "P.C.").
        number: the number that is texted.

    Returns:
        The defects in the order of 47 CFR 64.1200(f)(9); none if it is valid.

    Raises:
        InvalidInput: the names are one string instead of a list.
    """
    if isinstance(seller, str):
        msg = "seller takes the names in a list, for example ['Lakeside Family Medicine']"
        raise InvalidInput(msg)
    ticked = agreement.signature is SignatureKind.TICKED_BOX
    found = {
        AgreementDefect.NO_SIGNATURE: agreement.signature in _UNSIGNED,
        AgreementDefect.PRECHECKED_BOX: ticked and not agreement.box_was_unticked,
        AgreementDefect.AUTHORIZATION_DISCLOSURE_MISSING: (
            not agreement.authorises_automated_marketing
        ),
        AgreementDefect.NO_PURCHASE_CONDITION_DISCLOSURE_MISSING: (
            not agreement.not_a_condition_of_purchase
        ),
        AgreementDefect.DISCLOSURE_NOT_CONSPICUOUS: not agreement.clear_and_conspicuous,
        AgreementDefect.SELLER_NOT_NAMED: not same_sender(agreement.seller, seller),
        AgreementDefect.PHONE_NUMBER_MISMATCH: agreement.number != number,
    }
    return tuple(defect for defect, is_so in found.items() if is_so)


def same_sender(name: str, names: Iterable[str]) -> bool:
    """Whether a name is one of the names, whatever its case, punctuation or legal form.

    Args:
        name: as a record has it.
        names: those of a practice.
    """
    bare = _bare_name(name)
    return bool(bare) and bare in map(_bare_name, names)


_LEGAL_FORMS = frozenset(
    {
        "apc",
        "corp",
        "corporation",
        "inc",
        "incorporated",
        "lc",
        "limited",
        "llc",
        "llp",
        "lp",
        "ltd",
        "pa",
        "pc",
        "pllc",
        "ps",
        "psc",
    }
)
_INSIDE_WORDS = ".'\N{RIGHT SINGLE QUOTATION MARK}"


# A practice has a few names, and each is asked for again with every text.
@lru_cache(maxsize=1024)
def _bare_name(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name).casefold().replace("&", " and ")
    words = list(_with_initials_joined("".join(map(_letter, spelt)).split()))
    while len(words) > 1 and words[-1] in _LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _letter(character: str) -> str:
    if character.isalnum():
        return character
    return "" if character in _INSIDE_WORDS or unicodedata.combining(character) else " "


def _with_initials_joined(words: Iterable[str]) -> Iterator[str]:
    # "P. C." is written as "PC" too.
    for are_initials, run in groupby(words, key=lambda word: len(word) == 1):
        found = list(run)
        yield from ["".join(found)] if are_initials else found
