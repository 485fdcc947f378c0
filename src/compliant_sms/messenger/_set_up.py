"""What a messenger is made of: its arguments checked and completed, a host's functions wrapped.

``AsyncMessenger`` and ``Messenger`` differ only in the :class:`Driving` that they pass.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, runtime_checkable

from attrs import asdict, evolve, frozen

from compliant_sms import _given, phi, system
from compliant_sms.classification import MessageClass
from compliant_sms.consent import Category
from compliant_sms.consent._words import checked_categories, is_declared, known_categories
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.events import Event

# Load with the messenger what every messenger needs, not inside its first transaction.
from compliant_sms.flows import Watched, dispatch_due, receive, send  # noqa: F401
from compliant_sms.lookups import AsyncLookups, Lookups
from compliant_sms.people import Profile
from compliant_sms.permission import Permission, taken_by
from compliant_sms.phi import ContentTier, Direction, Known, Sensitivity
from compliant_sms.phone import as_number
from compliant_sms.ports import NO_TELEMETRY, AtRest, Delivery, Plaintext, Ports
from compliant_sms.practice import PhiMode, Practice
from compliant_sms.retry import BriefRetry  # imports tenacity
from compliant_sms.routing import Routes
from compliant_sms.rules._read import own_facts
from compliant_sms.secure_pages import SecurePages
from compliant_sms.text import within

if TYPE_CHECKING:
    from compliant_sms.clock import Clock
    from compliant_sms.contact import MissedCalls
    from compliant_sms.conversations import InboxPlan
    from compliant_sms.hooks import Hooks
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import (
        Ids,
        People,
        Retry,
        SecureLinks,
        SecureMessage,
        Store,
        StoreKind,
        Telemetry,
        Transport,
        Unbroken,
    )
    from compliant_sms.providers import Provider
    from compliant_sms.reminders import ReminderPlan
    from compliant_sms.retention import Retention
    from compliant_sms.rules import Rulebook
    from compliant_sms.templates import Catalogue, Template
    from compliant_sms.volume import VolumePlan


P = ParamSpec("P")
T = TypeVar("T")


@runtime_checkable
class _MakesFormKeys(Protocol):
    """A keyring that also authenticates forms, such as :class:`compliant_sms.Keyring`."""

    def form_keys(self) -> tuple[bytes, ...]:
        """Keys of 32 bytes derived from its own, newest first."""


class Way(Protocol):
    """Wraps a host's function for a flow to await."""

    def __call__(self, ask: Callable[P, Any], /) -> Callable[P, Coroutine[object, object, Any]]: ...


@frozen(kw_only=True, eq=False, repr=False)
class Driving:
    """How flows are run, which is all that the two messengers differ in.

    Attributes:
        store: the database, opened for that.
        hooks: passes events to the host.
        transport: makes HTTP requests.
        way: wraps each of the host's functions.
        sleep: waits for that many seconds.
        unbroken: finishes what must not be left half done.
    """

    store: Store
    hooks: Hooks
    transport: Transport
    way: Way
    sleep: Callable[[float], Awaitable[None]]
    unbroken: Unbroken


@frozen(kw_only=True, eq=False, repr=False)
class SetUp:
    """What a messenger was given; :class:`compliant_sms.Messenger` says what each is.

    Raises:
        InvalidInput: an argument has the wrong type.
        ConfigurationError: two of them do not go together.
    """

    practice: Practice
    provider: Provider | Routes
    store: StoreKind
    rulebook: Rulebook | None
    people: People | Callable[[str], Profile | None] | None
    lookups: AsyncLookups | Lookups | None
    keyring: AtRest
    secure_links: SecureLinks | Callable[[SecureMessage], str] | SecurePages | None
    templates: Catalogue | None
    clock: Clock
    delivery: Delivery | None
    transport: Transport | None
    ids: Ids
    retention: Retention | None
    volume: VolumePlan | None
    only_to: Iterable[str | PhoneNumber] | None
    dry_run: bool
    reminders: Sequence[ReminderPlan]
    permission: Permission | None
    inbox: InboxPlan | None
    missed_calls: MissedCalls | None
    telemetry: Telemetry
    retry: Retry | None

    def __attrs_post_init__(self) -> None:
        _refuse_other_types(self)
        routes = Routes.of(self.provider)
        _refuse_unsealed(routes, self.keyring)
        _refuse_half_a_notice(self.practice, self.keyring, self.secure_links)
        refuse_taken_keywords(self.permission, routes)
        _refuse_undeclared_categories(self.practice, self.permission, _a_catalogue(self.templates))

    def ports(self, driving: Driving) -> Ports:
        """Everything that a flow works with; telemetry hears of events from now on.

        Raises:
            InvalidInput: an argument has the wrong type.
            ConfigurationError: two of them do not go together.
        """
        if self.telemetry is not NO_TELEMETRY:
            driving.hooks.on(Event, self.telemetry.heard)
        way = driving.way
        links = None if isinstance(self.secure_links, SecurePages) else self.secure_links
        return Ports(
            practice=self.practice,
            routes=Routes.of(self.provider),
            store=Watched(driving.store, driving.hooks.tell),
            tell=driving.hooks.tell,
            rulebook=_with_caps(self.rulebook, self.volume),
            people=way(self.people) if self.people else _nobody,
            lookups=_look_ups(self.lookups or Lookups(), way),
            secure_links=way(links) if links else None,
            secure_pages=_own_pages(self.practice, self.secure_links),
            templates=self.templates,
            plaintext=self.keyring if isinstance(self.keyring, Plaintext) else None,
            sealed=not isinstance(self.keyring, Plaintext | None),
            clock=self.clock,
            delivery=self.delivery or Delivery(),
            transport=self.telemetry.transport(driving.transport),
            telemetry=self.telemetry,
            retry=self.retry or BriefRetry(driving.sleep),
            unbroken=driving.unbroken,
            ids=self.ids,
            entropy=system.entropy,
            volume=self.volume,
            only_to=_allow_list(self.only_to),
            dry_run=self.dry_run,
            permission=self.permission,
            form_keys=_form_keys_of(self.permission, self.keyring),
            inbox=_an_inbox(self.inbox),
            reminders=_plans_with(self.reminders, self.templates),
            missed_calls=_calls_with(self.missed_calls, self.practice),
        )


