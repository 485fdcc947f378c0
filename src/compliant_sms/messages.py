"""Texts as this library stores them, and the outcomes of sending one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias, cast

from attrs import Attribute, evolve, field, frozen
from attrs.converters import optional

from compliant_sms import _given, records
from compliant_sms._masking import repr_of_practice
from compliant_sms.classification import MessageClass, Purpose, as_purpose
from compliant_sms.clock import as_utc
from compliant_sms.consent import OptInOffer
from compliant_sms.errors import InvalidInput
from compliant_sms.lifecycle import State, can_become
from compliant_sms.optout import Author, Awaiting, Intent
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.providers import Problem
from compliant_sms.retention import Purged, instead_of
from compliant_sms.rules import Finding
from compliant_sms.templates import TemplateRef

__all__ = [
    "Blocked",
    "Cancelled",
    "Departure",
    "Draft",
    "Failed",
    "FromTemplate",
    "Held",
    "Inbound",
    "InboundMedia",
    "Message",
    "Outcome",
    "Queued",
    "Sent",
    "Uncertain",
]

_LONGEST_KEY = 255
# The country code 999 is not assigned (ITU-T E.164.D, spare codes).
_NO_NUMBER = PhoneNumber("+9990000000")
_URGENCY = {MessageClass.EMERGENCY: 2, MessageClass.PROTOCOL: 1}
_LONGEST_URL = 2000
_MEDIA = re.compile(rf"https://[!-~]{{1,{_LONGEST_URL - len('https://')}}}")
_UNSENDABLE = re.compile("[\0\ud800-\udfff]")


def _limit(value: datetime | None) -> datetime | None:
    return None if value is None else as_utc(value, "not_after")


def _readable(of: object, attribute: Attribute[str], body: str) -> None:
    _given.text(of, attribute, body)
    if not body.strip():
        msg = "the body is empty; there is nothing to send. Pass the words that the patient reads."
        raise InvalidInput(msg)
    if _UNSENDABLE.search(body):
        msg = "the body holds a NUL or half a surrogate pair; decode it properly before sending it"
        raise InvalidInput(msg)


def _usable_key(of: object, attribute: Attribute[str], key: str) -> None:
    _given.text(of, attribute, key)
    if not key.strip() or len(key) > _LONGEST_KEY:
        msg = (
            f"idempotency_key must have 1 to {_LONGEST_KEY} characters. Build it from what the "
            "text is about, for example 'appt-991/24h': the same key is never texted twice."
        )
        raise InvalidInput(msg)
    _given.storable(of, attribute, key)


def _web_links(_: object, attribute: Attribute[tuple[str, ...]], media: object) -> None:
    instead = "a list of https URLs of pictures or other media"
    _given.each_of(media, str, attribute.name, instead)
    if not all(_MEDIA.fullmatch(url) for url in cast("tuple[str, ...]", media)):
        msg = (
            f"media holds something other than https URLs of at most {_LONGEST_URL} characters. "
            f"Pass {instead}; the provider fetches them, so they must be public."
        )
        raise InvalidInput(msg)


def _listed(media: object) -> object:
    return tuple(media) if isinstance(media, list) else media


@records.lean
@frozen(kw_only=True)
class Draft:
    """A text that somebody wants to send.

    Attributes:
        to: the recipient's number.
        person: your id of the patient; None for the library's own replies.
        purpose: what the text is for.
        body: what the patient reads.
        idempotency_key: one key is one text.
        not_after: the last instant (UTC) at which it still makes sense.
        answers: for a protocol reply, when the text it answers came in (UTC).
        asks: what it asks its reader, so that an answer can be read as one.
        template: the template it was made from; None where somebody wrote it.
        sender: for an answer, the number of ours that was written to: it leaves from there.
        media: public https URLs of pictures and other media that go with it.
        opt_in: what a yes to it covers; None where it does not ask for consent.
        secure: it is read on a page behind a link, whatever it says.
    """

    to: PhoneNumber = field(converter=as_number)
    person: str | None = field(default=None, validator=_given.storable)
    purpose: Purpose = field(converter=as_purpose)
    body: str = field(validator=_readable, repr=False)
    idempotency_key: str = field(validator=_usable_key)
    not_after: datetime | None = field(default=None, converter=_limit)
    answers: datetime | None = None
    asks: Awaiting | None = field(default=None, converter=optional(Awaiting))
    template: TemplateRef | None = None
    sender: PhoneNumber | None = None
    media: tuple[str, ...] = field(default=(), converter=_listed, validator=_web_links, repr=False)
    opt_in: OptInOffer | None = None
    secure: bool = field(default=False, validator=_given.flag)

    @property
    def urgency(self) -> int:
        """Its priority over texts that have only waited longer: 2 emergency, 1 answer, 0 others.

        The confirmation of an opt-out must leave within five minutes: 47 CFR 64.1200(a)(12).
        """
        return _URGENCY.get(self.purpose.message_class, 0)

    @classmethod
    def erased(cls, idempotency_key: str) -> Draft:
        """The placeholder for a draft whose person was erased."""
        return cls(
            to=_NO_NUMBER,
            purpose=Purpose.HELP_REPLY,
            body="[erased]",
            idempotency_key=idempotency_key,
        )

    @property
    def is_erased(self) -> bool:
        """Whether it is such a placeholder: nobody can tell any more whom the text went to."""
        return self == Draft.erased(self.idempotency_key)


@frozen(kw_only=True)
class FromTemplate:
    """A text that somebody wants to send, by the name of its template.

    Attributes:
        template: the template's name.
        to: the recipient's number.
        person: your id of the patient.
        values: the values, by variable.
        idempotency_key: one key is one text.
        language: the patient's language; None for the one in their profile.
        by: who picked it; empty where no person did.
        not_after: the last instant (UTC) at which it still makes sense.
        secure: it is read on a page behind a link, whatever it says.
    """

    template: str = field(validator=_given.text)
    to: PhoneNumber = field(converter=as_number)
    person: str = field(validator=_given.text)
    values: Mapping[str, object] = field(repr=False)
    idempotency_key: str = field(validator=_given.text)
    language: str | None = field(default=None, validator=_given.kind(str, _given.A_TEXT))
    by: str = field(default="", validator=_given.text)
    not_after: datetime | None = field(default=None, converter=_limit)
    secure: bool = field(default=False, validator=_given.flag)


@records.lean
@frozen(kw_only=True)
class Departure:
    """How a text left, or may have left.

    Attributes:
        at: when it was claimed (UTC).
        message_class: the class that it was decided as.
        subject: the code of its purpose.
        category: what the patient agreed to.
        exempt: it went under the healthcare exemption.
        says_opt_out: it told how to opt out.
        appended: the library added that line.
        segments: how many segments it takes.
        body: what the patient reads.
        sender: our number that it left from, in E.164; empty where that is not on record.
        media: URLs of the pictures and other media that went with it.
        claim: random id that tells its claim from any other; empty in older records.
    """

    at: datetime
    message_class: MessageClass
    subject: str
    category: str
    exempt: bool = False
    says_opt_out: bool = False
    appended: bool = False
    segments: int = 1
    body: str = field(repr=False)
    sender: str = field(default="", repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    claim: str = ""

    def erased(self) -> Departure:
        """What remains when its person is erased: what limits count, and no content."""
        return Departure(
            at=self.at,
            message_class=self.message_class,
            subject=self.subject,
            category=self.category,
            exempt=self.exempt,
            body="",
        )


@frozen(kw_only=True)
class Message:
    """A text on its way, and its state.

    Attributes:
        message_id: the library's id of it; opaque.
        practice_id: the practice that sends it.
        draft: what was asked for; it never changes.
        created_at: when it was stored (UTC).
        state: its state.
        not_before: the earliest instant at which to send it (UTC).
        claimed_until: while claimed, when the lease runs out (UTC).
        attempts: how often it was claimed.
        refusals: how often it was certainly not accepted, for a passing reason of its own.
        provider: which provider it was handed to.
        provider_id: the provider's id of it.
        problem: why it failed or was not delivered.
        departure: how it left; None where it never did.
        purged: what remains of its body, where that was dropped.
    """

    message_id: str
    practice_id: str = field(repr=repr_of_practice)
    draft: Draft
    created_at: datetime
    state: State
    not_before: datetime
    claimed_until: datetime | None = None
    attempts: int = 0
    provider: str | None = None
    provider_id: str | None = None
    problem: Problem | None = None
    departure: Departure | None = None
    purged: Purged | None = None
    refusals: int = 0

    @property
    def to(self) -> PhoneNumber:
        """The recipient's number."""
        return self.draft.to

    @property
    def person(self) -> str | None:
        """The host's id of the patient; None for the library's own replies."""
        return self.draft.person

    @property
    def purpose(self) -> Purpose:
        """What it is for."""
        return self.draft.purpose

    @property
    def idempotency_key(self) -> str:
        """The key that it was asked for under."""
        return self.draft.idempotency_key

    @property
    def body(self) -> str:
        """What the patient reads, or would read: the draft and what the library added to it."""
        return self.departure.body if self.departure else self.draft.body

    @property
    def media(self) -> tuple[str, ...]:
        """The media that go with it, or would go."""
        return self.departure.media if self.departure else self.draft.media

    def is_for(self, draft: Draft) -> bool:
        """Whether that draft is what was asked for, as far as it can be told after a purge."""
        if self.purged is not None:
            draft = evolve(draft, body=instead_of(draft.body), media=())
        return self.draft == draft

    def moved(
        self,
        state: State,
        *,
        not_before: datetime | None = None,
        provider_id: str | None = None,
        problem: Problem | None = None,
    ) -> Message:
        """The same text in another state, or unchanged if that transition is not allowed."""
        if not can_become(self.state, state):
            return evolve(self, provider_id=self.provider_id or provider_id)
        return evolve(
            self,
            state=state,
            not_before=not_before or self.not_before,
            provider_id=self.provider_id or provider_id,
            problem=problem,
        )


