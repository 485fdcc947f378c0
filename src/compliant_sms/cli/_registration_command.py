"""The command ``registration``."""

from __future__ import annotations

import sys

import click

from compliant_sms.cli._options import where_argument

__all__ = ["registration"]


@click.command(short_help="Print what to register with carriers.")
@where_argument
@click.option(
    "--toll-free", is_flag=True, help="For a toll-free number instead of a 10DLC campaign."
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON for each practice.")
def registration(where: str, *, toll_free: bool, as_json: bool) -> None:
    """Print what to register with carriers, based on your configuration.

    MODULE:NAME is your Messenger or AsyncMessenger with a Permission, a list of them, or a function
    that returns either. The exit status is 1 if carriers would refuse something.

    \b
      compliant-sms registration clinic.texting:messenger
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _registration  # noqa: PLC0415 - after the options

    sys.exit(_registration.print_texts(where, toll_free=toll_free, as_json=as_json))
