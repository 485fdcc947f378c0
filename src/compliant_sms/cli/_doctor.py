"""What ``doctor`` and ``sync-opt-outs`` print. It includes no full number."""

from __future__ import annotations

import json
from collections.abc import Iterable

from attrs import asdict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compliant_sms.cli._named import Either, answer, with_messengers
from compliant_sms.cli._options import printable
from compliant_sms.flows import Checked, CheckResult, OptOutDrift

_SHOWN = {
    CheckResult.OK: "[green]ok[/]",
    CheckResult.WARNING: "[yellow]warning[/]",
    CheckResult.FAILED: "[bold red]failed[/]",
    CheckResult.NOT_CHECKED: "[dim]not checked[/]",
}


def look_over(where: str, *, call_webhooks: bool, as_json: bool) -> int:
    """Print what is right and wrong with the named messengers.

    Returns:
        the exit status: 1 if something failed.
    """

    async def look(messengers: list[Either]) -> bool:
        failed = False
        for messenger in messengers:
            checks = await answer(messenger.doctor(call_webhooks=call_webhooks))
            failed = failed or any(check.result is CheckResult.FAILED for check in checks)
            if as_json:
                for check in checks:
                    print(json.dumps(asdict(check)))  # noqa: T201 - for another program
            else:
                Console().print(_table(repr(messenger), checks))
        return failed

    return int(with_messengers(where, look))


def _table(title: str, checks: Iterable[Checked]) -> Table:
    # A practice's name and a provider's words are not markup.
    table = Table(title=Text(printable(title)), title_justify="left", show_lines=False)
    for name in ("of", "what", "", "what was found, and what to do"):
        table.add_column(name, overflow="fold")
    for check in checks:
        says = Text(printable(check.says))
        if check.remedy:
            says.append(f" {printable(check.remedy)}", "bold")
        table.add_row(Text(check.of), Text(check.what), _SHOWN[check.result], says)
    return table


def even_out(where: str, *, by: str, write: bool) -> bool:
    """Reconcile the lists, or only print how they differ. Returns whether nothing differed."""

    async def even(messengers: list[Either]) -> list[OptOutDrift]:
        return [
            drift
            for each in messengers
            for drift in await answer(each.sync_opt_outs(by=by, dry_run=not write))
        ]

    drifts = with_messengers(where, even)
    for drift in drifts:
        print(_in_words(drift, write=write))  # noqa: T201 - whole, however wide the terminal is
    return all(drift.is_even for drift in drifts)


def _in_words(drift: OptOutDrift, *, write: bool) -> str:
    whose = f"{drift.provider} ...{drift.sender.e164[-4:]}"
    if drift.listed is None and drift.is_even:
        return (
            f"{whose}: nothing was compared, because this provider's list cannot be read. If "
            "its console shows one, export it there, and import it with  compliant-sms import ."
        )
    listed = "cannot be read" if drift.listed is None else f"{drift.listed:,} on its list"
    done = "recorded here" if write else "to be recorded here"
    return (
        f"{whose}: {listed}; {len(drift.recorded):,} {done}, "
        f"{len(drift.added):,} added there, {len(drift.missing):,} missing there, "
        f"{len(drift.stale):,} blocked there although they agreed again. {drift.problem}"
    ).rstrip()
