"""The command ``worker``."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from compliant_sms.cli._options import where_argument


@click.command(short_help="Send what is due, until it is told to end.")
@where_argument
@click.option("--once", is_flag=True, help="Send what is due, and end.")
@click.option(
    "--quantum",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many texts of one practice go before it is the next one's turn.",
)
@click.option(
    "--poll",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    help="How often a practice without due texts is looked at.",
)
def worker(where: str, *, once: bool, quantum: int, poll: float) -> None:
    """Send what is due, and settle what is uncertain, until SIGTERM or SIGINT.

    MODULE:NAME is a Messenger or AsyncMessenger of yours, a list of one kind, or a function that
    returns either. Start as many workers as you like on one PostgreSQL database: each text goes
    out once.

    \b
      compliant-sms worker clinic.texting:messenger

    On a signal the text in hand is finished, and the exit status is 0; after --once it is 1 where
    something failed, or could not be sent yet. A line is printed whenever something was done; it
    counts, and names no patient. At the end there is a line for each cause of what went wrong.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _worker  # noqa: PLC0415 - after the options

    sound = _worker.run(where, once=once, quantum=quantum, poll=timedelta(seconds=poll))
    sys.exit(1 if once and not sound else 0)