_ABOUT_VISITS = (MessageClass.TRANSACTIONAL, Category.APPOINTMENTS)
_CALLED = ("__call__",)
# Duck typing, as a host may bring its own: each must have one of these attributes.
_HAVING: dict[str, tuple[tuple[str, ...], str]] = {
    "provider": (("capabilities", "routes"), "an adapter such as Twilio(...), or Routes([...])"),
    "store": (("blocking", "asynchronous"), "SQLite(path) or PostgreSQL(dsn)"),
    "keyring": (("new_data_key", "reason"), "Keyring.from_file(path), or Plaintext(reason=...)"),
    "lookups": (("national_dnc",), "Lookups(...)"),
    "transport": (("send",), "an object that sends, or None"),
    "telemetry": (("heard",), "OpenTelemetry(), or leave it out"),
    "clock": (_CALLED, "a function that returns the present instant"),
    "people": (_CALLED, "a function from your id of a person to a Profile"),
    "secure_links": ((*_CALLED, "host"), "a function that makes a link, or SecurePages(url=...)"),
    "ids": (_CALLED, "a function that makes an id"),
    "retry": (_CALLED, "a function that repeats a request, or None"),
}
# Where each class is defined: its module is loaded already if an instance was passed.
_MADE_OF = {
    "practice": ("compliant_sms.practice", "Practice"),
    "rulebook": ("compliant_sms.rules", "Rulebook"),
    "delivery": ("compliant_sms.ports", "Delivery"),
    "retention": ("compliant_sms.retention", "Retention"),
    "volume": ("compliant_sms.volume", "VolumePlan"),
    "permission": ("compliant_sms.permission", "Permission"),
    "missed_calls": ("compliant_sms.contact", "MissedCalls"),
}
_NEEDED = ("practice", "provider", "store", "clock", "ids", "telemetry")


def _refuse_other_types(set_up: SetUp) -> None:
    """Refuse arguments that would fail later, during a send, or be misread, as "false" for true."""
    given = asdict(set_up, recurse=False)
    _given.yes_or_no(given["dry_run"], "dry_run")
    for name, (module, kind) in _MADE_OF.items():
        if given[name] is not None or name in _NEEDED:
            known: type = getattr(import_module(module), kind)
            _given.a_kind(given[name], known, name, f"{kind}(...)")
    for name, (having, instead) in _HAVING.items():
        value = given[name]
        if value is None and name not in _NEEDED:
            continue
        is_class = isinstance(value, type) and having is not _CALLED
        if is_class or not any(hasattr(value, each) for each in having):
            msg = f"{name} is of a type that cannot be used. Pass {instead}."
            raise InvalidInput(msg)
    for name in ("clock", "ids"):
        if _given.is_awaited(given[name]):
            msg = f"{name} is a coroutine function, but is never awaited. Pass a plain function."
            raise InvalidInput(msg)


async def _nobody(_: str) -> Profile | None:
    """``people`` for a host that tells nothing about its patients."""
    return None


