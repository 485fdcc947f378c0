"""The command ``registration``."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from compliant_sms.cli._options import where_argument

if TYPE_CHECKING:
    from compliant_sms.cli._named import Either
    from compliant_sms.permission import Registration


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
    from compliant_sms.cli._named import answer, with_messengers  # noqa: PLC0415 - after options

    async def work(messengers: list[Either]) -> bool:
        refused = False
        for messenger in messengers:
            made = await answer(messenger.permission.registration(toll_free=toll_free))
            refused = refused or bool(made.problems)
            print(_as_json(made) if as_json else _in_words(repr(messenger), made))  # noqa: T201
        return refused

    sys.exit(int(with_messengers(where, work)))


def _as_json(made: Registration) -> str:
    fields = {each.name: each.text for each in made.fields}
    return json.dumps({"kind": made.kind, "fields": fields, "problems": made.problems})


def _in_words(name: str, made: Registration) -> str:
    lines = [f"{name}: {made.kind.replace('_', '-')}", ""]
    for each in made.fields:
        size = (
            f"  ({len(each.text)} of {each.least} to {each.most} characters)" if each.most else ""
        )
        lines += [f"{each.name}{size}", each.text, ""]
    lines += [f"would be refused: {problem}" for problem in made.problems]
    return "\n".join(lines if made.problems else lines[:-1])
