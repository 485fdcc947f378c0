"""The events of the ledger: facts that happened and never change."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_practice
from compliant_sms.clock import as_utc
from compliant_sms.consent._agreement import WrittenAgreement, an_agreement
from compliant_sms.consent._fields import a_text, sorted_names, storable
from compliant_sms.consent._imported import Imported
from compliant_sms.consent._words import (
    Basis,
    Channel,
    Flag,
    Signature,
    Tier,
    Wording,
    a_signature,
    a_wording,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber

# The classes of the texts that a revocation can answer. The room that classifies texts lies above.
_CLASSES = ("transactional", "marketing", "emergency", "protocol")


def _message_class(_: object, __: Attribute[str], value: str) -> None:
    if value and value not in _CLASSES:
        msg = f"there is no such message class. Pass one of: {', '.join(_CLASSES)}."
        raise InvalidInput(msg)


@frozen(kw_only=True)
class _Event:
    """What every event has.

    Attributes:
        event_id: unique.
        practice_id: whose ledger.
        number: the phone number it is about.
        person: the host's id of the patient; None if it concerns whoever holds the number.
        occurred_at: when it happened (UTC).
        recorded_at: when it was recorded (UTC).
        actor: who recorded it, for example ``"front-desk:ana"``.
    """

    event_id: str = field(validator=a_text)
    practice_id: str = field(validator=a_text, repr=repr_of_practice)
    number: PhoneNumber
    person: str | None = field(default=None, validator=storable)
    occurred_at: datetime = field(converter=as_utc)
    recorded_at: datetime = field(converter=as_utc)
    actor: str = field(validator=a_text)


@frozen(kw_only=True)
class Granted(_Event):
    """A patient agreed to texts.

    Attributes:
        basis: how they agreed.
        tier: how strong that consent is.
        categories: what it covers, sorted.
        wording: what the patient was shown; required if something was shown.
        signature: required for written consent.
        reference: the host's own record of it, for example a form's id.
        agreement: the elements of written consent, as far as they were recorded.
        given_to: whom the patient agreed to be texted by, if the record names somebody. An opt-in
            serves nobody else (CTIA Messaging Principles 5.1.2.2, 5.1.4).
        imported: its origin, if it came from another system. It then lifts only revocations that
            came from the same system.
        unproven: whether it is unproved that the number is theirs, as on a form that anybody can
            fill in. It then lifts no revocation.
    """

    basis: Basis = field(converter=Basis)
    tier: Tier = field(converter=Tier)
    categories: tuple[str, ...] = field(converter=sorted_names)
    wording: Wording | None = field(default=None, validator=a_wording)
    signature: Signature | None = field(default=None, validator=a_signature)
    reference: str = field(default="", validator=storable)
    agreement: WrittenAgreement | None = field(default=None, validator=an_agreement)
    given_to: str = field(default="", validator=storable)
    imported: Imported | None = None
    unproven: bool = field(default=False, validator=_given.flag)

    def __attrs_post_init__(self) -> None:
        """Refuse a grant that could not be proved later."""
        written = self.tier is Tier.PRIOR_EXPRESS_WRITTEN
        if self.wording is None and (written or self.basis.shows_wording):
            msg = (
                f"consent by {self.basis} needs the wording that the patient was shown. "
                "Pass wording=Wording(text=..., version=...)."
            )
            raise InvalidInput(msg)
        if self.signature is None and written:
            msg = (
                "written consent needs a signature (47 CFR 64.1200(f)(9)). "
                "Pass signature=Signature(signer=..., act=...)."
            )
            raise InvalidInput(msg)
        if not self.categories or not (self.person or "").strip():
            msg = "a grant needs the person who gave it and at least one category that it covers"
            raise InvalidInput(msg)


@frozen(kw_only=True)
class Revoked(_Event):
    """Somebody at the number asked for texts to stop. 47 CFR 64.1200(a)(10), (a)(11).

    It records what the request answers, not how far it reaches, which is a dated policy of the
    rules. Without a category it reaches everything.

    Attributes:
        channel: how the request came.
        rule: the rule that read it as a revocation.
        reference: the message or record that carried it.
        in_reply_to: the purpose code of the text that it answers, if any.
        category: what that text was about.
        message_class: the class of that text: ``transactional``, ``marketing``, ``emergency`` or
            ``protocol``; needed with a category.
        exempt: whether that text was sent under the healthcare exemption, 47 CFR
            64.1200(a)(9)(iv).
        clarification_asked: whether the confirmation asks which texts are meant, (a)(12).
            Everything stops until it is answered.
        except_for: the categories that its own words allow to continue, as in "stop the offers";
            sorted.
        imported: its origin, if it came from another system.
    """

    channel: Channel = field(converter=Channel)
    rule: str = ""
    reference: str = field(default="", validator=storable)
    in_reply_to: str = field(default="", converter=str, validator=storable)
    category: str = field(default="", converter=str, validator=storable)
    message_class: str = field(default="", converter=str, validator=_message_class)
    exempt: bool = False
    clarification_asked: bool = field(default=False, validator=_given.flag)
    except_for: tuple[str, ...] = field(default=(), converter=sorted_names)
    imported: Imported | None = None

    def __attrs_post_init__(self) -> None:
        """Refuse a category without a class: a stop to marketing might reach too little."""
        if self.category and not self.message_class:
            msg = (
                "a revocation of one category needs the class of the text that it answers. "
                "Pass message_class too, or neither: then it ends everything."
            )
            raise InvalidInput(msg)


@frozen(kw_only=True)
class Clarified(_Event):
    """Somebody said which texts a revocation was not meant to end. 47 CFR 64.1200(a)(12).

    It narrows the revocations in force at that time, except those that another person at the
    number is known to have made. The newest answer counts. It gives no consent that was not given
    before, and a later revocation stands by itself.

    Attributes:
        keep: the categories that may continue, sorted; none if everything was meant.
        channel: how the answer came.
        rule: the rule that read it so.
        reference: the message or record that carried it.
    """

    keep: tuple[str, ...] = field(converter=sorted_names)
    channel: Channel = field(converter=Channel)
    rule: str = ""
    reference: str = field(default="", validator=storable)


@frozen(kw_only=True)
class Restored(_Event):
    """Whoever holds the number asked for texts again, by START.

    It restores what the patient had agreed to before, up to prior express consent, and nothing
    else.

    Attributes:
        rule: the rule that read it so.
        reference: the message that carried it.
    """

    rule: str = ""
    reference: str = field(default="", validator=storable)


@frozen(kw_only=True)
class PhiPreferenceStated(_Event):
    """A patient said whether they want health details by text. 78 FR 5566, 5634 (2013-01-25).

    It is not consent to texts and gives none. A wish counts only after a warning, so a wish
    without one is refused.

    Attributes:
        prefers: whether they want details by text; False if they want none, or no longer.
        warning: what they were told about the risk, word for word, before they said so.
        channel: how the wish reached the practice.
        reference: the host's own record of it.
        unproven: whether it is unproved that the number is theirs, as on a form that anybody can
            fill in.
    """

    prefers: bool = field(validator=_given.flag)
    warning: Wording | None = field(default=None, validator=a_wording)
    channel: Channel = field(converter=Channel)
    reference: str = field(default="", validator=storable)
    unproven: bool = field(default=False, validator=_given.flag)

    def __attrs_post_init__(self) -> None:
        """Refuse a wish that is nobody's, or that could not be proved later."""
        if not (self.person or "").strip():
            msg = "a wish about health details is one person's. Pass your id of the patient."
            raise InvalidInput(msg)
        if self.prefers and self.warning is None:
            msg = (
                "a wish for health details by text counts only after a warning that others can "
                "read texts (78 FR 5566, 5634). Pass warning=Wording(text=..., version=...)."
            )
            raise InvalidInput(msg)


