"""How a gateway is spoken to, as data: nothing is pasted into texts, and nothing is guessed."""

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
from compliant_sms.providers._gateway_auth import HEADER, RequestAuth
from compliant_sms.providers._json_pointer import found_at, json_pointer

_ACCEPTED = frozenset({200, 201, 202})


class TextPart(StrEnum):
    """What of a text goes into a field of the request."""

    TO = "to"
    SENDER = "sender"
    BODY = "body"
    REFERENCE = "reference"
    MEDIA = "media"
    """The URLs: a list in JSON, the same field several times in a form."""
    CALLBACK_URL = "callback_url"
    SEND_AT = "send_at"
    """In UTC, as ``2026-12-01T16:30:00Z``."""
    VALID_FOR = "valid_for"
    """In seconds."""


class Encoding(StrEnum):
    """How the fields of a request travel."""

    JSON = "json"
    FORM = "form"
    QUERY = "query"
    """In the URL, which logs on the way keep: where the gateway knows nothing better."""


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
    """A test: what stands there has this value, compared as text."""

    at: str = field(validator=json_pointer)
    value: str = field(validator=_given.text)

    def holds(self, document: Any) -> bool:  # noqa: ANN401 - JSON has no narrower type
        """Whether it is so; yes and no are written as in JSON."""
        found = found_at(document, self.at)
        shown = str(found).lower() if isinstance(found, bool) else str(found)
        return isinstance(found, str | int) and shown == self.value


@frozen(kw_only=True)
class Present:
    """A test: something stands there."""

    at: str = field(validator=json_pointer)

    def holds(self, document: Any) -> bool:  # noqa: ANN401 - as above
        """Whether it is so."""
        return found_at(document, self.at) is not None


Condition: TypeAlias = Equals | Present


def _fields(of: object, attribute: Attribute[Any], value: Mapping[str, object]) -> None:
    parts = [part for part in value.values() if isinstance(part, TextPart)]
    for needed in (TextPart.TO, TextPart.BODY):
        if parts.count(needed) != 1:
            msg = f"{type(of).__name__}'s {attribute.name} need {needed!s} in exactly one place"
            raise InvalidInput(msg)


def _named_parts(value: Mapping[str, object]) -> str:
    # Several gateways want the password among the fields.
    return repr(
        {name: part if isinstance(part, TextPart) else "..." for name, part in value.items()}
    )


@frozen(kw_only=True)
class GatewayRequest:
    """The request that sends a text.

    Attributes:
        url: where it goes. No part of a text can stand in its path: logs keep paths.
        fields: names, or JSON pointers such as ``/to/0``, to a part of the text or a constant. A
            part that a text lacks is left out.
        method: ``POST``, unless the gateway wants another.
        encoding: how the fields travel.
        numbers: how phone numbers are written.
        headers: constant headers.
        auth: the credentials; None where the network alone protects the gateway.
        idempotency_header: holds our reference, where the gateway processes that only once.
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
    """What its answer means. At least one of the first three shows that a text was taken.

    Attributes:
        id: where the gateway's id of the text stands.
        id_header: or the header that holds it.
        success: what else has to hold: several gateways answer 200 to refusals.
        accepted: the HTTP statuses of acceptance.
        code: where the gateway's code of an error stands.
        said: where its words stand.
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
                "nothing in the gateway's answer would show that it took a text: pass id, "
                "id_header or success, so that an error page is not taken for acceptance"
            )
            raise InvalidInput(msg)


@frozen(kw_only=True)
class InboundFields:
    """Where a patient's text stands in a callback.

    Attributes:
        id: the gateway's id of it.
        sender: who wrote.
        to: the number of ours.
        body: what they wrote.
        media: a URL of a picture, or a list of them; empty where there are none.
        sent_at: when it was written, with a zone; empty where the gateway does not say.
        when: what tells it from other callbacks.
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
    """Where news of a text stands in a callback.

    Attributes:
        id: the gateway's id of the text.
        status: the gateway's word for where it is.
        states: its words, in any case, and what they mean. Any other one means nothing new.
        reference: our id; by default it is looked for in the address that was called.
        code: why it was not delivered; read by the answer's ``categories``.
        recipient: whom it was for.
        when: what tells it from other callbacks.
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
    """What the gateway posts, as JSON or a form, or asks for with a query.

    Attributes:
        inbound: patients' texts; None where it brings none.
        status: news of texts; None where it brings none.
        events: where the list of events stands, if one callback brings several.
        media_from: the origins, such as ``https://media.acme.example``, from which pictures are
            fetched, with the credentials of ``GatewayRequest``; from anywhere else none is.
        answer: what to answer with; nothing in it is sent to anybody.
        answer_status: the HTTP status of that answer.
    """

    inbound: InboundFields | None = None
    status: StatusFields | None = None
    events: str = field(default="", validator=json_pointer)
    media_from: tuple[str, ...] = ()
    answer: bytes = b""
    answer_status: int = 200
