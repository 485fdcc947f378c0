"""What a practice may text whom: the simplest model of the promises that can be wrong.

It knows what was said, by whom and when, and reads it from the beginning each time. It answers True
where a text must be able to go, False where it must not go, and None where it does not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from attrs import Factory, define, frozen

from compliant_sms import Purpose
from compliant_sms.classification import MessageClass

CARE = frozenset({"appointments", "care", "answers"})
SELLING = frozenset({"promotions", "fundraising"})
CONFIRM_WITHIN = timedelta(minutes=5)
HALF_A_DAY = timedelta(hours=12)

# At one instant the patient wins: what ends texts counts after what permits them.
_RANK = {"grant": 0, "start": 1, "stop": 3, "flag": 4, "void": 5}


@frozen(kw_only=True)
class Said:
    """Something that somebody said about texts to a number.

    Attributes:
        what: a grant, a stop, a START, a flag, or a voided consent.
        at: when it happened.
        person: whose it is; None for whoever holds the number.
        categories: of a grant, what it covers; of a stop, what may go on.
        written: a grant that was signed.
        fresh: a grant that shows anew that this person wants texts at the number: it was neither
            imported nor typed into a form.
        source: the system from which it was imported.
        by_text: a stop that came as a text, so that it is confirmed.
    """

    what: str
    at: datetime
    person: str | None = None
    categories: frozenset[str] = frozenset()
    written: bool = False
    fresh: bool = True
    source: str = ""
    by_text: bool = False


@define
class _Standing:
    live: dict[str, bool]
    """What the person agreed to, and whether with a signature."""
    past: set[str]
    """What they had agreed to before somebody said stop."""
    stops: list[Said]
    flagged: bool = False
    voided: bool = False


@define
class Model:
    """What was said to one practice, by number."""

    said: dict[str, list[Said]] = Factory(dict)
    unsure: set[str] = Factory(set)
    """Numbers of which it no longer says what must be able to go."""

    def add(self, number: str, said: Said) -> None:
        """Note it."""
        self.said.setdefault(number, []).append(said)

    def copy(self) -> Model:
        """As it is now."""
        return Model({n: [*each] for n, each in self.said.items()}, {*self.unsure})

    def people(self, number: str) -> set[str]:
        """Who ever agreed to texts there."""
        return {s.person for s in self.said.get(number, ()) if s.person and s.what == "grant"}

    def agreed(self, number: str) -> frozenset[str]:
        """What anybody there ever agreed to."""
        grants = [s.categories for s in self.said.get(number, ()) if s.what == "grant"]
        return frozenset().union(*grants)

    def forget(self, number: str, person: str) -> None:
        """Erase somebody: what they agreed to is gone, and who said stop still did."""
        self.unsure.add(number)
        kept = [s for s in self.said.get(number, ()) if s.person != person]
        self.said[number] = kept

    def standing(self, number: str, person: str) -> _Standing:
        """What holds for a person at a number."""
        now = _Standing({}, set(), [])
        told = [s for s in self.said.get(number, ()) if s.person in {None, person}]
        for said in sorted(told, key=lambda s: (s.at, _RANK[s.what])):
            getattr(self, f"_{said.what}")(now, said)
        return now

    def _grant(self, now: _Standing, said: Said) -> None:
        if now.voided and not said.fresh:
            return
        if said.fresh or (said.source and all(s.source == said.source for s in now.stops)):
            now.stops = []
        if said.fresh:
            now.flagged = now.voided = False
        for category in said.categories:
            if any(category not in stop.categories for stop in now.stops):
                now.past.add(category)
            else:
                now.live[category] = now.live.get(category, False) or said.written

    @staticmethod
    def _stop(now: _Standing, said: Said) -> None:
        ended = {each for each in now.live if each not in said.categories}
        now.past |= ended
        now.live = {c: written for c, written in now.live.items() if c not in ended}
        now.stops.append(said)

    @staticmethod
    def _start(now: _Standing, _: Said) -> None:
        now.live = dict.fromkeys(now.past - SELLING, False) | now.live
        now.stops = []

    @staticmethod
    def _flag(now: _Standing, _: Said) -> None:
        now.flagged = True

    @staticmethod
    def _void(now: _Standing, _: Said) -> None:
        now.live, now.past, now.voided = {}, set(), True

    def permits(self, number: str, person: str, purpose: Purpose) -> bool | None:
        """Whether what was said permits a text."""
        if purpose.message_class is MessageClass.EMERGENCY:
            return None
        now = self.standing(number, person)
        category = purpose.category
        if any(category not in stop.categories for stop in now.stops):
            return False
        if now.flagged:  # whoever said that it is the wrong number may be answered once
            return None if purpose.implied_by == "own_text" else False
        agreed = category in now.live
        if purpose.message_class is MessageClass.MARKETING:
            agreed = now.live.get(category, False)
        if not agreed:  # what a patient does may be consent by itself
            return None if purpose.implied_by != "nothing" else False
        return None if number in self.unsure else True

    def ended(self, number: str) -> bool:
        """Whether nobody there is to be texted, whatever it is about."""
        people: Iterable[str] = self.people(number) or {""}
        return all(
            any(not stop.categories for stop in self.standing(number, each).stops)
            for each in people
        )

    def confirmable(self, number: str, at: datetime) -> bool:
        """Whether somebody there said stop by text within the last five minutes."""
        return any(
            s.what == "stop" and s.by_text and timedelta(0) <= at - s.at <= CONFIRM_WITHIN
            for s in self.said.get(number, ())
        )

    def begins_anew(self, number: str) -> datetime | None:
        """When texts there were last permitted anew, so that a later stop has its own answer.

        So has the stop of all that follows one of some texts only: "Reply STOP to end all texts".
        """
        said = sorted(self.said.get(number, ()), key=lambda each: each.at)
        anew = [
            s.at for s in said if s.what == "start" or (s.what == "grant" and (s.fresh or s.source))
        ]
        last = max(anew, default=None)
        stops = [s for s in said if s.what == "stop" and (last is None or s.at > last)]
        if stops and stops[0].categories:
            return next((s.at for s in stops if not s.categories), last)
        return last
