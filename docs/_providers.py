"""What each provider can do, from the capabilities of the adapters; what each category asks for."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from inspect import isclass

from attrs import fields_dict

from compliant_sms import providers
from compliant_sms.providers import (
    Adapter,
    Baa,
    BlockScope,
    CallbackPlace,
    CallbackSignature,
    Capabilities,
    Failure,
    ListAccess,
    Lookup,
    Problem,
    Receipts,
)

__all__ = ["adapters", "page_of"]

Table = Callable[[Iterable[str], Iterable[Iterable[object]]], str]

_SENDING = (
    *("adapter", "characters", "media", "later", "validity"),
    *("repeats once within", "look-up", "tells the status when asked", "says how long to wait"),
)
_CALLBACKS = (
    *("adapter", "patients' texts", "status address", "proof"),
    *("covers content", "covers time", "delivered means"),
)
_OPTING_OUT = (
    *("adapter", "answers keywords", "its block holds for", "its list"),
    *("business associate agreement", "to know"),
)
_SIGNATURES = {
    CallbackSignature.HMAC: "keyed hash",
    CallbackSignature.ED25519: "Ed25519",
    CallbackSignature.JWT: "signed token",
    CallbackSignature.CERTIFICATE: "certificate",
    CallbackSignature.BASIC: "password",
    CallbackSignature.URL_TOKEN: "secret in the address",
    CallbackSignature.HEADER_TOKEN: "secret in a header",
    CallbackSignature.NONE: "none",
    CallbackSignature.CONFIGURED: "as configured",
}
_LOOK_UPS = {
    Lookup.NONE: "no",
    Lookup.BY_NUMBERS: "by numbers",
    Lookup.BY_REFERENCE: "by our reference",
}
_PLACES = {CallbackPlace.EACH_TEXT: "with each text", CallbackPlace.ACCOUNT: "at the provider"}
_SCOPES = {
    BlockScope.NONE: "blocks nobody",
    BlockScope.NUMBER: "one sender",
    BlockScope.SERVICE: "a service or campaign",
    BlockScope.ACCOUNT: "the account",
}
_RECEIPTS = {
    Receipts.HANDSET: "the handset has it",
    Receipts.CARRIER: "at times only that a carrier took it",
}
_BAAS = {Baa.OFFERED: "offered", Baa.ON_REQUEST: "ask for it", Baa.UNCONFIRMED: "not confirmed"}


def adapters() -> Iterator[tuple[str, Capabilities]]:
    """The names of all adapters of the room, and what each can do."""
    for name in providers.__all__:
        kind = getattr(providers, name)
        if isclass(kind) and issubclass(kind, Adapter) and kind is not Adapter:
            described = fields_dict(kind).get("abilities")
            yield name, described.default if described else kind.capabilities


def page_of(table: Table) -> str:
    """The tables, without a title: a page of the reference includes them."""
    known = list(adapters())
    parts = [
        "## Sending",
        table(_SENDING, ((f"`{name}`", *_sending(can)) for name, can in known)),
        "## Callbacks",
        table(_CALLBACKS, ((f"`{name}`", *_callbacks(can)) for name, can in known)),
        "## Opt-outs and the agreement",
        table(_OPTING_OUT, ((f"`{name}`", *_opting_out(can)) for name, can in known)),
        "## Why a text was refused or not delivered",
        "Every provider's codes are told in these categories, each with what a person can do.",
        table(("category", "what to do"), _remedies()),
    ]
    return "\n\n".join(parts) + "\n"


def _sending(can: Capabilities) -> tuple[object, ...]:
    return (
        can.max_characters,
        can.max_media or "no",
        _span(can.schedule),
        _span(can.validity),
        _length(can.repeat_within) if can.repeat_within else "no",
        _LOOK_UPS[can.look_up],
        _yes(can.status_look_up),
        ", ".join(("Retry-After", *can.rate_signals)) if can.rate_signals else "Retry-After",
    )


def _callbacks(can: Capabilities) -> tuple[object, ...]:
    texts = "with pictures" if can.inbound_media else "yes"
    return (
        texts if can.inbound else "no",
        _PLACES[can.status_callbacks],
        _SIGNATURES[can.signature],
        _yes(can.body_authenticated),
        _yes(can.time_authenticated),
        _RECEIPTS[can.receipts],
    )


def _opting_out(can: Capabilities) -> tuple[object, ...]:
    return (
        _yes(can.answers_keywords),
        _SCOPES[can.block_scope],
        ", ".join(access for access in ListAccess if access in can.opt_out_list) or "no access",
        _BAAS[can.baa],
        can.notes,
    )


def _remedies() -> Iterator[tuple[str, str]]:
    for category in Failure:
        yield f"`{category}`", Problem(category=category, code="", words="").remedy


def _yes(value: bool) -> str:  # noqa: FBT001 - a cell of a table
    return "yes" if value else "no"


def _span(of: tuple[timedelta, timedelta] | None) -> str:
    return f"{_length(of[0])} to {_length(of[1])}" if of else "no"


def _length(time: timedelta) -> str:
    seconds = int(time.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
