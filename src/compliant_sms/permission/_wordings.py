"""The words that patients agree to, by medium: each says all that CTIA 5.1.1 asks for.

Who texts, what about, how often, at which number, that texts are automated, that rates may apply,
how to stop and get help, where terms and privacy policy stand, and that nobody has to agree:
47 CFR 64.1200(f)(9), CTIA Messaging Principles (May 2023) 5.1.1 and 5.1.2.1.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from compliant_sms.consent import SignatureKind, Wording, WrittenAgreement
from compliant_sms.permission._programme import Programme
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.templates import sender_name

__all__ = ["Legal", "box", "by_reply", "question", "script", "shown_on_form", "welcome"]

_RATES = "Message and data rates may apply."
_SHORT_RATES = "Msg & data rates may apply."
_KEYWORDS = "Reply STOP to opt out, HELP for help."


@frozen(kw_only=True)
class Legal:
    """Where a practice's terms and its privacy policy stand."""

    terms_url: str
    privacy_url: str

    @property
    def line(self) -> str:
        """Both, as one line."""
        return f"Terms: {self.terms_url} Privacy policy: {self.privacy_url}"


def box(programme: Programme, practice: Practice) -> str:
    """What stands beside a box on a form, in words."""
    kind = "automated marketing texts" if programme.marketing else "automated texts"
    free = "buying anything or of getting care" if programme.marketing else "getting care"
    return (
        f"I agree that {practice.name} may send me {kind} about {programme.about} at the mobile "
        f"number that I gave on this form. I need not agree: it is not a condition of {free}. "
        f"{programme.frequency} {_RATES} {_KEYWORDS}"
    )


def shown_on_form(programme: Programme, practice: Practice, legal: Legal) -> Wording:
    """All that a patient reads on a form of a programme, as it goes on record."""
    text = f"{box(programme, practice)}\n{legal.line}"
    return Wording(text=text, version=programme.version)


def script(programme: Programme, practice: Practice) -> Wording:
    """What somebody reads out who asks a patient, and then records the answer."""
    kind = "automated marketing texts" if programme.marketing else "automated texts"
    free = "buying anything or of getting care" if programme.marketing else "getting care"
    return Wording(
        text=f"May {practice.name} send you {kind} about {programme.about} at this mobile number? "
        f"You need not agree: it is not a condition of {free}. {programme.frequency} {_RATES} "
        "You can reply STOP at any time to opt out, or HELP for help.",
        version=programme.version,
    )


def question(programme: Programme, practice: Practice, legal: Legal) -> Wording:
    """The text that asks: the call to action, to be answered by YES."""
    name = sender_name(practice)
    if programme.marketing:
        asked = (
            f"{name}: Reply YES to agree to automated marketing texts from us about "
            f"{programme.about} at this number. It is not a condition of buying anything or of "
            "getting care."
        )
    else:
        asked = (
            f"{name}: May we send you automated texts about {programme.about} at this number? "
            "Reply YES to agree. It is not a condition of getting care."
        )
    return Wording(
        text=f"{asked} {programme.frequency} {_SHORT_RATES} {_KEYWORDS} {legal.line}",
        version=programme.version,
    )


def welcome(programmes: Sequence[Programme], practice: Practice) -> str:
    """The first text after an opt-in, which confirms it. CTIA 5.1.2.1."""
    about = "; ".join(each.about for each in programmes)
    often = " ".join(dict.fromkeys(each.frequency for each in programmes))
    return (
        f"{sender_name(practice)}: you will get texts about {about}. {often} {_SHORT_RATES} "
        "Reply HELP for help, STOP to opt out."
    )


def by_reply(practice: Practice, number: PhoneNumber) -> WrittenAgreement:
    """The elements of written consent where somebody says yes to :func:`question`.

    A reply by text signs: 47 CFR 64.1200(f)(9)(ii); 15 U.S.C. 7001.

    Args:
        practice: who asked.
        number: which number was asked, and answered.
    """
    return WrittenAgreement(
        seller=sender_name(practice),
        number=number,
        signature=SignatureKind.TEXT_REPLY,
        authorises_automated_marketing=True,
        not_a_condition_of_purchase=True,
        clear_and_conspicuous=True,
    )
