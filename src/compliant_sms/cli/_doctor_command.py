"""The commands ``doctor`` and ``sync-opt-outs``."""

from __future__ import annotations

import sys

import click

from compliant_sms.cli._options import where_argument


@click.command(short_help="Check a setup before patients are texted.")
@where_argument
@click.option(
    "--call-webhooks",
    is_flag=True,
    help="Also call the URLs of status callbacks without a signature, which must be refused.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each check.")
def doctor(where: str, *, call_webhooks: bool, as_json: bool) -> None:
    """Check a setup: credentials, clock, agreements, callbacks, keywords, registration.

    MODULE:NAME is your Messenger or AsyncMessenger, a list of them, or a function that returns
    either. Nobody is texted and nothing is changed. The exit status is 1 if a check failed.

    \b
      compliant-sms doctor clinic.texting:messenger
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _doctor  # noqa: PLC0415 - after the options

    sys.exit(_doctor.look_over(where, call_webhooks=call_webhooks, as_json=as_json))


@click.command("sync-opt-outs", short_help="Sync the ledger with the providers' lists of opt-outs.")
@where_argument
@click.option("--by", metavar="WHO", required=True, help="Who asked for it, for the audit log.")
@click.option("--dry-run", is_flag=True, help="Change nothing; only show what differs.")
def opt_outs(where: str, *, by: str, dry_run: bool) -> None:
    """Reconcile the ledger with the providers' lists of opted-out numbers.

    A number that is only on a provider's list is revoked in the ledger. One that is revoked only in
    the ledger is added to the list, if the provider accepts additions. No number is removed from a
    list. With --dry-run the exit status is 1 if something differs.

    \b
      compliant-sms sync-opt-outs clinic.texting:messenger --by it:kim --dry-run
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _doctor  # noqa: PLC0415 - after the options

    even = _doctor.even_out(where, by=by, write=not dry_run)
    sys.exit(1 if dry_run and not even else 0)
