"""Events and figures of a messenger: ``on``, and what reads the texts that events are about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.messenger._facade import Facade

if TYPE_CHECKING:
    from compliant_sms.events import Event
    from compliant_sms.figures import Figures
    from compliant_sms.hooks import Handler, Hooks, Unsubscribe
    from compliant_sms.messages import Inbound

E = TypeVar("E", bound="Event")


class _Observing(Facade):
    _hooks: Hooks

    def on(self, event: type[E], handler: Handler[E]) -> Unsubscribe:
        """Call a handler for each event of a class, once the event is on record.

        The handler is called after the commit, on the thread or event loop that did the work, where
        a provider may be waiting for its answer: be quick, and put work on a queue of your own.
        If it raises, that is logged without the exception's message, and other handlers are still
        called. A process that dies between the commit and the call calls nobody: read what must not
        be missed from the store. Events in a transaction of yours
        (:meth:`compliant_sms.Messenger.within`) are not passed on, because the library does not see
        your commit.

        Args:
            event: a class of :mod:`compliant_sms.events`; a base class stands for its subclasses.
            handler: takes the event. For ``AsyncMessenger`` it may be a coroutine function, which
                is awaited.

        Returns:
            a function that ends the subscription.

        Raises:
            InvalidInput: it is not a class of events, or the handler cannot be called here.
        """
        return self._hooks.on(event, handler)


class Observing(_Observing):
    """The part of :class:`~compliant_sms.Messenger` that reports events and figures."""

    def text_record(self, message_id: str) -> flows.TextRecord:
        """The text that an event is about, and everything that happened to it.

        Raises:
            UnknownMessage: this practice has no such text.
        """
        return finish(flows.text(self._ports, message_id))

    def inbound(self, inbound_id: str) -> Inbound:
        """The patient's text that an event is about.

        Raises:
            UnknownMessage: this practice has received no such text.
        """
        return finish(flows.received(self._ports, inbound_id))

    def figures(self, *, since: datetime | None = None, until: datetime | None = None) -> Figures:
        """Figures on this practice's texting: allowed, held and blocked by which rules, opt-outs.

        Each figure is one query over the record. How often each rule spoke is read from the
        decisions about texts that were held or refused. After a purge or an erasure the rules are
        no longer known, but the other figures are.

        Args:
            since: from when (aware); by default from the start of the record.
            until: until when (aware), exclusive; now by default.

        Raises:
            InvalidInput: the period ends before it begins, or an instant has no time zone.
        """
        ports = self._ports
        return finish(flows.figures(ports.store, ports.practice.id, since, until, ports.clock()))


class AsyncObserving(_Observing):
    """The part of :class:`~compliant_sms.AsyncMessenger` that reports events and figures."""

    async def text_record(self, message_id: str) -> flows.TextRecord:
        """The text that an event is about, and everything that happened to it.

        See :meth:`Observing.text_record`.
        """
        return await flows.text(self._ports, message_id)

    async def inbound(self, inbound_id: str) -> Inbound:
        """The patient's text that an event is about.

        See :meth:`Observing.inbound`.
        """
        return await flows.received(self._ports, inbound_id)

    async def figures(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> Figures:
        """Figures on this practice's texting: allowed, held and blocked by which rules, opt-outs.

        See :meth:`Observing.figures`.
        """
        ports = self._ports
        return await flows.figures(ports.store, ports.practice.id, since, until, ports.clock())
