"""A practice's providers and senders: which texts leave by which, and which of them work.

Opt-outs and limits do not depend on routes: they follow the patient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from attrs import define, field, frozen

from compliant_sms import _given
from compliant_sms.classification import MessageClass, Purpose, as_purpose
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Provider

__all__ = ["Health", "Route", "Routes"]

_COUNTRY_CODE = 2


def _all_of(values: object, kind: type | tuple[type, ...], name: str, instead: str) -> None:
    _given.a_kind(values, (list, tuple, set, frozenset), name, instead)
    for value in cast("Collection[object]", values):
        _given.a_kind(value, kind, name, instead)


def _purposes(values: Collection[Purpose | str]) -> frozenset[str]:
    _all_of(values, (Purpose, str), "a route's purposes", "a list of purposes from the catalogue")
    return frozenset(as_purpose(each).code for each in values)


def _classes(values: Collection[MessageClass | str]) -> frozenset[MessageClass]:
    _all_of(values, str, "a route's message_classes", "a list of message classes")
    return frozenset(map(MessageClass, values))


def _countries(values: Collection[str]) -> frozenset[str]:
    instead = "a list of country codes such as 'US'"
    _all_of(values, str, "a route's countries", instead)
    if any(len(code) != _COUNTRY_CODE or not code.isupper() for code in values):
        msg = f"a route's countries are not ISO 3166-1 codes. Pass {instead}."
        raise InvalidInput(msg)
    return frozenset(values)


@frozen(kw_only=True)
class Route:
    """A provider with one sender, and the texts that may leave by it.

    A limit that is left empty limits nothing. Answers to patients leave from the number that they
    wrote to, whatever its route is for; only an answer that sells needs a route for marketing.

    Args:
        provider: the adapter, which has the sender.
        purposes: only texts for these purposes; of the catalogue, their codes will do.
        message_classes: only texts of these classes, by what they say, not by what they are
            called: a reminder that sells is marketing.
        countries: only to patients in these countries, as ISO 3166-1 alpha-2 codes.

    Raises:
        InvalidInput: an argument has the wrong type, or there is no such purpose.
    """

    provider: Provider
    purposes: frozenset[str] = field(default=(), converter=_purposes)
    message_classes: frozenset[MessageClass] = field(default=(), converter=_classes)
    countries: frozenset[str] = field(default=(), converter=_countries)

    @property
    def key(self) -> tuple[str, str]:
        """The provider's name and the sender, which are recorded with a text that left by it."""
        return self.provider.name, self.provider.sender.e164

    def takes(self, purpose: str, message_class: MessageClass) -> bool:
        """Whether such a text may leave by it.

        Args:
            purpose: the code of what the text is for.
            message_class: its class, by content.
        """
        return (not self.purposes or purpose in self.purposes) and (
            not self.message_classes or message_class in self.message_classes
        )

    def reaches(self, country: str | None) -> bool:
        """Whether it is for patients in that country; None if the country is not known."""
        return not self.countries or country in self.countries

    def has_room(self, characters: int, media: int) -> bool:
        """Whether its provider takes a body of that length with that many media."""
        can = self.provider.capabilities
        return characters <= can.max_characters and media <= can.max_media


def _routes(values: Sequence[Route | Provider]) -> tuple[Route, ...]:
    _given.a_kind(values, (list, tuple), "routes", "a list of Route(provider=...) or of providers")
    return tuple(each if isinstance(each, Route) else Route(provider=each) for each in values)


@frozen
class Routes:
    """The routes of a practice, in order of preference. Pass it as a messenger's ``provider``.

    A text leaves by the first route that takes it and works. It moves on to the next only when
    it certainly did not go out.

    Args:
        routes: :class:`Route` values; a provider alone is a route for every text.
        rest_after: after this many failures in a row a route rests, and others are tried first.
        rest_for: for how long it rests; then it is tried again.

    Raises:
        InvalidInput: there is no route, two have the same provider and sender, or a figure is not
            positive.
    """

    routes: tuple[Route, ...] = field(converter=_routes)
    rest_after: int = field(default=3, kw_only=True, validator=_given.whole)
    rest_for: timedelta = field(
        default=timedelta(minutes=1), kw_only=True, validator=_given.positive_span
    )

    def __attrs_post_init__(self) -> None:
        """Refuse routes that could not be told apart on record, and having none."""
        if not self.routes:
            msg = "there are no routes, so nothing could be sent. Pass at least one provider."
            raise InvalidInput(msg)
        if len({route.key for route in self.routes}) < len(self.routes):
            msg = (
                "two routes have the same provider and the same sender, so that nobody could tell "
                "which one a text left by. Merge them, or give each its own sender."
            )
            raise InvalidInput(msg)
        if self.rest_after < 1:
            msg = "rest_after of routes must be more than zero"
            raise InvalidInput(msg)

    @classmethod
    def of(cls, provider: Provider | Routes) -> Routes:
        """Return the routes themselves, or one route for a provider."""
        return provider if isinstance(provider, Routes) else cls([provider])

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The adapters, in order of preference."""
        return tuple(route.provider for route in self.routes)

    def named(self, name: str | None) -> tuple[Provider, ...]:
        """The adapters of that name; without a name, those named like the first one."""
        wanted = self.routes[0].provider.name if name is None else name
        return tuple(each for each in self.providers if each.name == wanted)

    def from_number(self, sender: PhoneNumber | None) -> tuple[Route, ...]:
        """The routes with that sender; all routes if there is none or no sender is given."""
        there = tuple(route for route in self.routes if route.provider.sender == sender)
        return there or self.routes

    def left_by(self, provider: str | None, sender: str) -> Route | None:
        """The route that a text left by; None if it is no longer configured.

        Args:
            provider: the provider's name on record.
            sender: the sender on record; empty in records of earlier versions, which had only one.
        """
        senders = {sender} if sender else {self.routes[0].provider.sender.e164}
        there = (r for r in self.routes if r.key[0] == provider and r.key[1] in senders)
        return next(there, None)

    def __iter__(self) -> Iterator[Route]:
        return iter(self.routes)

    def __len__(self) -> int:
        return len(self.routes)


@define
class _Record:
    failures: int = 0
    since: datetime | None = None
    rests_until: datetime | None = None


@define
class Health:
    """Which routes failed recently, as this process saw it. A restart forgets it, harmlessly."""

    _records: dict[tuple[str, str], _Record] = field(factory=dict, repr=False, init=False)

    def worked(self, route: Route) -> None:
        """Note that the provider answered about a text."""
        self._records.pop(route.key, None)

    def failed(self, route: Route, routes: Routes, at: datetime) -> None:
        """Note that the provider was unreachable, failed, or refused for reasons of its own."""
        record = self._records.setdefault(route.key, _Record())
        record.failures += 1
        if record.failures >= routes.rest_after:
            record.since, record.rests_until = at, at + routes.rest_for

    def rests(self, route: Route, at: datetime) -> bool:
        """Whether others should be tried first."""
        record = self._records.get(route.key)
        if record is None or record.since is None or record.rests_until is None:
            return False
        return record.since <= at < record.rests_until  # the clock may have been set back

    def in_order(self, routes: Collection[Route], at: datetime) -> tuple[Route, ...]:
        """Routes that work, then resting ones; each group in the order given."""
        return tuple(sorted(routes, key=lambda route: self.rests(route, at)))
