"""The classes of records, read from the packaged table."""

from __future__ import annotations

from functools import cache

from attrs import field, frozen
from attrs.converters import optional

from compliant_sms.choices import Word
from compliant_sms.retention._span import Span, span_of


class RecordClass(Word):
    """What kind of record something is."""

    TEXT_BODY = "text_body"
    INBOUND_BODY = "inbound_body"
    DECISION = "decision"
    APPOINTMENT = "appointment"
    CONVERSATION = "conversation"
    DELIVERY_REPORT = "delivery_report"
    CONSENT_EVENT = "consent_event"
    TEXT_OPT_OUT = "text_opt_out"
    DO_NOT_CALL_REQUEST = "do_not_call_request"
    AUDIT_EVENT = "audit_event"
    HIPAA_POLICY_DOCUMENT = "hipaa_policy_document"
    """A document of the practice, which this library does not keep."""


@frozen(kw_only=True)
class Class:
    """A class of records and how long it is kept.

    Attributes:
        record: which class.
        title: its name, for a reader.
        keep: how long it is kept by default; None for ever.
        least: the library's own minimum.
        floors: ids of the limits in the packs that are floors for it.
        why: the reason, for a lawyer.
    """

    record: RecordClass = field(converter=RecordClass)
    title: str
    keep: Span | None = field(default=None, converter=optional(span_of))
    least: Span | None = field(default=None, converter=optional(span_of))
    floors: tuple[str, ...] = field(default=(), converter=tuple[str, ...])
    why: str


@cache
def classes() -> dict[RecordClass, Class]:
    """All classes of records, in the order of the table, read at first use."""
    import tomllib  # noqa: PLC0415 - needed once, and not by whoever only imports the library
    from pkgutil import get_data  # noqa: PLC0415 - as tomllib

    text = (get_data("compliant_sms.retention", "data/classes.toml") or b"").decode()
    rows = [Class(record=row.pop("code"), **row) for row in tomllib.loads(text)["class"]]
    return {row.record: row for row in rows}
