r"""The hash chain of one person at one number.

A link's digest is SHA-256 over::

    b"compliant_sms ledger 1\n"
    length of the chain's id as 8 bytes, big-endian, then the id in UTF-8
    the position as 8 bytes, big-endian, counted from 0
    the digest of the link before, 32 bytes (zeros for the first)
    the payload as it is stored

It covers the stored bytes and no plaintext, so that erasing content leaves the proof standing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from attrs import field, frozen

from compliant_sms.errors import LedgerTampered

__all__ = ["GENESIS", "Link", "link", "verify_chain"]

GENESIS = bytes(32)
_DOMAIN = b"compliant_sms ledger 1\n"


@frozen(kw_only=True)
class Link:
    """One record of a chain.

    Attributes:
        chain_id: which chain; it names neither person nor number.
        position: from 0, without gaps.
        previous: digest of the link before, 32 bytes.
        payload: the stored bytes.
        digest: 32 bytes.
    """

    chain_id: str
    position: int
    previous: bytes = field(repr=False)
    payload: bytes = field(repr=False)
    digest: bytes = field(repr=False)


def _digest(chain_id: str, position: int, previous: bytes, payload: bytes) -> bytes:
    name = chain_id.encode()
    header = len(name).to_bytes(8) + name + position.to_bytes(8)
    return hashlib.sha256(_DOMAIN + header + previous + payload).digest()


def link(chain_id: str, payload: bytes, after: Link | None) -> Link:
    """The link that holds the payload and follows another, or begins the chain."""
    position = after.position + 1 if after else 0
    previous = after.digest if after else GENESIS
    return Link(
        chain_id=chain_id,
        position=position,
        previous=previous,
        payload=payload,
        digest=_digest(chain_id, position, previous, payload),
    )


def verify_chain(links: Iterable[Link]) -> int:
    """Check every link of one chain, in order.

    Returns:
        how many links there are.

    Raises:
        LedgerTampered: a record was changed, removed, inserted or moved; it names the first bad
            one. A chain cut off at its end cannot be told from a shorter one here.
    """
    before: Link | None = None
    for expected, found in enumerate(links):
        if found.position != expected or found != link(found.chain_id, found.payload, before):
            msg = (
                f"the consent ledger was altered: record {expected} of chain {found.chain_id} "
                "does not follow from the one before it. Restore a backup and compare."
            )
            raise LedgerTampered(msg, chain_id=found.chain_id, position=expected)
        before = found
    return before.position + 1 if before else 0
