"""A web server for tests, which ends as soon as it is told to."""

from __future__ import annotations

import asyncio

from compliant_sms.sandbox._http import PromptServer

__all__ = ["QuickServer"]


class QuickServer(PromptServer):
    """Looks often whether it shall end."""

    async def main_loop(self) -> None:
        while not self.should_exit:  # noqa: ASYNC110 - what uvicorn looks at is no event
            await asyncio.sleep(0.01)
