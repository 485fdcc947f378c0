"""The commands ``doctor`` and ``sync-opt-outs``."""

from __future__ import annotations

import sys

import click

from compliant_sms.cli._options import where_argument


@click.command(short_help="Look a set-up over before patients are texted.")
@where_argument
@click.option(
    "--call-webhooks",
    is_flag=True,
    help="Also call the addresses of status callbacks, unsigned: that must be refused.",
)
@click.option("--json", "as_json", is_flag=True, help="One line of JSON for each check.")
def doctor(where: str, *, call_webhooks: bool, as_json: bool) -> None:
    """Look a set-up over: credentials, clock, agreements, callbacks, keywords, registration.

    MODULE:NAME is a Messenger or AsyncMessenger of yours, a list of them, or a function that
    returns either. Nobody is texted and nothing is changed. The exit status is 1 where something
    failed.

    \b
      compliant-sms doctor clinic.texting:messenger
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _doctor  # noqa: PLC0415 - after the options

    sys.exit(_doctor.look_over(where, call_webhooks=call_webhooks, as_json=as_json))


@click.command("sync-opt-outs", short_help="Sync the ledger with the provider's list of opt-outs.")
@where_argument
@click.option("--by", metavar="WHO", required=True, help="Who asks for it, for the audit log.")
@click.option("--dry-run", is_flag=True, help="Change nothing, only say what differs.")
def opt_outs(where: str, *, by: str, dry_run: bool) -> None:
    """Even the ledger out with what the providers keep of opted-out numbers.

    Who is on a provider's list only is revoked in the ledger; who revoked in the ledger only is
    put on the list, where the provider takes additions. Nobody is taken off a list. With --dry-run
    the exit status is 1 where something differs.

    \b
      compliant-sms sync-opt-outs clinic.texting:messenger --by it:kim --dry-run
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _doctor  # noqa: PLC0415 - after the options

    even = _doctor.even_out(where, by=by, write=not dry_run)
    sys.exit(1 if dry_run and not even else 0)
