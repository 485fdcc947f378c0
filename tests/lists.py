"""A provider that keeps a list of opted-out numbers, spoken to over a transport in memory."""

from __future__ import annotations

import json
from datetime import datetime
from typing import ClassVar

from attrs import evolve, frozen

from compliant_sms import PhoneNumber
from compliant_sms.errors import NoAnswer
from compliant_sms.providers import Capabilities, ListAccess, OptOutEntry, OptOutPage, Twilio
from compliant_sms.providers._reading import instant, json_object
from compliant_sms.wire import HttpReply, HttpRequest

__all__ = ["Listing", "Lists", "OnlyAdding", "OnlyListing"]


@frozen(kw_only=True)
class Listing(Twilio):
    """Its list can be read a page of two at a time, and added to."""

    capabilities: ClassVar[Capabilities] = evolve(
        Twilio.capabilities, opt_out_list=frozenset({ListAccess.LIST, ListAccess.ADD})
    )

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest | None:
        return HttpRequest(method="GET", url=f"{self.base_url}/list?{cursor}")

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:
        content = json_object(reply.body)
        if reply.status != 200:
            return None
        return OptOutPage(
            entries=tuple(
                OptOutEntry(number=PhoneNumber(number), at=instant(at))
                for number, at in content["entries"]
            ),
            cursor=content["next"],
        )

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest | None:
        return HttpRequest(method="PUT", url=f"{self.base_url}/list", body=number.e164.encode())

    def opt_out_added(self, reply: HttpReply) -> bool:
        return reply.status == 200


@frozen(kw_only=True)
class OnlyAdding(Listing):
    """Its list can be added to, and not read."""

    capabilities: ClassVar[Capabilities] = evolve(
        Twilio.capabilities, opt_out_list=frozenset({ListAccess.ADD})
    )

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest | None:
        return None


@frozen(kw_only=True)
class OnlyListing(Listing):
    """Its list can be read, and not added to."""

    capabilities: ClassVar[Capabilities] = evolve(
        Twilio.capabilities, opt_out_list=frozenset({ListAccess.LIST})
    )

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest | None:
        return None


class Lists:
    """The provider's side."""

    def __init__(self, *entries: tuple[str, str | None]) -> None:
        self.entries = list(entries)
        self.full = False
        self.breaks_after = 100
        self.asked = 0

    async def send(self, request: HttpRequest) -> HttpReply:
        self.asked += 1
        if self.asked > self.breaks_after:
            msg = "gone"
            raise NoAnswer(msg)
        if request.method == "PUT":
            if self.full:
                return HttpReply(status=409)
            self.entries.append((request.body.decode(), None))
            return HttpReply(status=200)
        start = int(request.url.partition("?")[2] or 0)
        there = self.entries[start : start + 2]
        following = str(start + 2) if start + 2 < len(self.entries) else ""
        body = json.dumps({"entries": there, "next": following}).encode()
        return HttpReply(status=200, body=body)
