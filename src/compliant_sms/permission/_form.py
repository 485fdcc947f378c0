"""The form on which patients agree, and what one of them sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from attrs import Attribute, field, frozen

from compliant_sms import _given, records
from compliant_sms.clock import as_utc
from compliant_sms.consent import Signature, SignatureKind, Wording, WrittenAgreement
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.permission._permission import Permission
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import Legal, shown_on_form
from compliant_sms.permission._words import ENGLISH, FormProblem
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice

_LONGEST_NAME = 100
_LONGEST_AGENT = 500
_LONGEST_ADDRESS = 64  # an IPv6 address with its zone is shorter
_CUT = "\u2026"
_ACT = "typed their name, ticked a box that was empty, and sent the web form"


@frozen(kw_only=True)
class Choice:
    """One box of a form.

    Attributes:
        programme: the programme that it is for.
        wording: everything shown about it, word for word, as it goes on record.
    """

    programme: Programme
    wording: Wording


@frozen(kw_only=True)
class ConsentForm:
    """A form as patients see it: who asks, and a box for each kind of texts, none of them ticked.

    Attributes:
        practice: who asks.
        choices: the boxes.
        legal: where the terms and the privacy policy are.
        health_details: the words next to the separate box for health details by text; None if
            there is no such box.
        language: the language of the whole form, ISO 639-1.
    """

    practice: Practice
    choices: tuple[Choice, ...]
    legal: Legal
    health_details: Wording | None
    language: str = ENGLISH

    @property
    def fingerprint(self) -> str:
        """A fingerprint of every word and version shown; any change gives another one."""
        warned = self.health_details
        shown = [(each.programme.id, each.wording) for each in self.choices]
        told = [[name, wording.version, wording.text] for name, wording in shown]
        told.append([warned.version, warned.text] if warned else [])
        return sha256(records.canonical([self.practice.name, *told])).hexdigest()


def form_of(permission: Permission, practice: Practice, language: str = ENGLISH) -> ConsentForm:
    """The form of a practice as it is today.

    Args:
        permission: what patients are asked.
        practice: who asks.
        language: one of :attr:`Permission.languages`.
    """
    legal = permission.legal
    return ConsentForm(
        practice=practice,
        choices=tuple(
            Choice(programme=each, wording=shown_on_form(each, practice, legal, language))
            for each in permission.programmes
        ),
        legal=legal,
        health_details=permission.health_details_in(language),
        language=language,
    )


def form_shown(permission: Permission, practice: Practice, shown: str) -> ConsentForm:
    """The form with that fingerprint, in whichever language; the English one where none has it."""
    forms = [form_of(permission, practice, each) for each in permission.languages]
    return next((each for each in forms if each.fingerprint == shown), forms[0])


def _ids(given: Iterable[str]) -> frozenset[str]:
    # Of fields by name, those that say "no" would count too.
    listed = isinstance(given, Iterable) and not isinstance(given, str | Mapping)
    found = [*given] if listed else [None]
    ids = [each for each in found if isinstance(each, str)]  # str() of an Enum is another word
    if len(ids) < len(found):
        msg = "agreed takes the ids of programmes in a list, for example ['reminders']"
        raise InvalidInput(msg)
    return frozenset(ids)


def _one_of_a_kind(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    if not 0 < len(value.strip()) <= _LONGEST_NAME:
        msg = (
            "the id of a submission is missing or too long; without one, two would count as one. "
            "Pass 1 to 100 characters, as the form that was shown has them."
        )
        raise InvalidInput(msg)


def _utc(value: datetime) -> datetime:
    return as_utc(value, "at")


@frozen(kw_only=True)
class Submission:
    """What somebody sent with a form, whoever showed it.

    Args:
        id: the same however often it is sent, for example a nonce of the form. If anything typed or
            ticked differs, it is another submission nevertheless.
        shown: :attr:`ConsentForm.fingerprint` of the form that they saw.
        name: the name, as typed; more than 100 characters are taken for none.
        number: the number, as typed.
        agreed: the ids of the programmes whose boxes they ticked.
        health_details: whether they ticked the box for health details.
        at: when it came in (aware).
        ip_address: the address that it came from. Of more than 64 characters the beginning goes on
            record, and an ellipsis.
        user_agent: the browser; so too of more than 500.

    Raises:
        InvalidInput: a field has the wrong type, or ``id`` is missing or too long.
    """

    id: str = field(validator=_one_of_a_kind)
    shown: str = field(validator=_given.text)
    name: str = field(repr=False, validator=_given.text)
    number: str = field(repr=False, validator=_given.text)
    agreed: frozenset[str] = field(converter=_ids)
    health_details: bool = field(default=False, validator=_given.flag)
    at: datetime = field(converter=_utc)
    ip_address: str = field(default="", repr=False, validator=_given.text)
    user_agent: str = field(default="", repr=False, validator=_given.text)


@frozen(kw_only=True)
class Accepted:
    """A submission that can be evidence.

    Attributes:
        submission: what was sent.
        number: read.
        name: without blanks around.
        choices: the boxes that were ticked, with what stood beside them.
        warning: what was ticked about health details; None where it was not.
    """

    submission: Submission
    number: PhoneNumber
    name: str = field(repr=False)
    choices: tuple[Choice, ...]
    warning: Wording | None

    @property
    def signature(self) -> Signature:
        """How they signed. 15 U.S.C. 7001."""
        sent = self.submission
        return Signature(
            signer=self.name,
            act=_ACT,
            ip_address=_shortened(sent.ip_address, _LONGEST_ADDRESS),
            user_agent=_shortened(sent.user_agent, _LONGEST_AGENT),
        )

    def agreement(self, choice: Choice, practice: Practice) -> WrittenAgreement | None:
        """The elements of written consent, 47 CFR 64.1200(f)(9); None where none is needed."""
        if not choice.programme.marketing:
            return None
        return WrittenAgreement(
            seller=practice.name,
            number=self.number,
            signature=SignatureKind.TICKED_BOX,
            box_was_unticked=True,
            authorises_automated_marketing=True,
            not_a_condition_of_purchase=True,
            clear_and_conspicuous=True,
        )


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _shortened(text: str, longest: int) -> str:
    """What fits on record, with a sign where it is not the whole: a machine can send any length."""
    whole = _storable(text)
    return whole if len(whole) <= longest else whole[: longest - len(_CUT)] + _CUT


def accept(form: ConsentForm, sent: Submission) -> Accepted | FormProblem:
    """Whether a submission is consent to the form as it is now; the first problem otherwise."""
    ticked = tuple(each for each in form.choices if each.programme.id in sent.agreed)
    if _is_of_other_words(form, sent, ticked):
        return FormProblem.CHANGED
    name = _storable(" ".join(sent.name.split()))
    if len(name) > _LONGEST_NAME or not any(map(str.isalpha, name)):
        return FormProblem.NO_NAME
    try:
        number = PhoneNumber.parse(sent.number)
    except InvalidPhoneNumber:
        return FormProblem.NO_NUMBER
    if not ticked:
        return FormProblem.NOTHING_TICKED
    return Accepted(
        submission=sent,
        number=number,
        name=name,
        choices=ticked,
        warning=form.health_details if sent.health_details else None,
    )


def _is_of_other_words(form: ConsentForm, sent: Submission, ticked: tuple[Choice, ...]) -> bool:
    """Whether somebody saw other words than these, or ticked a box that is not there."""
    no_such_box = len(ticked) != len(sent.agreed)
    no_details = sent.health_details and form.health_details is None
    return sent.shown != form.fingerprint or no_such_box or no_details
