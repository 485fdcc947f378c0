"""News of a text that comes before anybody here knows how the provider calls the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from compliant_sms import Blocked, Messenger, Practice, Sent, Uncertain
from compliant_sms.consent import Granted, NumberFlagged, Revoked
from compliant_sms.lifecycle import State
from compliant_sms.providers import ProviderEvent, StatusUpdate, Twilio, VerifiedWebhook
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from conftest import OTHER_SENDERS, PATIENT, PERSON
from evidence_story import dossier_of
from test_receive import callback, news_of, status
from test_repeat import Knowing, Once
from test_send import Meanwhile, agree, remind

pytestmark = pytest.mark.both_databases

Make = Callable[..., Messenger]


@pytest.fixture
def transport() -> Iterator[BlockingTransport]:
    """What reaches the carrier."""
    made = BlockingTransport()
    yield made
    made.close()


@frozen
class Early:
    """Makes a messenger that hears news between a request and its answer."""

    make: Make
    transport: BlockingTransport
    carrier: Sandbox

    def __call__(self, *news: Any, error: BaseException | None = None, **changes: Any) -> Messenger:
        def overtake() -> None:
            sid = self.carrier.messages()[-1].sid
            for each in news:
                told = news_of(made[0].receive(each(sid)))
                assert (told.new, told.message_id) == (True, None)

        sending = Meanwhile(self.transport, after=overtake, error=error)
        made = [self.make(transport=sending, **changes)]
        agree(made[0])
        return made[0]


@pytest.fixture
def early(make_messenger: Make, transport: BlockingTransport, carrier: Sandbox) -> Early:
    """Makes such a messenger."""
    return Early(make_messenger, transport, carrier)


def told(word: str, **fields: str) -> Callable[[str], Any]:
    """News that does not carry our id of the text."""
    return lambda sid: callback({"MessageSid": sid, "MessageStatus": word} | fields)


def where(messenger: Messenger) -> State:
    (text,) = messenger.history(PERSON).texts
    return text.message.state


def test_applied_with_the_answer(early: Early) -> None:
    """Delivered before the answer came, a text is delivered."""
    messenger = early(told("sent"), told("delivered"))
    sent = remind(messenger)
    (text,) = messenger.history(PERSON).texts

    assert isinstance(sent, Sent)
    assert text.message.state is State.DELIVERED
    assert text.message.provider_id == sent.provider_id
    assert [each.update.state for each in text.callbacks] == [State.SENT, State.DELIVERED]
    assert [step.state for step in text.steps][-2:] == [State.SENT, State.DELIVERED]


def test_never_backwards(early: Early) -> None:
    """However the news is ordered, delivered stays delivered; later news is heard as ever."""
    messenger = early(told("delivered"), told("sent"), told("undelivered", ErrorCode="30008"))
    sent = remind(messenger)
    again = news_of(messenger.receive(status(sent.provider_id, "delivered")))

    assert where(messenger) is State.DELIVERED
    assert not again.new


@pytest.mark.parametrize("number", [{}, {"To": PATIENT}], ids=["unnamed", "named"])
def test_an_opt_out_in_it(early: Early, number: dict[str, str]) -> None:
    """An opt-out that is told so early is a revocation, once, with the number in it or not."""
    messenger = early(told("failed", ErrorCode="21610", **number))
    remind(messenger)

    assert where(messenger) is State.FAILED
    revoked = [e for e in messenger.consent.events(PATIENT) if isinstance(e, Revoked)]
    assert len(revoked) == 1
    assert isinstance(remind(messenger, "another", body="Lakeside: see you."), Blocked)


def test_an_opt_out_behind_something_else_in_it(early: Early) -> None:
    """What was put on record of the number, because news named it, is not the opt-out after it."""
    messenger = early(
        told("undelivered", ErrorCode="30005", To=PATIENT), told("failed", ErrorCode="21610")
    )
    remind(messenger)
    events = messenger.consent.events(PATIENT)

    assert [type(e) for e in events if not isinstance(e, Granted)] == [NumberFlagged, Revoked]


def test_lost_with_the_answer(early: Early, make_messenger: Make, clock: MovableClock) -> None:
    """Whoever dies between the answer and its record leaves the news to whoever looks it up."""
    messenger = early(told("delivered"), error=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        remind(messenger)
    assert where(messenger) is State.CLAIMED
    clock.advance(timedelta(minutes=3))
    later = make_messenger()
    (found,) = later.reconcile()

    assert isinstance(found, Sent)
    assert where(later) is State.DELIVERED


def test_asked_for_again(
    early: Early, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Where the request is repeated because nobody knows, its answer brings the news along."""
    knowing = Knowing()
    once = Once(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=provider.sender,
        base_url=provider.base_url,
        answers_keywords=False,
    )
    messenger = early.make(provider=once, transport=knowing)
    agree(messenger)
    assert isinstance(remind(messenger), Uncertain)
    messenger.receive(status(carrier.messages()[-1].sid, "delivered"))
    clock.advance(timedelta(minutes=5))
    (found,) = messenger.reconcile()
    knowing.inner.close()

    assert isinstance(found, Sent)
    assert where(messenger) is State.DELIVERED


