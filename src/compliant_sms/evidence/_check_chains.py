"""Whether the chains in a pack hold, and say what the pack says that they do."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator

from compliant_sms import records
from compliant_sms.consent import Link, filed_under, from_payload, verify_chain
from compliant_sms.errors import CannotUnseal, LedgerTampered, SchemaTooNew
from compliant_sms.evidence._dossier import ChainRecord, Dossier, EventRecord
from compliant_sms.evidence._verdict import Check, Opener, failed, passed, unchecked

__all__ = ["check_chains", "check_entries"]

_CHAINS, _ENTRIES = "chains", "entries"


def check_chains(dossier: Dossier) -> Check:
    """The digest of each record, recomputed from its stored bytes."""
    count = 0
    for chain in dossier.chains:
        try:
            count += verify_chain(chain.links())
        except LedgerTampered as error:
            words = (
                f"Record {error.position} of chain {error.chain_id} does not follow from the one "
                "before it: a record was changed, taken out, put in or moved."
            )
            return failed(_CHAINS, words)
        except ValueError:
            words = f"The bytes of a record of chain {chain.chain_id} cannot be read."
            return failed(_CHAINS, words)
    if len({chain.chain_id for chain in dossier.chains}) < len(dossier.chains):
        return failed(_CHAINS, "A chain is there twice.")
    return passed(
        _CHAINS, f"{count} records in {len(dossier.chains)} chains, each hash recomputed."
    )


def check_entries(dossier: Dossier, opener: Opener | None) -> Check:
    """Each event that is shown is the one that is chained, and about this number."""
    sealed = sum(1 for chain in dossier.chains if chain.key)
    if sealed and opener is None:
        words = (
            f"The records of {sealed} chains are sealed; opening them needs the extra keyring: "
            "python -m pip install 'compliant-sms[keyring]'."
        )
        return unchecked(_ENTRIES, words)
    problem = next(_problems(dossier, opener), None)
    if problem:
        return failed(_ENTRIES, problem)
    erased = sum(1 for c in dossier.chains for record in c.events if record.event is None)
    more = f" {erased} were erased before; their hashes stand." if erased else ""
    return passed(_ENTRIES, f"What is shown of each entry is what is chained.{more}")


def _problems(dossier: Dossier, opener: Opener | None) -> Iterator[str]:
    for chain in dossier.chains:
        for link, record in zip(_links(chain), chain.events, strict=False):
            where = f"record {link.position} of chain {chain.chain_id}"
            try:
                problem = _problem(dossier, chain, link, record, opener)
            except (CannotUnseal, SchemaTooNew) as error:
                problem = f"of {where} cannot be read: {error}"
            except Exception:  # noqa: BLE001 - whatever a file of strangers makes fail
                problem = f"of {where} cannot be read."
            if problem:
                yield f"What is shown {problem.replace('WHERE', where)}"


def _links(chain: ChainRecord) -> Iterator[Link]:
    try:
        yield from chain.links()
    except ValueError:
        return  # the check of the chains says so


def _problem(
    dossier: Dossier, chain: ChainRecord, link: Link, record: EventRecord, opener: Opener | None
) -> str:
    if record.event is None:
        return "" if _is_closed(chain, link) else "of WHERE is nothing, though its bytes say more."
    shown = records.canonical(record.event)
    stored = link.payload
    if chain.key and opener is not None:
        stored = opener(b64decode(chain.key, validate=True), link)
    if shown != stored:
        return "of WHERE is not what its bytes say."
    event = from_payload(shown)
    filed = (event.practice_id, event.number.e164, filed_under(event))
    if filed != (dossier.practice.id, dossier.number, chain.person):
        return "of WHERE is about another practice, person or number."
    return ""


def _is_closed(chain: ChainRecord, link: Link) -> bool:
    """Whether a record's bytes say nothing by themselves, as those of an erased one."""
    try:
        json.loads(link.payload)
    except ValueError:
        return not chain.key
    return False
