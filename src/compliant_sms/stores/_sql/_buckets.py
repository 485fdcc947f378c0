"""How many texts may leave just now, as SQL."""

from __future__ import annotations

from typing import LiteralString

from compliant_sms.rates import Bucket
from compliant_sms.stores._connection import Records, instant, text

BUCKET: LiteralString = "SELECT level, at FROM sms_buckets WHERE name = :name"


class BucketRecords(Records):
    """Token buckets by name, which all workers share."""

    async def bucket(self, name: str, new: Bucket) -> Bucket:
        found = await self._to_change(name)
        if found is None:
            await self._do(
                """INSERT INTO sms_buckets (name, level, at) VALUES (:name, :level, :at)
                ON CONFLICT DO NOTHING""",
                name=name,
                level=new.level,
                at=text(new.at),
            )
            found = await self._to_change(name)  # another worker may have been faster
        return found or new

    async def peek_bucket(self, name: str) -> Bucket | None:
        return await self._read(BUCKET, name)

    async def _to_change(self, name: str) -> Bucket | None:
        return await self._read(BUCKET + self._dialect.for_update, name)

    async def _read(self, query: LiteralString, name: str) -> Bucket | None:
        row = await self._one(query, name=name)
        return Bucket(level=row[0], at=instant(row[1])) if row else None

    async def save_bucket(self, name: str, bucket: Bucket) -> None:
        await self._do(
            "UPDATE sms_buckets SET level = :level, at = :at WHERE name = :name",
            name=name,
            level=bucket.level,
            at=text(bucket.at),
        )