def test_two_of_one_name(
    make_messenger: Make, provider: Twilio, practice: Practice, carrier: Sandbox
) -> None:
    """What one practice's provider tells of an id is nothing that happened to another's text."""
    here = make_messenger()
    there = make_messenger(
        practice=evolve(practice, id="hillside"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
    )
    for messenger in (here, there):
        agree(messenger)
    sent = remind(here)
    other = news_of(there.receive(status(sent.provider_id, "failed", code="30007")))
    ours = news_of(here.receive(status(sent.provider_id, "failed", code="30007")))

    assert (other.message_id, other.new) == (None, True)
    assert (ours.message_id, ours.new) == (sent.message_id, True)


def test_our_own_id_is_known_everywhere(
    make_messenger: Make, provider: Twilio, practice: Practice, carrier: Sandbox
) -> None:
    """Practices that share an account may share an address: our own id tells whose text it is."""
    here = make_messenger()
    there = make_messenger(
        practice=evolve(practice, id="hillside"),
        provider=evolve(provider, sender=OTHER_SENDERS[0]),
    )
    agree(here)
    sent = remind(here)
    told_there = status(sent.provider_id, "delivered", ref=sent.message_id)
    news = news_of(there.receive(told_there))

    assert (news.message_id, news.state) == (sent.message_id, State.DELIVERED)
    assert not news_of(here.receive(told_there)).new


@frozen(kw_only=True)
class InParts(Twilio):
    """A provider that tells of each part of a long text by itself."""

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Which part stands in a field of its own."""
        part, parts = map(int, webhook.content["Part"].split("/"))
        return [
            evolve(event, key=f"{event.key}/{part}", part=(part, parts))
            for event in Twilio.parse(self, webhook)
            if isinstance(event, StatusUpdate)
        ]


@pytest.fixture
def in_parts(provider: Twilio) -> InParts:
    """The adapter, told of parts."""
    return InParts(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=provider.sender,
        base_url=provider.base_url,
    )


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (["delivered 1/2", "delivered 2/2"], State.DELIVERED),
        (["delivered 2/2", "sent 1/2", "delivered 1/2"], State.DELIVERED),
        (["delivered 1/2"], State.SENT),
        (["delivered 1/2", "undelivered 2/2"], State.UNDELIVERED),
        (["undelivered 2/2", "delivered 1/2"], State.UNDELIVERED),
        (["undelivered 2/2", "delivered 1/2", "delivered 2/2"], State.DELIVERED),
        (["delivered 1/2", "failed 2/2"], State.UNDELIVERED),
        (["failed 2/2", "delivered 1/2"], State.UNDELIVERED),
    ],
)
def test_news_of_parts(
    early: Early,
    in_parts: InParts,
    news: list[str],
    expected: State,
    *,
    before: bool,
) -> None:
    """A text is delivered once all of its parts are, and lost with any of them."""
    calls = [told(word, Part=part) for word, _, part in (each.partition(" ") for each in news)]
    messenger = early(*calls if before else (), provider=in_parts)
    sent = remind(messenger)
    for each in () if before else calls:
        messenger.receive(each(sent.provider_id))

    assert where(messenger) is expected


def test_evidence_tells_parts(early: Early, in_parts: InParts, clock: MovableClock) -> None:
    """That a part arrived is not told as if the text had."""
    messenger = early(told("delivered", Part="1/2"), provider=in_parts)
    remind(messenger)
    day = timedelta(days=1)
    since, until = clock() - day, clock() + day
    pack = messenger.evidence(PATIENT, since=since, until=until, by="ana", reason="a complaint")
    (text,) = dossier_of(pack.data).texts

    assert text.state == "sent"
    assert [report.state for report in text.reports] == ["delivered (part 1 of 2)"]
