r"""The hash chain of one person at one number.

A link's digest is SHA-256 over::

    b"compliant_sms ledger 2\n"
    length of the chain's id as 8 bytes, big-endian, then the id in UTF-8
    the position as 8 bytes, big-endian, counted from 0
    the digest of the link before, 32 bytes; for the first, what the chain begins with
    the payload as it is stored

A chain begins with SHA-256 over::

    b"compliant_sms chain 2\n"
    practice, number and person as they are filed, each as its length in 8 bytes, big-endian, then
    the text in UTF-8

Both cover stored bytes and nothing that has to be opened, so that erasing content leaves the proof
standing.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from typing import TypeAlias

from attrs import field, frozen

from compliant_sms.errors import LedgerTampered

_LINK = b"compliant_sms ledger 2\n"
_CHAIN = b"compliant_sms chain 2\n"
_AUDIT = "audit/"  # how the id of a practice's audit log begins, and no other

FiledLink: TypeAlias = tuple[str, int, bytes, bytes, str, str]
"""A link as it is stored, and what its chain is filed under.

Id of the chain, position, payload, digest, number, person: a plain tuple, because a million of them
are checked at a time.
"""


@frozen(kw_only=True)
class Link:
    """One record of a chain.

    Attributes:
        chain_id: which chain; it names neither person nor number.
        position: from 0, without gaps.
        payload: the stored bytes.
        digest: 32 bytes.
    """

    chain_id: str
    position: int
    payload: bytes = field(repr=False)
    digest: bytes = field(repr=False)


def _measured(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(8) + data


def beginning(*filed: str) -> bytes:
    """What a chain begins with, 32 bytes.

    Args:
        filed: what it is filed under: practice, number and person as they stand in their columns.
    """
    return sha256(_CHAIN + b"".join(map(_measured, filed))).digest()


def link(chain_id: str, payload: bytes, after: Link | bytes) -> Link:
    """The link that holds the payload and follows another.

    Args:
        chain_id: which chain.
        payload: what to hold.
        after: the link before, or what the chain begins with.
    """
    if isinstance(after, bytes):
        position, previous = 0, after
    else:
        position, previous = after.position + 1, after.digest
    message = _LINK + _measured(chain_id) + position.to_bytes(8) + previous + payload
    return Link(
        chain_id=chain_id,
        position=position,
        payload=payload,
        digest=sha256(message).digest(),
    )


def verify_chain(links: Iterable[Link], begins: bytes) -> int:
    """Check every link of one chain, in order.

    Args:
        links: all of them.
        begins: what the chain must begin with: :func:`beginning`.

    Returns:
        how many links there are.

    Raises:
        LedgerTampered: a record was changed, removed, inserted or moved, or the chain is filed
            elsewhere; it names the first bad record. A chain cut off at its end cannot be told
            from a shorter one here.
    """
    before: Link | bytes = begins
    count = 0
    for found in links:
        if found != link(found.chain_id, found.payload, before):
            raise _altered(found.chain_id, count)
        before = found
        count += 1
    return count


class ChainCheck:
    """Checks the links of a practice as they come: chain after chain, each in order.

    Args:
        practice_id: whose chains they must be.

    Attributes:
        chains: how many chains began.
        events: how many links were checked.
    """

    def __init__(self, practice_id: str) -> None:
        self.chains: int = 0
        self.events: int = 0
        self._practice = _CHAIN + _measured(practice_id)
        self._chain_id: str | None = None
        self._next = 0
        self._head = self._before = b""

    def take(self, rows: Iterable[FiledLink]) -> None:
        """Check the links that come next.

        Raises:
            LedgerTampered: one was changed, removed, inserted or moved, or its chain is filed
                elsewhere; it is named.
        """
        # Written out, with local names and without objects: half of the time is hashing.
        current, expected, head, before = self._chain_id, self._next, self._head, self._before
        practice, chains, events = self._practice, 0, 0
        for chain_id, position, payload, digest, number, person in rows:
            try:
                if chain_id != current:
                    current, expected = chain_id, 0
                    head = _LINK + _measured(chain_id)
                    filed = practice + _measured(number) + _measured(person)
                    before = sha256(filed).digest()
                    chains += 1
                message = head + expected.to_bytes(8) + before + payload
                right = sha256(message).digest() == digest and position == expected
            except (AttributeError, TypeError):  # no text or no bytes where there must be
                right = False
            if not right:
                raise _altered(str(chain_id), expected)
            before = digest
            expected += 1
            events += 1
        self._chain_id, self._next, self._head, self._before = current, expected, head, before
        self.chains += chains
        self.events += events


def _altered(chain_id: str, position: int) -> LedgerTampered:
    audit = chain_id.startswith(_AUDIT)
    log, of = ("audit log", "") if audit else ("consent ledger", f" of chain {chain_id}")
    filed = "practice" if audit else "practice, number and person"
    what = (
        "does not follow from the one before it"
        if position
        else f"does not follow from the {filed} that it is filed under"
    )
    msg = f"the {log} was altered: record {position}{of} {what}. Restore a backup and compare."
    return LedgerTampered(msg, chain_id=chain_id, position=position)
