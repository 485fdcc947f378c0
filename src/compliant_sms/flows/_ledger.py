"""Checking the whole consent ledger of a practice."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from compliant_sms.consent import ConsentEvent, Link, filed_under, from_payload, verify_chain
from compliant_sms.errors import LedgerTampered
from compliant_sms.flows._audit import verify_audit
from compliant_sms.ports import Chain, Ports

__all__ = ["LedgerReport", "verify_ledger"]


@frozen(kw_only=True)
class LedgerReport:
    """What was checked.

    Attributes:
        chains: how many chains, one for each person at each number.
        events: how many events in them.
        audit: how many events in the audit log.
    """

    chains: int
    events: int
    audit: int = 0


async def verify_ledger(ports: Ports) -> LedgerReport:
    """Check every chain of the practice, and its audit log.

    Raises:
        LedgerTampered: a record was changed, removed, inserted, moved or filed elsewhere.
    """
    chains = await ports.store.run(lambda tx: tx.chains(ports.practice.id))
    events = 0
    for chain in chains:
        events += _verify(chain, await _links(ports, chain))
    return LedgerReport(chains=len(chains), events=events, audit=await verify_audit(ports))


async def _links(ports: Ports, chain: Chain) -> list[Link]:
    return await ports.store.run(lambda tx: tx.links(chain.chain_id))


def _verify(chain: Chain, links: Sequence[Link]) -> int:
    count = verify_chain(links)
    for found in links:
        if found.payload.startswith(b'{"kind":'):
            continue
        if not _belongs(from_payload(found.payload), chain):
            msg = (
                f"the consent ledger was altered: record {found.position} of chain "
                f"{chain.chain_id} is filed under another person or number."
            )
            raise LedgerTampered(msg, chain_id=chain.chain_id, position=found.position)
    return count


def _belongs(event: ConsentEvent, chain: Chain) -> bool:
    filed = (event.practice_id, event.number, filed_under(event))
    return filed == (chain.practice_id, chain.number, chain.person)
