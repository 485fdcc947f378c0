"""From what is on record to the bytes of a pack."""

from __future__ import annotations

from compliant_sms.evidence._dossier import Dossier
from compliant_sms.evidence._files import (
    JSON,
    MANIFEST,
    PAGE,
    archive,
    as_json,
    from_json,
    manifest,
)
from compliant_sms.evidence._page import page


def make_pack(dossier: Dossier) -> bytes:
    """The pack: a zip with the dossier as JSON, the same as a page, and the hashes of both.

    The same dossier always gives the same bytes.
    """
    json = as_json(dossier)
    # The page is drawn from what is read out of the JSON, as a verifier draws it.
    files = {JSON: json, PAGE: page(from_json(json), json)}
    return archive({**files, MANIFEST: manifest(files)})
