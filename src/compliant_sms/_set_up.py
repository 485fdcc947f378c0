"""What a messenger is made of: its arguments checked and completed, a host's functions wrapped.

``AsyncMessenger`` and ``Messenger`` differ in setup only by these functions, which flows await.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from importlib import import_module
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, runtime_checkable

from attrs import evolve

from compliant_sms import _given, phi, system
from compliant_sms.classification import MessageClass
from compliant_sms.consent import Category
from compliant_sms.consent._words import checked_categories, is_declared, known_categories
from compliant_sms.errors import ConfigurationError, InvalidInput

# Load with the messenger what every messenger needs, not inside its first transaction.
from compliant_sms.flows import dispatch_due, receive, send  # noqa: F401
from compliant_sms.lookups import AsyncLookups, Lookups
from compliant_sms.people import Profile
from compliant_sms.permission import Permission, taken_by
from compliant_sms.phi import ContentTier, Direction, Known, Sensitivity
from compliant_sms.phone import as_number
from compliant_sms.ports import AtRest, Plaintext
from compliant_sms.practice import PhiMode, Practice
from compliant_sms.routing import Routes
from compliant_sms.rules._read import own_facts
from compliant_sms.secure_pages import SecurePages
from compliant_sms.text import within

if TYPE_CHECKING:
    from compliant_sms.contact import MissedCalls
    from compliant_sms.conversations import InboxPlan
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.reminders import ReminderPlan
    from compliant_sms.rules import Rulebook
    from compliant_sms.templates import Catalogue, Template
    from compliant_sms.volume import VolumePlan


@runtime_checkable
class _MakesFormKeys(Protocol):
    """A keyring that also authenticates forms, such as :class:`compliant_sms.Keyring`."""

    def form_keys(self) -> tuple[bytes, ...]:
        """Keys of 32 bytes derived from its own, newest first."""


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


def refuse_other_types(given: Mapping[str, object]) -> None:
    """Refuse arguments that would fail later, during a send, or be misread, as "false" for true.

    Args:
        given: a messenger's arguments by name; others are ignored.

    Raises:
        InvalidInput: an argument has the wrong type.
    """
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


async def nobody(_: str) -> Profile | None:
    """``people`` for a host that tells nothing about its patients."""
    return None


P = ParamSpec("P")
T = TypeVar("T")


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


class _Way(Protocol):
    def __call__(self, ask: Callable[P, Any], /) -> Callable[P, Coroutine[object, object, Any]]: ...


def look_ups(ask: Lookups | AsyncLookups, way: _Way) -> AsyncLookups:
    """Wrap each of a host's lookup functions in that way."""
    return AsyncLookups(
        national_dnc=way(ask.national_dnc) if ask.national_dnc else None,
        reassigned=way(ask.reassigned) if ask.reassigned else None,
        line_type=way(ask.line_type) if ask.line_type else None,
        deactivated_on=way(ask.deactivated_on) if ask.deactivated_on else None,
    )


def refuse_half_a_notice(practice: Practice, keyring: AtRest, secure_links: object | None) -> None:
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


def refuse_unsealed(routes: Routes, keyring: AtRest) -> None:
    """Refuse a real provider without a keyring or a reason to do without."""
    if keyring is None and not all(provider.simulated for provider in routes.providers):
        msg = (
            "a real provider carries patients' texts, and there is no keyring to seal them in the "
            "store. Pass keyring=Keyring.from_file(...) with a file that  compliant-sms keys new  "
            "made; or keyring=Plaintext(reason=...), which goes on record."
        )
        raise ConfigurationError(msg)


def own_pages(practice: Practice, secure_links: object) -> SecurePages | None:
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


def refuse_undeclared_categories(
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


def form_keys_of(permission: Permission | None, keyring: AtRest) -> Callable[[], tuple[bytes, ...]]:
    """The keys that authenticate forms: the host's secret, the keyring's, or this process's own."""
    if permission is not None and permission.secret:
        given = (permission.secret,)
        return lambda: given
    if isinstance(keyring, _MakesFormKeys):
        return keyring.form_keys
    own = (system.entropy(32),)
    return lambda: own


def a_catalogue(given: Catalogue | None) -> Catalogue | None:
    """Return what a messenger was given for its templates, checked.

    Raises:
        InvalidInput: it is not a catalogue.
    """
    if given is not None:
        from compliant_sms.templates import Catalogue

        _given.a_kind(given, Catalogue, "templates", "a Catalogue of templates")
    return given


def plans_with(
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


def an_inbox(plan: InboxPlan | None) -> InboxPlan | None:
    """Return the plan, if it is one.

    Raises:
        InvalidInput: it is something else.
    """
    from compliant_sms.conversations import InboxPlan

    if plan is not None:
        _given.a_kind(plan, InboxPlan, "inbox", "InboxPlan(...)")
    return plan


def calls_with(given: MissedCalls | None, practice: Practice) -> MissedCalls | None:
    """Return what a messenger was given for missed calls, checked.

    Raises:
        ConfigurationError: its wording cannot be used.
    """
    if given is not None:
        given.refuse_bad_copy(practice)
    return given


def allow_list(numbers: Iterable[str | PhoneNumber] | None) -> frozenset[PhoneNumber] | None:
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


def with_caps(rulebook: Rulebook | None, volume: VolumePlan | None) -> Rulebook:
    """The rulebook with a plan's caps, so that each decision records them."""
    from compliant_sms.rules import Rulebook

    rulebook = rulebook or Rulebook()
    if volume is None or not volume.caps:
        return rulebook
    caps = (*rulebook.settings.caps, *volume.caps)
    return evolve(rulebook, settings=evolve(rulebook.settings, caps=caps))