def never_suspending(ask: Callable[P, T]) -> Callable[P, Coroutine[object, object, T]]:
    """Wrap a host's blocking function for a flow to await.

    Raises:
        InvalidInput: it is a coroutine function.
    """
    if _given.is_awaited(ask):
        msg = (
            "a function that you passed, such as people, is a coroutine function, and a Messenger "
            "has no event loop to run it on. Pass a plain function, or use AsyncMessenger."
        )
        raise InvalidInput(msg)

    async def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        return ask(*args, **kwargs)

    return answer


def either_way(
    ask: Callable[P, T | Awaitable[T]],
) -> Callable[P, Coroutine[object, object, T]]:
    """Wrap a host's function, plain or coroutine, for a flow to await on an event loop."""

    async def answer(*args: P.args, **kwargs: P.kwargs) -> T:
        told = ask(*args, **kwargs)
        return await told if isawaitable(told) else told

    return answer


def _look_ups(ask: Lookups | AsyncLookups, way: Way) -> AsyncLookups:
    """Wrap each of a host's lookup functions in that way."""
    return AsyncLookups(
        national_dnc=way(ask.national_dnc) if ask.national_dnc else None,
        reassigned=way(ask.reassigned) if ask.reassigned else None,
        line_type=way(ask.line_type) if ask.line_type else None,
        deactivated_on=way(ask.deactivated_on) if ask.deactivated_on else None,
    )


def _refuse_half_a_notice(practice: Practice, keyring: AtRest, secure_links: object | None) -> None:
    """Refuse notices whose messages would not be sealed, or whose links would lead nowhere."""
    missing = {
        "keyring=Keyring.from_file(...), which seals the messages that wait": (
            None if isinstance(keyring, Plaintext) else keyring
        ),
        "secure_links=..., which makes the page behind each link": secure_links,
    }
    lacking = [what for what, given in missing.items() if given is None]
    if practice.phi is PhiMode.NOTICE and lacking:
        msg = (
            "the practice sends a notice with a link in place of health details (PhiMode.NOTICE). "
            f"Pass {', and '.join(lacking)}; or choose PhiMode.REDACT or PhiMode.BLOCK."
        )
        raise ConfigurationError(msg)


def _refuse_unsealed(routes: Routes, keyring: AtRest) -> None:
    """Refuse a real provider without a keyring or a reason to do without."""
    if keyring is None and not all(provider.simulated for provider in routes.providers):
        msg = (
            "a real provider carries patients' texts, and there is no keyring to seal them in the "
            "store. Pass keyring=Keyring.from_file(...) with a file that  compliant-sms keys new  "
            "made; or keyring=Plaintext(reason=...), which goes on record."
        )
        raise ConfigurationError(msg)


def _own_pages(practice: Practice, secure_links: object) -> SecurePages | None:
    """The library's own pages, if they are used; refuse them on a host not of the practice."""
    if not isinstance(secure_links, SecurePages):
        return None
    if not any(within(secure_links.host, own.lower()) for own in practice.link_domains):
        msg = (
            "the host of SecurePages(url=...) is not one of the practice's, so carriers may take "
            f"the links for spam. Pass Practice(link_domains=['{secure_links.host}'])."
        )
        raise ConfigurationError(msg)
    # Elsewhere a link goes to whoever asked for details by text.
    told = _told_by_links(secure_links, practice) if practice.phi is PhiMode.NOTICE else []
    if told:
        msg = (
            f"the links of SecurePages(url=...) tell of care ({', '.join(told)}) to whoever sees "
            "them, so every notice would be blocked. Serve the pages under a URL whose words say "
            "nothing of it."
        )
        raise ConfigurationError(msg)
    return secure_links


def _told_by_links(pages: SecurePages, practice: Practice) -> list[str]:
    """The labels of what each link would give away beyond what a notice may hold."""
    known = Known(own=own_facts(practice))
    found = phi.find(pages.link(""), known, direction=Direction.OUTBOUND)
    telling = phi.beyond(found, ContentTier.MINIMUM, Sensitivity.GENERAL)
    return sorted({finding.label for finding in telling})


def _refuse_undeclared_categories(
    practice: Practice, permission: Permission | None, templates: Catalogue | None
) -> None:
    """Refuse programmes and templates about what the practice does not declare.

    Raises:
        InvalidInput: a category that the practice declares is nearly one of the library's.
        ConfigurationError: a category is neither the library's nor declared.
    """
    own = checked_categories(practice.own_categories)
    named = [
        (f"the programme {each.id}", name)
        for each in (permission.programmes if permission else ())
        for name in each.categories
    ]
    named += [(f"the template {each.name}", each.purpose.category) for each in templates or ()]
    for what, name in named:
        if not is_declared(name, own):
            msg = (
                f"{what} is about a category that is not known. Use a known one, or declare "
                "it: Practice(own_categories=[...]). Known are: "
                f"{', '.join(known_categories(own))}."
            )
            raise ConfigurationError(msg)


