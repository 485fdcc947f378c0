"""The commands, and how errors look there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from compliant_sms.errors import CompliantSmsError

__all__ = ["commands"]


class _Group(click.Group):
    """Shows the library's errors as one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except CompliantSmsError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="compliant-sms")
def commands() -> None:
    """Text patients without breaking the law."""


@commands.command()
@click.option(
    "--patients",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of your own; without it a dozen made-up patients.",
)
@click.option(
    "--database",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("texting.db"),
    show_default=True,
    help="Where everything is kept. An unfinished day in it goes on; after a finished one, the "
    "next day is played.",
)
@click.option("--carrier", metavar="URL", help="A sandbox that runs already (see: sandbox).")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for machines.")
def demo(patients: Path | None, database: Path, carrier: str | None, *, as_json: bool) -> None:
    """Play a clinic's day through a simulated carrier on this machine.

    Exit status 1 when anything of the day is not as expected.
    """
    from compliant_sms.cli.demo import play  # noqa: PLC0415 - needs the extra sandbox

    sys.exit(0 if play(patients, database, carrier, as_json=as_json) else 1)


@commands.command()
@click.option("--port", default=0, show_default="any free one", help="On 127.0.0.1.")
@click.option("--account-sid", default="AC" + "0" * 32, show_default=True)
@click.option("--auth-token", default="sandbox-token", show_default=True)
@click.option("--number", "numbers", multiple=True, default=["+12175550111"], show_default=True)
@click.option(
    "--answers-keywords/--leaves-keywords",
    default=True,
    show_default=True,
    help="Whether the carrier itself answers STOP, START and HELP.",
)
def sandbox(
    port: int,
    account_sid: str,
    auth_token: str,
    numbers: tuple[str, ...],
    *,
    answers_keywords: bool,
) -> None:
    """Run a simulated carrier that speaks Twilio's protocol, until Ctrl-C."""
    from compliant_sms.sandbox import Sandbox, serve  # noqa: PLC0415 - needs the extra sandbox

    carrier = Sandbox(
        account_sid=account_sid,
        auth_token=auth_token,
        numbers=numbers,
        answers_keywords=answers_keywords,
        port=port,
    )
    serve(carrier, ready=lambda url: click.echo(f"The carrier listens at {url}"))


@commands.command()
@click.argument("database", type=click.Path(dir_okay=False, path_type=Path))
def show(database: Path) -> None:
    """Show which texts and consent events a database holds; nothing is changed."""
    from compliant_sms.cli._show import show as print_tables  # noqa: PLC0415 - after the options

    print_tables(database)
