"""Sealing every data key anew with the newest key, while texts go on."""

from __future__ import annotations

from collections.abc import Callable

from compliant_sms.ports import Store

_BATCH = 500


async def rotate_keys(
    store: Store, progress: Callable[[int, int], None] | None = None, practice_id: str = ""
) -> int:
    """Seal each data key of the store anew that an older key of the keyring seals.

    Each batch is a transaction, so that a run that was cut short is simply repeated.

    Args:
        store: with a keyring whose newest key shall seal.
        progress: is told after each batch how many are done, and of how many.
        practice_id: whose records the keyring must be able to open; empty for nobody's.

    Returns:
        how many were sealed anew.

    Raises:
        CannotUnseal: the keyring does not know the key that seals the records of that practice.
        ConfigurationError: its keys cannot be read, or those records lie in the clear.
    """
    if practice_id:
        await store.run(lambda tx: tx.seals(practice_id))
    total = await store.run(lambda tx: tx.to_rewrap())
    done = 0
    while batch := await store.run(lambda tx: tx.rewrap(_BATCH)):
        done += batch
        if progress is not None:
            progress(done, max(done, total))
    return done
