"""How to talk to a gateway, as data: nothing is pasted into strings, and nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_address
from compliant_sms.errors import InvalidInput
from compliant_sms.lifecycle import State
from compliant_sms.providers._adapter import not_blank, shaped, web_address
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._gateway._auth import HEADER, RequestAuth
from compliant_sms.providers._gateway._json_pointer import found_at, json_pointer

_ACCEPTED = frozenset({200, 201, 202})


class TextPart(StrEnum):
    """The part of a text that goes into a field of the request."""

    TO = "to"
    SENDER = "sender"
    BODY = "body"
    REFERENCE = "reference"
    MEDIA = "media"
    """The URLs, as a list in JSON or a repeated field in a form."""
    CALLBACK_URL = "callback_url"
    SEND_AT = "send_at"
    """In UTC, as ``2026-12-01T16:30:00Z``."""
    VALID_FOR = "valid_for"
    """In seconds."""


class Encoding(StrEnum):
    """How the fields of a request are encoded."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"
    """In the URL, which logs along the way keep. Only if the gateway offers nothing better."""


class NumberForm(StrEnum):
    """How phone numbers are written."""

    PLUS = "+"
    """``+12175550134``"""
    PLAIN = ""
    """``12175550134``"""
    ZEROS = "00"
    """``0012175550134``"""


@frozen(kw_only=True)
class Equals:
    """A test that a value equals this one, compared as strings."""

    at: str = field(validator=json_pointer)
    value: str = field(validator=_given.text)

    def holds(self, document: Any) -> bool:  # noqa: ANN401 - JSON has no narrower type
        """Whether the test holds. Booleans are written as in JSON."""
        found = found_at(document, self.at)
        shown = str(found).lower() if isinstance(found, bool) else str(found)
        return isinstance(found, str | int) and shown == self.value


@frozen(kw_only=True)
class Present:
    """A test that there is a value."""

    at: str = field(validator=json_pointer)

    def holds(self, document: Any) -> bool:  # noqa: ANN401 - as above
        """Whether the test holds."""
        return found_at(document, self.at) is not None


Condition: TypeAlias = Equals | Present


def _fields(of: object, attribute: Attribute[Any], value: Mapping[str, object]) -> None:
    parts = [part for part in value.values() if isinstance(part, TextPart)]
    for needed in (TextPart.TO, TextPart.BODY):
        if parts.count(needed) != 1:
            msg = f"{type(of).__name__}'s {attribute.name} need {needed!s} in exactly one place"
            raise InvalidInput(msg)


def _named_parts(value: Mapping[str, object]) -> str:
    # Some gateways want the password among the fields.
    return repr(
        {name: part if isinstance(part, TextPart) else "..." for name, part in value.items()}
    )


@frozen(kw_only=True)
class GatewayRequest:
    """The request that sends a text.

    Attributes:
        url: where it goes. Its path cannot contain a part of the text, because logs keep paths.
        fields: names, or JSON pointers such as ``/to/0``, mapped to a part of the text or a
            constant. A part that a text lacks is left out.
        method: ``POST``, unless the gateway wants another.
        encoding: how the fields are encoded.
        numbers: how phone numbers are written.
        headers: constant headers.
        auth: the credentials; None if only the network protects the gateway.
        idempotency_header: the header for our reference, if the gateway processes one only once.
    """

    url: str = field(validator=[not_blank, web_address], repr=repr_of_address)
    fields: Mapping[str, TextPart | str | int | bool] = field(validator=_fields, repr=_named_parts)
    method: str = field(default="POST", validator=shaped("[A-Z]+", "for example POST"))
    encoding: Encoding = field(default=Encoding.JSON, converter=Encoding)
    numbers: NumberForm = field(default=NumberForm.PLUS, converter=NumberForm)
    headers: Mapping[str, str] = field(factory=dict, repr=False)
    auth: RequestAuth | None = None
    idempotency_header: str = field(default="", validator=HEADER)


@frozen(kw_only=True)
class GatewayAnswer:
    """What its answer means. At least one of the first three must show that a text was accepted.

    Attributes:
        id: where the gateway's id of the text is.
        id_header: or the header that holds it.
        success: what else must hold, because some gateways answer 200 to refusals.
        accepted: the HTTP statuses of acceptance.
        code: where the gateway's error code is.
        said: where its error message is.
        categories: its codes, and what they mean.
        seconds_headers: headers besides ``Retry-After`` that hold seconds to wait.
    """

    id: str = field(default="", validator=json_pointer)
    id_header: str = field(default="", validator=HEADER)
    success: Condition | None = None
    accepted: frozenset[int] = field(default=_ACCEPTED, converter=frozenset)
    code: str = field(default="", validator=json_pointer)
    said: str = field(default="", validator=json_pointer)
    categories: Mapping[str, Failure] = field(factory=dict)
    seconds_headers: tuple[str, ...] = ()

    def __attrs_post_init__(self) -> None:
        if not (self.id or self.id_header or self.success):
            msg = (
                "nothing in the gateway's answer would show that it accepted a text: pass id, "
                "id_header or success, so that an error page does not count as acceptance"
            )
            raise InvalidInput(msg)


@frozen(kw_only=True)
class InboundFields:
    """Where the parts of a patient's text are in a callback.

    Attributes:
        id: the gateway's id of it.
        sender: the patient's number.
        to: your number.
        body: what the patient wrote.
        media: the URL of a picture, or a list of URLs; empty if there are none.
        sent_at: when it was written, with a time zone; empty if the gateway does not say.
        when: what distinguishes it from other callbacks.
    """

    id: str = field(validator=json_pointer)
    sender: str = field(validator=json_pointer)
    to: str = field(validator=json_pointer)
    body: str = field(validator=json_pointer)
    media: str = field(default="", validator=json_pointer)
    sent_at: str = field(default="", validator=json_pointer)
    when: Condition


@frozen(kw_only=True)
class StatusFields:
    """Where the parts of a report on a text are in a callback.

    Attributes:
        id: the gateway's id of the text.
        status: the gateway's word for the state.
        states: its words, in any case, and what they mean. Any other word means nothing new.
        reference: our id. By default it is read from the URL that was called.
        code: why it was not delivered, read with the answer's ``categories``.
        recipient: the recipient's number.
        when: what distinguishes it from other callbacks.
    """

    id: str = field(validator=json_pointer)
    status: str = field(validator=json_pointer)
    states: Mapping[str, State | None]
    reference: str = field(default="", validator=json_pointer)
    code: str = field(default="", validator=json_pointer)
    recipient: str = field(default="", validator=json_pointer)
    when: Condition


@frozen(kw_only=True)
class GatewayCallbacks:
    """What the gateway posts as JSON or a form, or sends in a query.

    Attributes:
        inbound: patients' texts; None if it delivers none.
        status: reports on texts; None if it sends none.
        events: where the list of events is, if one callback carries several.
        media_from: the only origins, such as ``https://media.acme.example``, from which pictures
            are fetched, with the credentials of ``GatewayRequest``.
        answer: the body of the answer. None of it is sent to anybody.
        answer_status: the HTTP status of that answer.
    """

    inbound: InboundFields | None = None
    status: StatusFields | None = None
    events: str = field(default="", validator=json_pointer)
    media_from: tuple[str, ...] = ()
    answer: bytes = b""
    answer_status: int = 200
