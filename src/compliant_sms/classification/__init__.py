"""What a text is for, and what it says. Pure."""

from compliant_sms.classification._classes import (
    HipaaUse,
    HoursBound,
    ImpliedBy,
    MessageClass,
    OptOutLine,
    Remuneration,
)
from compliant_sms.classification._content import (
    Content,
    ContentLabel,
    Phrase,
    PhraseKind,
    read_content,
)
from compliant_sms.classification._purposes import Purpose, catalogue, catalogue_rows

__all__ = [
    "Content",
    "ContentLabel",
    "HipaaUse",
    "HoursBound",
    "ImpliedBy",
    "MessageClass",
    "OptOutLine",
    "Phrase",
    "PhraseKind",
    "Purpose",
    "Remuneration",
    "catalogue",
    "catalogue_rows",
    "read_content",
]
