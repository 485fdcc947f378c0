"""Which template a text was made from."""

from __future__ import annotations

from attrs import frozen

from compliant_sms import records


@records.lean
@frozen(kw_only=True)
class TemplateRef:
    """Which template a text was made from, as it is kept with the text.

    Attributes:
        name: of the template.
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
