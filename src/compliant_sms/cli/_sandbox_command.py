"""The options of ``compliant-sms sandbox``."""

from __future__ import annotations

import click


@click.command(short_help="Run a simulated carrier, with patients' phones on a page.")
@click.option("--port", default=0, show_default="any free one", help="The port on 127.0.0.1.")
@click.option("--demo", is_flag=True, help="Add a made-up practice and a morning's texts.")
@click.option("--open", "browse", is_flag=True, help="Open the page in your browser.")
@click.option(
    "--webhooks",
    metavar="URL",
    help="The URL at which your application takes callbacks, such as http://127.0.0.1:8000/texts. "
    "Each provider calls URL/NAME.",
)
@click.option("--account-sid", default="AC" + "0" * 32, show_default=True, help="For Twilio.")
@click.option("--auth-token", default="sandbox-token", show_default=True, help="For Twilio.")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    default=["+12175550111"],
    show_default=True,
    help="For Twilio; can be repeated.",
)
@click.option(
    "--answers-keywords/--leaves-keywords",
    default=True,
    show_default=True,
    help="Whether Twilio and Vonage answer STOP, START and HELP themselves. In the demo they do "
    "not.",
)
def sandbox(
    *,
    port: int,
    demo: bool,
    browse: bool,
    webhooks: str | None,
    account_sid: str,
    auth_token: str,
    numbers: tuple[str, ...],
    answers_keywords: bool,
) -> None:
    """Run a simulated carrier with a page of patients' phones, until Ctrl-C.

    It speaks the protocols of Twilio, Telnyx, Vonage and Bandwidth. The page at its address shows
    each phone: reply as the patient, move time, make things go wrong. With --demo, a made-up
    practice texts the patients, and the page shows its decisions beside the texts.
    """
    if demo and webhooks:
        msg = "--demo has a practice of its own that takes the callbacks. Leave out one of the two."
        raise click.UsageError(msg)
    from compliant_sms.cli import _sandbox  # noqa: PLC0415 - needs the extra sandbox

    given = _sandbox.accounts(
        account_sid=account_sid,
        auth_token=auth_token,
        numbers=numbers,
        answers_keywords=answers_keywords and not demo,
    )
    _sandbox.run(given, port=port, demo=demo, browse=browse, webhooks=webhooks)
