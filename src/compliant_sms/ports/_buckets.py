"""What is kept of how fast texts leave."""

from __future__ import annotations

from typing import Protocol

from compliant_sms.rates import Bucket


class Buckets(Protocol):
    """Token buckets by name, which all workers share."""

    async def bucket(self, name: str, new: Bucket) -> Bucket:
        """The bucket, which nobody else may change until the end; ``new`` where there is none."""

    async def peek_bucket(self, name: str) -> Bucket | None:
        """The bucket as it was left, without waiting for anybody; None where there is none."""

    async def save_bucket(self, name: str, bucket: Bucket) -> None:
        """Keep what is left in a bucket."""
