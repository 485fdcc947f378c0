"""Which template a text was made from."""

from __future__ import annotations

from attrs import frozen

from compliant_sms import records


@records.lean
@frozen(kw_only=True)
class TemplateRef:
    """The template that a text was made from, as stored with the text.

    Attributes:
        name: the template's name.
        version: which version.
        fingerprint: SHA-256 of its text, in hexadecimal.
        language: in which language.
        tier: for which tier, ``"minimum"`` or ``"detail"``.
        by: who picked it and pressed send; empty where no person did.
    """

    name: str
    version: int
    fingerprint: str
    language: str
    tier: str
    by: str = ""