@frozen(kw_only=True)
class NumberFlagged(_Event):
    """A number was flagged: texts to it stop until somebody has looked into it.

    It was reported by a provider, or by whoever has the number and is not the patient. The
    patient's later fresh opt-in ends it, unless that was imported or is unproven, which does not
    show that the number is theirs. START ends it too if texts were only blocked, but not if
    somebody else may have the number.

    Attributes:
        why: what was reported.
        reference: the text that it was about, or that said so.
    """

    why: Flag = field(converter=Flag)
    reference: str = field(default="", validator=storable)


@frozen(kw_only=True)
class OptInAsked(_Event):
    """A text asked a patient to agree to texts: the first half of a double opt-in.

    It is not consent and gives none.

    Attributes:
        categories: what a yes would cover, sorted.
        tier: how strong the consent would be.
        wording: what the text said.
        until: when the question expires (UTC). A later yes answers nothing.
        reference: the text that asked.
        keyword: the keyword with which the patient asked for it; empty if the practice asked first.
    """

    categories: tuple[str, ...] = field(converter=sorted_names)
    tier: Tier = field(converter=Tier)
    wording: Wording = field(validator=a_wording)
    until: datetime = field(converter=as_utc)
    reference: str = field(validator=a_text)
    keyword: str = field(default="", validator=storable)

    def __attrs_post_init__(self) -> None:
        """Refuse a question to nobody, or about nothing."""
        if not self.categories or not (self.person or "").strip():
            msg = "a question needs the person who is asked and what a yes would cover"
            raise InvalidInput(msg)


@frozen(kw_only=True)
class OptInAnswered(_Event):
    """A patient answered such a text: the second half. A yes comes with its own grant.

    Attributes:
        agreed: whether they said yes.
        asked: the event that says what they were asked.
        reference: the message that carried the answer.
    """

    agreed: bool = field(validator=_given.flag)
    asked: str = field(validator=a_text)
    reference: str = field(default="", validator=storable)


@frozen(kw_only=True)
class Voided(_Event):
    """Staff found that a consent on record is not this person's at this number, or was an error.

    For example, a number was mistyped or written into the wrong record. What the person agreed to
    there, and their wish about health details, counts as never said; others at the number keep
    theirs. It is not an opt-out: a request for texts to stop is :class:`Revoked`. Only the
    person's own fresh opt-in afterwards counts again.

    Attributes:
        reason: what was found, for the record.
        reference: the host's own record of it.
    """

    reason: str = field(validator=a_text, repr=False)
    reference: str = field(default="", validator=storable)

    def __attrs_post_init__(self) -> None:
        """Refuse one that is nobody's: it would end nothing."""
        if not (self.person or "").strip():
            msg = "a consent is voided for one person. Pass your id of the patient."
            raise InvalidInput(msg)


ConsentEvent: TypeAlias = (
    Granted
    | Revoked
    | Clarified
    | Restored
    | NumberFlagged
    | PhiPreferenceStated
    | OptInAsked
    | OptInAnswered
    | Voided
)


def filed_under(event: ConsentEvent) -> str | None:
    """Return the person whose ledger chain an event belongs to; None for the number's own chain.

    What a person is asked, gives or wishes is theirs. A STOP counts for the whole number.
    """
    theirs = Granted | PhiPreferenceStated | OptInAsked | OptInAnswered | Voided
    return event.person if isinstance(event, theirs) else None