def refuse_taken_keywords(permission: Permission | None, routes: Routes) -> None:
    """Refuse keywords that a provider handles itself."""
    names = [provider.name for provider in routes.providers]
    for programme in permission.programmes if permission else ():
        taker = taken_by(programme.keyword, names) if programme.keyword else None
        if taker:
            msg = (
                f"{taker} handles {programme.keyword} itself, so it cannot be the keyword of "
                f"{programme.id}. Choose another word."
            )
            raise ConfigurationError(msg)


def _form_keys_of(
    permission: Permission | None, keyring: AtRest
) -> Callable[[], tuple[bytes, ...]]:
    """The keys that authenticate forms: the host's secret, the keyring's, or this process's own."""
    if permission is not None and permission.secret:
        given = (permission.secret,)
        return lambda: given
    if isinstance(keyring, _MakesFormKeys):
        return keyring.form_keys
    own = (system.entropy(32),)
    return lambda: own


def _a_catalogue(given: Catalogue | None) -> Catalogue | None:
    """Return what a messenger was given for its templates, checked.

    Raises:
        InvalidInput: it is not a catalogue.
    """
    if given is not None:
        from compliant_sms.templates import Catalogue

        _given.a_kind(given, Catalogue, "templates", "a Catalogue of templates")
    return given


def _plans_with(
    given: Sequence[ReminderPlan], templates: Catalogue | None
) -> tuple[ReminderPlan, ...]:
    """Return a practice's reminder plans, after checking that their templates exist and fit.

    A template whose versions were all withdrawn is refused only when a text is to be made from it:
    a practice must be able to receive a STOP without it.

    Raises:
        InvalidInput: something is not a plan, or two are for the same kind of visit.
        ConfigurationError: a plan names a template that does not exist, or is not for visits.
    """
    from compliant_sms.reminders import plans_of

    plans = plans_of(given)
    for plan in plans:
        recall = plan.recall.template if plan.recall else None
        if plan.template is not None:
            _refuse_unfit(_versions(templates, plan.template), may_ask=plan.confirm)
        if recall is not None:
            _refuse_unfit(_versions(templates, recall), may_ask=False)
    return plans


def _versions(templates: Catalogue | None, name: str) -> list[Template]:
    found = [each for each in templates or () if each.name == name]
    if not found:
        msg = (
            f"a reminder plan names the template {name!r}, which does not exist. "
            "Pass Messenger(templates=Catalogue(...)) with it."
        )
        raise ConfigurationError(msg)
    return found


def _refuse_unfit(versions: Iterable[Template], *, may_ask: bool) -> None:
    from compliant_sms.optout import Awaiting

    asks = {None, Awaiting.CONFIRM} if may_ask else {None}
    for template in versions:
        purpose = template.purpose
        fits = (purpose.message_class, purpose.category) == _ABOUT_VISITS
        if not fits or template.picked_by_people or template.asks not in asks:
            msg = (
                f"{template.name} {template.version} cannot be used for this plan. Its purpose "
                "must be about appointments and sell nothing, it must not be a canned reply, and "
                "it may ask to confirm only if the plan has confirm=True and is not a recall."
            )
            raise ConfigurationError(msg)


def _an_inbox(plan: InboxPlan | None) -> InboxPlan | None:
    """Return the plan, if it is one.

    Raises:
        InvalidInput: it is something else.
    """
    from compliant_sms.conversations import InboxPlan

    if plan is not None:
        _given.a_kind(plan, InboxPlan, "inbox", "InboxPlan(...)")
    return plan


def _calls_with(given: MissedCalls | None, practice: Practice) -> MissedCalls | None:
    """Return what a messenger was given for missed calls, checked.

    Raises:
        ConfigurationError: its wording cannot be used.
    """
    if given is not None:
        given.refuse_bad_copy(practice)
    return given


def _allow_list(numbers: Iterable[str | PhoneNumber] | None) -> frozenset[PhoneNumber] | None:
    """The only numbers that are texted; None if there is no such list.

    Raises:
        InvalidInput: it is a single string, or holds something that is not a number.
    """
    if numbers is None:
        return None
    if isinstance(numbers, str):
        msg = "only_to is a list of numbers, for example ['+12175550134']"
        raise InvalidInput(msg)
    return frozenset(map(as_number, numbers))


def _with_caps(rulebook: Rulebook | None, volume: VolumePlan | None) -> Rulebook:
    """The rulebook with a plan's caps, so that each decision records them."""
    from compliant_sms.rules import Rulebook

    rulebook = rulebook or Rulebook()
    if volume is None or not volume.caps:
        return rulebook
    caps = (*rulebook.settings.caps, *volume.caps)
    return evolve(rulebook, settings=evolve(rulebook.settings, caps=caps))
