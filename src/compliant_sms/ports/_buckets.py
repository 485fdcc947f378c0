"""Records of how fast texts leave."""

from __future__ import annotations

from typing import Protocol

from compliant_sms.rates import Bucket

__all__ = ["Buckets"]


class Buckets(Protocol):
    """Token buckets by name, shared by all workers."""

    async def bucket(self, name: str, new: Bucket) -> Bucket:
        """Return the bucket, locked until the end of the transaction; ``new`` if there is none."""

    async def peek_bucket(self, name: str) -> Bucket | None:
        """Return the bucket as last saved, without waiting for a lock; None if there is none."""

    async def save_bucket(self, name: str, bucket: Bucket) -> None:
        """Keep what is left in a bucket."""
