"""The command ``erase``."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from compliant_sms.cli._database import database_option, practice_option, refuse_unknown, store_at
from compliant_sms.cli._options import FILE


@click.command(short_help="Destroy the keys of everything stored about a person.")
@database_option
@practice_option
@click.option("--person", metavar="ID", required=True, help="Your id of the patient.")
@click.option("--by", metavar="WHO", required=True, help="Who decided it, for the audit log.")
@click.option(
    "--reason", metavar="WHY", required=True, help="Why, for the audit log. Name no patient."
)
@click.option(
    "--keyring",
    "key_file",
    type=FILE,
    required=True,
    help="The key file. Only what is sealed can be erased.",
)
@click.option("--dry-run", is_flag=True, help="Change nothing; only count what would go.")
def erase(
    *,
    database: str,
    practice: str,
    person: str,
    by: str,
    reason: str,
    key_file: Path,
    dry_run: bool,
) -> None:
    """Destroy the keys of everything stored about a person. This cannot be undone.

    Revocations still count, and the ledger still verifies. A person who is under a legal hold or
    unknown is not erased, and the exit status is 1. Backups and older key files are yours to
    destroy.
    """
    from compliant_sms import flows, system  # noqa: PLC0415 - after the options
    from compliant_sms.driver import finish  # noqa: PLC0415 - as above
    from compliant_sms.keyring import Keyring  # noqa: PLC0415 - an extra may be missing

    plan = flows.ErasePlan(
        practice_id=practice,
        person=person,
        reason=reason,
        by=by,
        run=system.new_id(),
        dry_run=dry_run,
    )
    with closing(store_at(database)) as store:
        port = store.blocking(Keyring.from_file(key_file))
        refuse_unknown(port, practice)
        done = finish(flows.erase(port, system.now, plan))
    click.echo(
        f"{done.events:,} events of consent at {done.numbers:,} numbers, {done.texts:,} texts and "
        f"{done.received:,} received ones "
        + ("would be erased; nothing was changed." if dry_run else "are erased.")
    )
