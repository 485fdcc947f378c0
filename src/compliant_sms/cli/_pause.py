"""Pausing and resuming the named messengers."""

from __future__ import annotations

from compliant_sms.cli._named import Either, answer, with_messengers

__all__ = ["pause", "resume"]


def pause(where: str, *, by: str, reason: str, scope: str) -> None:
    """Pause each, and print how many texts may still be on their way."""

    async def work(messengers: list[Either]) -> None:
        for messenger in messengers:
            claimed = await answer(messenger.pause(by=by, reason=reason, scope=scope))
            print(  # noqa: T201 - whole, however wide the terminal is
                f"{messenger!r}: paused ({scope}). {claimed} texts were claimed before, and may "
                "still be on their way."
            )

    with_messengers(where, work)


def resume(where: str, *, by: str, reason: str, scope: str) -> None:
    """Resume each, and print what is still paused."""

    async def work(messengers: list[Either]) -> None:
        for messenger in messengers:
            standing = await answer(messenger.resume(by=by, reason=reason, scope=scope))
            still = ", ".join(each.scope for each in standing) or "nothing"
            print(f"{messenger!r}: resumed ({scope}). Still paused: {still}.")  # noqa: T201

    with_messengers(where, work)
