"""Whether the chains in a pack hold, and say what the pack says that they do."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from compliant_sms import records
from compliant_sms.consent import (
    Link,
    about_event,
    filed_under,
    from_payload,
    opened_payload,
    verify_chain,
)
from compliant_sms.errors import CannotUnseal, LedgerTampered, SchemaTooNew
from compliant_sms.evidence._dossier import ChainRecord, Dossier, EventRecord
from compliant_sms.evidence._verdict import Check, Ciphers, failed, passed, unchecked

_CHAINS, _ENTRIES = "chains", "entries"
_IN_THE_CLEAR = b"{"  # how a record begins that nothing sealed


def check_chains(dossier: Dossier) -> Check:
    """The digest of each record, recomputed from its stored bytes."""
    count = 0
    for chain in dossier.chains:
        try:
            practice_id = dossier.practice.id
            count += verify_chain(chain.links(), chain.begins(practice_id))
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


def check_entries(dossier: Dossier, ciphers: Ciphers | None) -> Check:
    """Each event that is shown is the one that is chained, and about this number."""
    sealed = sum(1 for chain in dossier.chains if chain.key)
    if sealed and ciphers is None:
        words = (
            f"The records of {sealed} chains are sealed; opening them needs the extra keyring: "
            "python -m pip install 'compliant-sms[keyring]'."
        )
        return unchecked(_ENTRIES, words)
    problem = next(_problems(dossier, ciphers), None)
    if problem:
        return failed(_ENTRIES, problem)
    erased = sum(1 for c in dossier.chains for record in c.events if record.event is None)
    more = f" {erased} were erased before; their hashes stand." if erased else ""
    return passed(_ENTRIES, f"What is shown of each entry is what is chained.{more}")


def _problems(dossier: Dossier, ciphers: Ciphers | None) -> Iterator[str]:
    for chain in dossier.chains:
        for link, record in zip(_links(chain), chain.events, strict=False):
            where = f"record {link.position} of chain {chain.chain_id}"
            try:
                problem = _problem(dossier, chain, record, _stored(chain, link, ciphers))
            except SchemaTooNew as error:
                problem = f"cannot be read: {error}."
            except Exception:  # noqa: BLE001 - whatever a file of strangers makes fail
                problem = "cannot be read."
            if problem:
                yield f"What is shown of {where} {problem}"


def _links(chain: ChainRecord) -> Iterator[Link]:
    try:
        yield from chain.links()
    except ValueError:
        return  # the check of the chains says so


def _stored(chain: ChainRecord, link: Link, ciphers: Ciphers | None) -> bytes | None:
    """What the stored bytes say, opened where they are sealed; None where nothing opens them."""
    about = about_event(link.chain_id, link.position)

    def unseal(kept: bytes) -> bytes:
        if not chain.key and kept[:1] == _IN_THE_CLEAR:
            return kept
        if not chain.key or ciphers is None:
            raise CannotUnseal
        return ciphers(b64decode(chain.key, validate=True)).open(kept, about)

    try:
        return opened_payload(link.payload, unseal)
    except CannotUnseal:
        return None


def _problem(
    dossier: Dossier, chain: ChainRecord, record: EventRecord, stored: bytes | None
) -> str:
    if record.event is None:
        return "" if stored is None else "is nothing, though its bytes say more."
    shown = records.canonical(record.event)
    if stored is None:
        return "is not proved: the key in the pack does not open its bytes."
    if shown != stored:
        return "is not what its bytes say."
    event = from_payload(shown)
    about = (event.practice_id, event.number.e164, filed_under(event))
    in_the_clear = chain.filed[0].startswith("+")
    filed = (dossier.number, chain.person or "") if in_the_clear else chain.filed
    if about != (dossier.practice.id, dossier.number, chain.person) or chain.filed != filed:
        return "is about another practice, person or number."
    return ""
