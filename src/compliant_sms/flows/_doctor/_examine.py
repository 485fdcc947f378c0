"""Check the whole setup: what would keep texts from going, or a STOP from arriving."""

from __future__ import annotations

from datetime import datetime, timedelta

from compliant_sms import _given
from compliant_sms._masking import own_words
from compliant_sms.errors import (
    CompliantSmsError,
    ConfigurationError,
    InvalidInput,
    StoreError,
    TransportError,
    WebhookRejected,
)
from compliant_sms.flows._deciding._checked import BY_DOCTOR, Checked, CheckResult, about_provider
from compliant_sms.flows._deciding._facts import may_carry_phi
from compliant_sms.flows._deciding._pause import paused
from compliant_sms.flows._deciding._routes import refuse_others_sender
from compliant_sms.flows._doctor._callbacks import (
    address_of_texts,
    own_callback,
    parts_of,
    proof,
    status_callback,
    unproven_callback,
)
from compliant_sms.flows._doctor._sender import registration, settings_of
from compliant_sms.optout import carrier_keywords, per_se_words
from compliant_sms.ports import Ports, Transaction
from compliant_sms.practice import is_utc
from compliant_sms.providers import Baa, Provider
from compliant_sms.providers._reading import instant
from compliant_sms.wire import LOOPBACK, HttpReply, HttpRequest, WebhookRequest

_LARGEST_SKEW = timedelta(seconds=60)
_SIGNED_SKEW = timedelta(seconds=300)


async def examine(ports: Ports, *, call_webhooks: bool = False) -> tuple[Checked, ...]:
    """Look everything over; nobody is texted and nothing is changed.

    Args:
        ports: what to look at.
        call_webhooks: also call the addresses of status callbacks, unsigned: whoever answers
            must refuse that.
    """
    _given.yes_or_no(call_webhooks, "call_webhooks")
    checks = [await _store(ports), await _sealing(ports), *await _held_back(ports)]
    checks += _zone(ports)
    for provider in ports.routes.providers:
        checks += [*_connection(provider), *await _sender(ports, provider)]
        checks += await _account(ports, provider)
        settings = await settings_of(ports, provider)
        checks += [
            _agreement(provider, ports.clock()),
            _signature(ports, provider),
            await proof(ports, provider),
            status_callback(provider, settings),
            address_of_texts(provider, settings),
            registration(ports, provider, settings),
            _keywords(provider),
        ]
        if call_webhooks and own_callback(provider):
            checks.append(await _called(ports, provider))
    return tuple(checks)


# The practice


async def _store(ports: Ports) -> Checked:
    def about(result: CheckResult, says: str, remedy: str = "") -> Checked:
        return Checked(of="practice", what="store", result=result, says=says, remedy=remedy)

    async def look(tx: Transaction) -> bool:
        # Of no text there is: a database that may only be read refuses what writes nothing, too.
        await tx.close_unconfirmed(ports.practice.id, "")
        return bool(await tx.uncertain(ports.practice.id, 1, None))

    try:
        uncertain = await ports.store.run(look)
    except StoreError as error:
        # The documented kinds of it say what is wrong; what the database said may be more.
        said = (type(error).__doc__ or "").partition("\n")[0]
        return about(CheckResult.FAILED, said, "Put the database right; nothing is sent without.")
    except CompliantSmsError as error:
        return about(CheckResult.FAILED, _unreadable(error), _READABLE)
    if uncertain:
        return about(
            CheckResult.WARNING,
            "It is in order. There are texts of which nobody knows whether they went out.",
            "Run a worker, which looks them up, and settle the rest: messenger.uncertain().",
        )
    return about(CheckResult.OK, "It is in order, and no text is uncertain.")


async def _sealing(ports: Ports) -> Checked:
    def about(result: CheckResult, says: str, remedy: str = "") -> Checked:
        return Checked(of="practice", what="at rest", result=result, says=says, remedy=remedy)

    try:
        sealed = await ports.store.run(lambda tx: tx.seals(ports.practice.id))
    except StoreError:
        return about(CheckResult.NOT_CHECKED, "The database could not be asked: see the store.")
    except CompliantSmsError as error:
        return about(CheckResult.FAILED, _unreadable(error), _READABLE)
    if ports.plaintext is None:
        says = "Records are sealed." if sealed else "Nothing says otherwise."
        return about(CheckResult.OK, says)
    return about(
        CheckResult.WARNING,
        "Texts, names and numbers lie in the clear, for a reason on record.",
        "Pass keyring=Keyring.from_file(...) as soon as that reason is gone.",
    )


