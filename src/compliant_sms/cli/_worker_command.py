"""The command ``worker``."""

from __future__ import annotations

import sys
from datetime import timedelta

import click

from compliant_sms.cli._options import where_argument


@click.command(short_help="Send what is due, until it is stopped.")
@where_argument
@click.option("--once", is_flag=True, help="Send what is due, then stop.")
@click.option(
    "--quantum",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="How many texts one practice sends before the next one's turn.",
)
@click.option(
    "--poll",
    metavar="SECONDS",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    help="How often to look at a practice without due texts.",
)
def worker(where: str, *, once: bool, quantum: int, poll: float) -> None:
    """Send what is due, and settle what is uncertain, until SIGTERM or SIGINT.

    MODULE:NAME is your Messenger or AsyncMessenger, a list of one kind, or a function that returns
    either. You can start any number of workers on one PostgreSQL database: each text goes out once.

    \b
      compliant-sms worker clinic.texting:messenger

    On a signal, the worker finishes its current text and exits with status 0. With --once the exit
    status is 1 if something failed or could not be sent yet. Whenever something was done it prints
    a line of counts, which names no patient. At the end it prints a line for each cause of failure.
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli import _worker  # noqa: PLC0415 - after the options

    sound = _worker.run(where, once=once, quantum=quantum, poll=timedelta(seconds=poll))
    sys.exit(1 if once and not sound else 0)
