"""What a text is for, and what it says. Pure."""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.classification._classes import (
    CONSENT_CLASSES,
    HipaaUse,
    HoursBound,
    ImpliedBy,
    MessageClass,
    OptOutLine,
    Remuneration,
)
from compliant_sms.classification._purposes import (
    Purpose,
    as_purpose,
    catalogue,
    catalogue_rows,
)

if TYPE_CHECKING:
    from compliant_sms.classification._content import (
        Content,
        ContentLabel,
        Phrase,
        PhraseKind,
        read_content,
    )

__all__ = [
    "CONSENT_CLASSES",
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
    "as_purpose",
    "catalogue",
    "catalogue_rows",
    "read_content",
]

_FILES = {
    "_content": ("Content", "ContentLabel", "Phrase", "PhraseKind", "read_content"),
}
# PEP 562: reading what a text sells loads phrases; a purpose alone does not need them.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