async def _sender(ports: Ports, provider: Provider) -> list[Checked]:
    """A number of another practice in this database: then nothing is sent by any route."""
    try:
        await ports.store.run(lambda tx: refuse_others_sender(tx, ports, provider))
    except StoreError:
        return []  # said of the store
    except ConfigurationError as error:
        remedy = "Until then nothing is sent, and no consent is taken down."
        return [about_provider(provider, "sender")(CheckResult.FAILED, str(error), remedy)]
    return []


def _zone(ports: Ports) -> list[Checked]:
    """A zone that is right for programs and for no practice."""
    if not is_utc(ports.practice.time_zone):
        return []
    says = "The practice's clock is UTC: its days, hours and reports are told by that."
    remedy = "Pass the zone of its place, such as Practice(time_zone='America/Chicago')."
    return [
        Checked(
            of="practice", what="time zone", result=CheckResult.WARNING, says=says, remedy=remedy
        )
    ]


_READABLE = "Put that right; nothing is sent before."


def _unreadable(error: CompliantSmsError) -> str:
    said = f"What is kept of this practice cannot be read: {error}"
    return f"{said.rstrip('.')}."


async def _held_back(ports: Ports) -> list[Checked]:
    """What keeps texts from patients on purpose, so that nobody forgets that it does."""

    def warning(what: str, says: str, remedy: str) -> Checked:
        return Checked(
            of="practice", what=what, result=CheckResult.WARNING, says=says, remedy=remedy
        )

    checks = []
    if ports.dry_run:
        says = "It is a dry run: everything is decided and recorded, and no text leaves."
        checks.append(warning("dry run", says, "In production leave dry_run out."))
    if ports.only_to is not None:
        says = f"Only {len(ports.only_to)} numbers are texted, and everybody else is refused."
        checks.append(warning("allow-list", says, "In production leave only_to out."))
    try:
        pauses = await paused(ports)
    except CompliantSmsError:  # told by the checks of the store, and of what is at rest
        pauses = ()
    for pause in pauses:
        says = f"Texts are paused ({pause.scope}) since {pause.since:%Y-%m-%d %H:%M} UTC."
        remedy = "The audit log says by whom, and why. Then messenger.resume()."
        checks.append(warning("pause", says, remedy))
    return checks


# One provider


async def _account(ports: Ports, provider: Provider) -> list[Checked]:
    """Whether the credentials work, and, by the way, whether the two clocks agree."""
    about = about_provider(provider, "credentials")
    if ports.dry_run:
        return [about(CheckResult.NOT_CHECKED, "A dry run asks no provider.")]
    request = provider.check_account(at=ports.clock())
    if request is None:
        says = "There is no harmless request to try them with."
        return [about(CheckResult.NOT_CHECKED, says, "Send yourself a text.")]
    try:
        reply = await ports.transport.send(request)
    except TransportError as error:
        remedy = "Check the address, the network and whatever stands between."
        says = f"The provider gives no answer: {own_words(error)}."
        return [about(CheckResult.FAILED, says, remedy)]
    problem = provider.account_problem(reply)
    checked = about(CheckResult.OK, "The provider takes them.")
    if problem is not None:
        checked = about(CheckResult.FAILED, problem.words, problem.remedy)
    return [checked, _clock(provider, reply, ports.clock())]


def _clock(provider: Provider, reply: HttpReply, at: datetime) -> Checked:
    about = about_provider(provider, "clock")
    theirs = instant(reply.header("date"))
    if theirs is None:
        return about(CheckResult.NOT_CHECKED, "The provider's answer has no date.")
    apart = abs(at - theirs)
    seconds = f"{apart.total_seconds():.0f} s"
    if apart <= _LARGEST_SKEW:
        return about(CheckResult.OK, f"Ours and theirs are {seconds} apart.")
    signed = provider.capabilities.time_authenticated and apart > _SIGNED_SKEW
    return about(
        CheckResult.FAILED if signed else CheckResult.WARNING,
        f"Ours and theirs are {seconds} apart; quiet hours and signed times depend on it.",
        "Have this machine set its clock by NTP.",
    )