@records.lean
@frozen(kw_only=True)
class Inbound:
    """A text that came in.

    Attributes:
        inbound_id: the library's id of it; opaque.
        practice_id: the practice that it was written to.
        provider: which provider brought it.
        provider_key: the same for each delivery of the same text.
        number: who wrote; None where it is no phone number.
        body: what they wrote, unchanged.
        media: URLs of pictures and other media.
        received_at: when it came in (UTC).
        rule: which rule read it; None where none did.
        intent: what it is about; :attr:`Intent.OTHER` where no rule says.
        author: who wrote it. A text that no person wrote changes nothing and gets no answer.
        answers: id of our text whose question it answers; None where none was open.
        unsure: whether a person must find out if the patient wants texts to stop; meanwhile, they
            have stopped.
        needs_person: whether somebody must read it: nothing that the library does answers
            something in it, or it is about a visit that has since been moved or cancelled.
        proven: whether the provider vouches for it; if not, it permits nothing.
        purged: what remains of its body and media, where those were dropped.
    """

    inbound_id: str
    practice_id: str = field(repr=repr_of_practice)
    provider: str
    provider_key: str
    number: PhoneNumber | None
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    received_at: datetime
    rule: str | None = None
    intent: Intent = Intent.OTHER
    author: Author = Author.PERSON
    answers: str | None = None
    unsure: bool = False
    needs_person: bool = False
    proven: bool = True
    purged: Purged | None = None


