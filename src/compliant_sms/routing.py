"""Which providers and senders a practice has, which texts leave by each, and which of them work.

Opt-outs and limits know nothing of this: they follow the patient.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import cast

from attrs import define, field, frozen

from compliant_sms import _given
from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Provider

__all__ = ["Health", "Route", "Routes"]

_COUNTRY_CODE = 2


def _all_of(values: object, kind: type, name: str, instead: str) -> None:
    _given.a_kind(values, (list, tuple, set, frozenset), name, instead)
    for value in cast("Collection[object]", values):
        _given.a_kind(value, kind, name, instead)


def _purposes(values: Collection[Purpose]) -> frozenset[str]:
    _all_of(values, Purpose, "a route's purposes", "purposes of the catalogue in a list")
    return frozenset(purpose.code for purpose in values)


def _classes(values: Collection[MessageClass | str]) -> frozenset[MessageClass]:
    _all_of(values, str, "a route's message_classes", "message classes in a list")
    return frozenset(map(MessageClass, values))


def _countries(values: Collection[str]) -> frozenset[str]:
    instead = "country codes such as 'US' in a list"
    _all_of(values, str, "a route's countries", instead)
    if any(len(code) != _COUNTRY_CODE or not code.isupper() for code in values):
        msg = f"a route's countries are no codes of ISO 3166-1. Pass {instead}."
        raise InvalidInput(msg)
    return frozenset(values)


@frozen(kw_only=True)
class Route:
    """A provider with one sender, and the texts that may leave by it.

    Each limit that is left empty limits nothing. Answers to patients leave from the number that
    they wrote to, whatever else its route is for; only what sells needs a route for that.

    Args:
        provider: the adapter, with the sender in it.
        purposes: only texts for these.
        message_classes: only texts of these classes, by what they say and not by what they are
            called: a reminder that sells is marketing.
        countries: only to patients in these, as ISO 3166-1 alpha-2 codes.

    Raises:
        InvalidInput: something is of another kind.
    """

    provider: Provider
    purposes: frozenset[str] = field(default=(), converter=_purposes)
    message_classes: frozenset[MessageClass] = field(default=(), converter=_classes)
    countries: frozenset[str] = field(default=(), converter=_countries)

    @property
    def key(self) -> tuple[str, str]:
        """What is on record of a text that left by it: the provider's name and the sender."""
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
        """Whether it is for patients in that country; None where nobody knows it."""
        return not self.countries or country in self.countries

    def has_room(self, characters: int, media: int) -> bool:
        """Whether its provider takes a body so long, with so many pictures."""
        can = self.provider.capabilities
        return characters <= can.max_characters and media <= can.max_media


def _routes(values: Sequence[Route | Provider]) -> tuple[Route, ...]:
    _given.a_kind(values, (list, tuple), "routes", "a list of Route(provider=...) or of providers")
    return tuple(each if isinstance(each, Route) else Route(provider=each) for each in values)


@frozen
class Routes:
    """The routes of a practice, the one to prefer first. Pass it as a messenger's ``provider``.

    A text leaves by the first route that takes it and works. It moves on to the next only when
    it surely did not go out.

    Args:
        routes: :class:`Route` values; a provider alone is a route for every text.
        rest_after: after so many failures in a row a route rests, and others are tried first.
        rest_for: for how long; then it is tried again.

    Raises:
        InvalidInput: there is none, two are the same provider and sender, or a figure is not
            positive.
    """

    routes: tuple[Route, ...] = field(converter=_routes)
    rest_after: int = field(default=3, kw_only=True, validator=_given.whole)
    rest_for: timedelta = field(
        default=timedelta(minutes=1), kw_only=True, validator=_given.positive_span
    )

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be told apart on record, or never sends."""
        if not self.routes:
            msg = "routes are empty: nothing could be sent. Pass at least one provider."
            raise InvalidInput(msg)
        if len({route.key for route in self.routes}) < len(self.routes):
            msg = (
                "two routes have the same provider and the same sender, so that nobody could tell "
                "by which a text left. Make one route of them, or give each its own sender."
            )
            raise InvalidInput(msg)
        if self.rest_after < 1:
            msg = "rest_after of routes must be more than zero"
            raise InvalidInput(msg)

    @classmethod
    def of(cls, provider: Provider | Routes) -> Routes:
        """The routes themselves, or the one route that a provider is."""
        return provider if isinstance(provider, Routes) else cls([provider])

    @property
    def providers(self) -> tuple[Provider, ...]:
        """The adapters, the preferred one first."""
        return tuple(route.provider for route in self.routes)

    def named(self, name: str | None) -> tuple[Provider, ...]:
        """The adapters of that name; those of the first one's, without a name."""
        wanted = self.routes[0].provider.name if name is None else name
        return tuple(each for each in self.providers if each.name == wanted)

    def from_number(self, sender: PhoneNumber | None) -> tuple[Route, ...]:
        """Those with that sender; all of them, where there is none or it is not given."""
        there = tuple(route for route in self.routes if route.provider.sender == sender)
        return there or self.routes

    def left_by(self, provider: str | None, sender: str) -> Route | None:
        """The route that a text left by; None where it is not here any more.

        Args:
            provider: the provider's name on record.
            sender: the sender on record; empty in records of earlier versions, which knew of one.
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
    """Which routes failed lately, as this process saw it. A restart forgets it, to no harm."""

    _records: dict[tuple[str, str], _Record] = field(factory=dict, repr=False, init=False)

    def worked(self, route: Route) -> None:
        """The provider answered about a text."""
        self._records.pop(route.key, None)

    def failed(self, route: Route, routes: Routes, at: datetime) -> None:
        """The provider could not be reached, failed, or refused for reasons of its own."""
        record = self._records.setdefault(route.key, _Record())
        record.failures += 1
        if record.failures >= routes.rest_after:
            record.since, record.rests_until = at, at + routes.rest_for

    def rests(self, route: Route, at: datetime) -> bool:
        """Whether others should be tried first."""
        record = self._records.get(route.key)
        if record is None or record.since is None or record.rests_until is None:
            return False
        return record.since <= at < record.rests_until  # a clock may have been turned back

    def in_order(self, routes: Collection[Route], at: datetime) -> tuple[Route, ...]:
        """Those that work first; each kind in the order given."""
        return tuple(sorted(routes, key=lambda route: self.rests(route, at)))
