"""What waits to be sent or settled, and how fast it may leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from compliant_sms.messages import Message
from compliant_sms.rates import Bucket


class Queue(Protocol):
    """Texts by when they are due, and by what is still open about them."""

    async def reserve(
        self,
        practice_id: str,
        at: datetime,
        until: datetime,
        limit: int,
        *,
        again: datetime | None = None,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        """Texts that are due or held until ``at`` or earlier, for one worker to look at.

        Nobody else is given them before ``until``, unless their state is saved or they are
        released. It is no claim: a text that waits reserved has surely not left. Those that were
        reserved before are taken after the others of their urgency, the longest ago first, so that
        texts which fail each time keep nobody waiting. Of those that came to nothing once, as they
        failed or their worker died, a quarter of the limit, or one, is taken before the others.

        Args:
            practice_id: whose.
            at: now (UTC).
            until: how long they are reserved; what seems to be for longer is not.
            limit: how many at most.
            again: those as well whose reservation ran out by then; by now, if not given.
            unreadable: gets what is wrong with texts that cannot be read, which are reserved as
                well; without it that is raised.

        Returns:
            the most urgent, then the longest due first.
        """

    async def release(self, messages: Sequence[Message], until: datetime) -> None:
        """Let others have texts that were reserved until then."""

    async def next_due(self, practice_id: str, at: datetime) -> datetime | None:
        """When the first of the texts that nobody has reserved at ``at`` may go."""

    async def lapsed(
        self,
        practice_id: str,
        at: datetime,
        limit: int,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        """Texts whose claim ran out before ``at``, which nobody else may change until the end.

        What is wrong with those that cannot be read goes into ``unreadable``, where that is given.
        """

    async def uncertain(
        self,
        practice_id: str,
        limit: int,
        after: Message | None = None,
        unreadable: list[Exception] | None = None,
    ) -> list[Message]:
        """Texts whose request may have been processed, the oldest first; those after that one.

        What is wrong with those that cannot be read goes into ``unreadable``, where that is given.
        """

    async def claim_unreported(
        self, practice_id: str, provider: str, asked: int, before: datetime, again: datetime | None
    ) -> Message | None:
        """Return the oldest text that a provider accepted and gave no final report of.

        Nobody else is given it for this question: it counts as asked for once more.

        Args:
            practice_id: whose.
            provider: the name of whom it was handed to.
            asked: how often it was asked for so far.
            before: when the provider took it, or was asked for it last; then or earlier.
            again: from when the wait for the next question counts; None where there is none.
        """


class Buckets(Protocol):
    """Token buckets by name, which all workers share."""

    async def bucket(self, name: str, new: Bucket) -> Bucket:
        """The bucket, which nobody else may change until the end; ``new`` where there is none."""

    async def peek_bucket(self, name: str) -> Bucket | None:
        """The bucket as it was left, without waiting for anybody; None where there is none."""

    async def save_bucket(self, name: str, bucket: Bucket) -> None:
        """Keep what is left in a bucket."""
