"""The commands ``pause`` and ``resume``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from compliant_sms.cli._options import where_argument

if TYPE_CHECKING:
    from compliant_sms.cli._named import Either

_BY = click.option("--by", metavar="WHO", required=True, help="Who decided it, for the audit log.")
_REASON = click.option("--reason", metavar="WHY", required=True, help="Why, for the audit log.")
_SCOPE = click.option(
    "--scope",
    metavar="WHAT",
    default="all",
    show_default=True,
    help="Which texts: all, marketing, or the code of a purpose (see: rules --list-purposes).",
)


@click.command(short_help="Pause texts, for every worker on the database.")
@where_argument
@_BY
@_REASON
@_SCOPE
def pause(where: str, *, by: str, reason: str, scope: str) -> None:
    """Pause texts, for every worker on the database, until  compliant-sms resume .

    MODULE:NAME is a Messenger or AsyncMessenger of yours, a list of them, or a function that
    returns either. STOP, START and HELP are still answered.

    \b
      compliant-sms pause clinic.texting:messenger --by it:kim --reason "wrong times"
    """  # noqa: D301 - click reads the character after which it wraps nothing
    from compliant_sms.cli._named import answer, with_messengers  # noqa: PLC0415 - after options

    async def work(messengers: list[Either]) -> None:
        for messenger in messengers:
            claimed = await answer(messenger.pause(by=by, reason=reason, scope=scope))
            print(  # noqa: T201 - whole, however wide the terminal is
                f"{messenger!r}: paused ({scope}). {claimed} texts were claimed before, and may "
                "still be on their way."
            )

    with_messengers(where, work)


@click.command(short_help="Resume texts that were paused.")
@where_argument
@_BY
@_REASON
@_SCOPE
def resume(where: str, *, by: str, reason: str, scope: str) -> None:
    """Resume texts that  compliant-sms pause  stopped. Each is decided again.

    \b
      compliant-sms resume clinic.texting:messenger --by it:kim --reason "times are right"
    """  # noqa: D301 - as above
    from compliant_sms.cli._named import answer, with_messengers  # noqa: PLC0415 - as above

    async def work(messengers: list[Either]) -> None:
        for messenger in messengers:
            standing = await answer(messenger.resume(by=by, reason=reason, scope=scope))
            still = ", ".join(each.scope for each in standing) or "nothing"
            print(f"{messenger!r}: resumed ({scope}). Still paused: {still}.")  # noqa: T201

    with_messengers(where, work)
