"""The fingerprints, for whoever checks them."""

from __future__ import annotations

from compliant_sms.evidence._checkpoint import Checkpoint
from compliant_sms.evidence._page._case import Case
from compliant_sms.evidence._page._markup import items, shown, table

_HOW = """<p>The file <code>evidence.json</code> beside this page holds the stored bytes of every
entry. Whoever has Python can check all of it, without a network and without the practice:</p>
<pre>python -m pip install 'compliant-sms[cli,keyring]'
compliant-sms verify PACK.zip --public-key KEY --checkpoint KEPT</pre>
<p>The formats are documented byte for byte (“The evidence pack” and “The ledger, byte for byte” in
the documentation of compliant-sms), so that an expert can write a check of their own with SHA-256
alone.</p>"""


def proofs(case: Case) -> str:
    """Each entry's digest, and the checkpoint."""
    rows = (
        (
            f'<a href="#{entry.label}">{entry.label}</a>',
            f"<code>{shown(entry.chain_id)}</code> / {entry.position}",
            f"<code>{shown(entry.record.digest)}</code>",
            "" if entry.record.leaf is None else f"no. {entry.record.leaf}",
        )
        for entry in case.entries
    )
    head = ("Entry", "Chain / position", "SHA-256", "In the checkpoint")
    return (
        f'<section id="proofs"><h2>Fingerprints, and how to check them</h2>{table(head, rows)}'
        f"{_sealed(case)}{_checkpoint(case)}{_HOW}</section>"
    )


def _sealed(case: Case) -> str:
    if not any(chain.key for chain in case.dossier.chains):
        return ""
    return (
        "<p>The practice keeps these entries sealed. <code>evidence.json</code> holds the key of "
        "their chains, so that anybody can see that what is shown is what was sealed.</p>"
    )


def _checkpoint(case: Case) -> str:
    dossier = case.dossier
    if not dossier.checkpoint:
        return "<p>There is no checkpoint in this pack.</p>"
    point = Checkpoint.parse(dossier.checkpoint)
    return items(
        [
            ("Checkpoint of", case.zone.time(point.at)),
            ("Entries in it", str(point.size)),
            ("Root", f"<code>{point.root.hex()}</code>"),
            (
                "Signed, as it says, by",
                "<br>".join(shown(each.name) for each in point.signatures) or "nobody",
            ),
            ("Word for word", f"<pre>{shown(dossier.checkpoint)}</pre>"),
            ("Grew from", f"<pre>{shown(dossier.earlier)}</pre>" if dossier.earlier else ""),
        ]
    )