@frozen(kw_only=True)
class InboundMedia:
    """A picture or other media that a patient sent with a text.

    Attributes:
        inbound_id: the text's id.
        position: which of the text's media, counted from 0.
        provider: which provider has it.
        url: its address at the provider; empty once it was dropped.
        attempts: how often it was asked for.
        again_at: when it is asked for again (UTC); None if it was fetched or given up.
        content_type: what the provider says it is, such as ``"image/jpeg"``.
        content: the bytes as they came; empty if there are none. Do not trust them.
        problem: why there are none, or why the last attempt failed; empty otherwise.
    """

    inbound_id: str
    position: int
    provider: str
    url: str = field(repr=False)
    attempts: int = 0
    again_at: datetime | None = None
    content_type: str = ""
    content: bytes = field(default=b"", repr=False)
    problem: str = ""


@frozen(kw_only=True)
class Sent:
    """The provider accepted the text."""

    message_id: str
    provider_id: str | None = None


@frozen(kw_only=True)
class Queued:
    """Stored and due: it goes out with :meth:`Messenger.dispatch_due`, or is going out now.

    Attributes:
        not_before: the earliest instant at which it goes out (UTC).
        problem: why the provider did not accept it at once.
    """

    message_id: str
    not_before: datetime
    problem: Problem | None = None


@frozen(kw_only=True)
class Held:
    """Stored, and not sent yet: a rule, the volume plan or a pause holds it back.

    :meth:`Messenger.dispatch_due`, or a worker, decides it again from ``until`` on. If nothing
    speaks against it then, it goes. :meth:`Messenger.cancel` takes it back before.

    Attributes:
        message_id: the library's id of the text.
        until: the earliest instant at which it goes (UTC).
        reasons: what holds it back, each with words, citation and remedy.
    """

    message_id: str
    until: datetime
    reasons: tuple[Finding, ...]


@frozen(kw_only=True)
class Blocked:
    """A rule refuses the text; each reason says why and what would help."""

    message_id: str
    reasons: tuple[Finding, ...]


@frozen(kw_only=True)
class Failed:
    """The provider refuses the text; ``problem`` says why and what would help."""

    message_id: str
    problem: Problem


@frozen(kw_only=True)
class Uncertain:
    """The provider may have the text. It is not repeated; :meth:`Messenger.reconcile` looks it up.

    Attributes:
        problem: what is known.
    """

    message_id: str
    problem: Problem | None = None


@frozen(kw_only=True)
class Cancelled:
    """The text will not be sent: it was cancelled, or it could not go before ``not_after``.

    Attributes:
        reason: why, if nobody cancelled it by hand; it says nothing about a patient.
    """

    message_id: str
    reason: str = ""


Outcome: TypeAlias = Sent | Queued | Held | Blocked | Failed | Uncertain | Cancelled
