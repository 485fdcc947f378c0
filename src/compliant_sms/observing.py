"""Being told what happened, and reading what that stands for: the facades' part that watches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.record_keeping import Facade

if TYPE_CHECKING:
    from compliant_sms.events import Event
    from compliant_sms.figures import Figures
    from compliant_sms.hooks import Handler, Hooks, Unsubscribe
    from compliant_sms.messages import Inbound

__all__ = ["AsyncObserving", "Observing"]

E = TypeVar("E", bound="Event")


class _Observing(Facade):
    _hooks: Hooks

    def on(self, event: type[E], handler: Handler[E]) -> Unsubscribe:
        """Have a handler told of each event of a kind, once what it tells of is on record.

        It is called after the commit, on the thread or event loop that did the work, in which a
        provider may be waiting for its answer: be quick, and put work on a queue of your own.
        What one handler raises is logged, without its words, and the others are told all the same.
        A process that dies between the commit and the call tells nobody: what must not be missed
        is read from the store. What happens in a transaction of yours
        (:meth:`compliant_sms.Messenger.within`) is not told, because nobody here sees your commit.

        Args:
            event: a class of :mod:`compliant_sms.events`; a base class stands for all below it.
            handler: takes the event. For ``AsyncMessenger`` it may be a coroutine function, which
                is awaited.

        Returns:
            what to call to end it.

        Raises:
            InvalidInput: it is no kind of event, or the handler cannot be called here.
        """
        return self._hooks.on(event, handler)


class Observing(_Observing):
    """The part of :class:`~compliant_sms.Messenger` that tells what happened."""

    def text_record(self, message_id: str) -> flows.TextRecord:
        """The text that an event is about, and all that became of it.

        Raises:
            UnknownMessage: this practice has no such text.
        """
        return finish(flows.text(self._ports, message_id))

    def inbound(self, inbound_id: str) -> Inbound:
        """The text of a patient's that an event is about.

        Raises:
            UnknownMessage: this practice has received no such text.
        """
        return finish(flows.received(self._ports, inbound_id))

    def figures(self, *, since: datetime | None = None, until: datetime | None = None) -> Figures:
        """What this practice's texting came to: allowed, held and blocked by which rules, opt-outs.

        Each figure is one query over the record. How often which rule spoke is read from the
        decisions about texts that were held or refused; of those that were purged, or whose person
        was erased, the rules are not known any more, and the other figures still are.

        Args:
            since: from when (aware); the beginning of the record, if not given.
            until: until when (aware), exclusive; now, if not given.

        Raises:
            InvalidInput: the period ends before it begins, or an instant has no time zone.
        """
        ports = self._ports
        return finish(flows.figures(ports.store, ports.practice.id, since, until, ports.clock()))


class AsyncObserving(_Observing):
    """The same for :class:`~compliant_sms.AsyncMessenger`."""

    async def text_record(self, message_id: str) -> flows.TextRecord:
        """See :meth:`Observing.text_record`."""
        return await flows.text(self._ports, message_id)

    async def inbound(self, inbound_id: str) -> Inbound:
        """See :meth:`Observing.inbound`."""
        return await flows.received(self._ports, inbound_id)

    async def figures(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> Figures:
        """See :meth:`Observing.figures`."""
        ports = self._ports
        return await flows.figures(ports.store, ports.practice.id, since, until, ports.clock())