def _agreement(provider: Provider, at: datetime) -> Checked:
    about = about_provider(provider, "agreement")
    if may_carry_phi(provider, at):
        return about(CheckResult.OK, "It is signed, or nothing real passes here.")
    if provider.may_carry_phi:
        return about(
            CheckResult.FAILED,
            "The business associate agreement is dated later than today: until then nothing goes "
            "to a patient.",
            "Pass the day on which it was signed as baa_signed_on.",
        )
    offered = provider.capabilities.baa is Baa.OFFERED
    return about(
        CheckResult.FAILED,
        "No business associate agreement is on record: nothing goes to a patient.",
        f"Sign one{'' if offered else ', if the provider offers it,'} and pass baa_signed_on.",
    )


def _connection(provider: Provider) -> list[Checked]:
    """Whether all on the way can read what is sent; nothing, where it is sent over https."""
    described = getattr(provider, "submission", None)
    named = [getattr(provider, "base_url", ""), getattr(provider, "endpoint", "")]
    address = parts_of(next(filter(None, [*named, getattr(described, "url", "")]), ""))
    if provider.simulated or address.scheme != "http" or address.hostname in LOOPBACK:
        return []
    about = about_provider(provider, "connection")
    says = "The address of the API is not https: texts and credentials pass in the clear."
    return [about(CheckResult.FAILED, says, "Pass the one with https://.")]


def _signature(ports: Ports, provider: Provider) -> Checked:
    """Whether a callback without any proof is refused."""
    about = about_provider(provider, "signature")
    forged = WebhookRequest(
        method="POST",
        url=unproven_callback(provider) or "https://doctor.invalid/texts",
        headers={"content-type": "application/json"},
        body=b"{}",
    )
    try:
        provider.verify(forged, at=ports.clock(), certificates={})
    except WebhookRejected:
        if provider.capabilities.body_authenticated:
            return about(CheckResult.OK, "A callback without a signature is refused.")
        return about(
            CheckResult.WARNING,
            "A callback without proof is refused. The proof does not cover what it says.",
            "Keep its secret out of logs; the library believes a STOP and never a START of it.",
        )
    return about(
        CheckResult.FAILED,
        "A callback without any proof is believed: anybody can write one.",
        "Give the adapter the secret that the provider signs with.",
    )


def _keywords(provider: Provider) -> Checked:
    """What the provider's own keywords miss of those that revoke by law."""
    about = about_provider(provider, "keywords")
    if not getattr(provider, "answers_keywords", provider.capabilities.answers_keywords):
        return about(CheckResult.OK, "Only the library reads them, and it knows all of the law's.")
    try:
        misses = sorted(carrier_keywords(provider.name).misses)
    except InvalidInput:
        return about(CheckResult.NOT_CHECKED, "The provider's own keywords are not known here.")
    if not misses:
        return about(CheckResult.OK, f"It knows all {len(per_se_words())} words of the law.")
    return about(
        CheckResult.WARNING,
        f"By itself it misses {', '.join(misses)}, 47 CFR 64.1200(a)(10). The library reads them.",
        "Add them to the keywords at the provider, where it lets you.",
    )


async def _called(ports: Ports, provider: Provider) -> Checked:
    """Whether the application answers at its own address, and refuses who proves nothing."""
    about = about_provider(provider, "web application")
    request = HttpRequest(
        method="POST",
        url=unproven_callback(provider),
        headers={"content-type": "application/json", "user-agent": BY_DOCTOR},
        body=b"{}",
    )
    try:
        reply = await ports.transport.send(request)
    except TransportError as error:
        remedy = "Start it, and see that it can be reached from outside."
        return about(CheckResult.FAILED, f"It gives no answer: {own_words(error)}.", remedy)
    if reply.status in {400, 401, 403, 415}:
        return about(CheckResult.OK, "It answers, and refuses a callback without proof.")
    if reply.status < 300:
        says = "It takes a callback that proves nothing."
        return about(CheckResult.FAILED, says, "Hand callbacks to messenger.receive() unchanged.")
    return about(
        CheckResult.FAILED,
        f"It answers with HTTP {reply.status} where it should refuse with 403.",
        "See that the address leads to what takes callbacks in.",
    )
