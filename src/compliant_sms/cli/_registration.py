"""What ``registration`` prints."""

from __future__ import annotations

import json

from compliant_sms.cli._named import Either, answer, with_messengers
from compliant_sms.permission import Registration

__all__ = ["print_texts"]


def print_texts(where: str, *, toll_free: bool, as_json: bool) -> int:
    """Print the texts of each named messenger.

    Returns:
        the exit status: 1 if something would be refused.
    """

    async def work(messengers: list[Either]) -> bool:
        refused = False
        for messenger in messengers:
            made = await answer(messenger.permission.registration(toll_free=toll_free))
            refused = refused or bool(made.problems)
            print(_as_json(made) if as_json else _in_words(repr(messenger), made))  # noqa: T201
        return refused

    return int(with_messengers(where, work))


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
