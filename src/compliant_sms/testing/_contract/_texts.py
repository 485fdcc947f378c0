"""Texts, their states and decisions."""

from __future__ import annotations

from typing import Any

from attrs import evolve

from compliant_sms.errors import ConfigurationError
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Transaction
from compliant_sms.practice import Practice
from compliant_sms.providers import Failure, Problem
from compliant_sms.testing._contract._bench import Contract, MakeStore, Work, raises
from compliant_sms.testing._contract._samples import (
    ANA,
    BEN,
    HERE,
    NOON,
    SENDER,
    THERE,
    a_decision,
    a_departure,
    a_practice,
    a_text,
    keys,
    minutes,
    saving,
)


def enrolling(practice: Practice) -> Work[object]:
    """Work that enrolls a practice."""
    return lambda tx: tx.enroll(practice, SENDER, ())


class TextContract(Contract):
    """What :class:`~compliant_sms.ports.Texts` and ``Practices`` promise."""

    def test_texts_come_back_as_they_were(self, make_store: MakeStore) -> None:
        """A text has all its parts again, in each state, whatever is written in it."""
        problem = Problem(category=Failure.PROVIDER_FAULT, code="30003", words="It was off.")
        due = a_text()
        claimed = evolve(
            due,
            state=State.CLAIMED,
            claimed_until=NOON + minutes(1),
            attempts=1,
            provider="twilio",
            departure=a_departure(NOON),
        )
        failed = evolve(claimed, state=State.FAILED, provider_id="SM1", problem=problem)
        with self._bench(make_store) as store:
            for message in (due, claimed, failed):
                store.run(saving(message))
                assert store.run(lambda tx: tx.message(HERE, due.message_id)) == message
            assert store.run(lambda tx: tx.message_by_key(HERE, "1")) == failed
            assert store.run(lambda tx: tx.message_by_provider_id(HERE, "twilio", "SM1")) == failed
            steps = store.run(lambda tx: tx.steps(HERE, due.message_id))
            assert [step.state for step in steps] == [State.DUE, State.CLAIMED, State.FAILED]

    def test_what_is_noted_is_no_step(self, make_store: MakeStore) -> None:
        """A problem is stored with a text that stays where it is."""
        problem = Problem(category=Failure.UNKNOWN, code="called-back", words="It was called back.")
        uncertain = evolve(a_text(), state=State.UNCERTAIN, attempts=1, provider="twilio")
        noted = evolve(uncertain, problem=problem)
        with self._bench(make_store) as store:
            store.run(saving(uncertain))
            store.run(lambda tx: tx.note(noted))
            assert store.run(lambda tx: tx.message(HERE, noted.message_id)) == noted
            steps = store.run(lambda tx: tx.steps(HERE, noted.message_id))
            assert [step.state for step in steps] == [State.UNCERTAIN]

    def test_unknown_texts(self, make_store: MakeStore) -> None:
        """What is not there is None or empty; practices and providers are kept apart."""
        with self._bench(make_store) as store:
            store.run(lambda tx: tx.save(a_text(provider="twilio", provider_id="SM1"), NOON))

            async def look(tx: Transaction) -> list[object]:
                return [
                    await tx.message(HERE, "nothing"),
                    await tx.message(THERE, a_text().message_id),
                    await tx.message_by_key(HERE, "nothing"),
                    await tx.message_by_key(THERE, "1"),
                    await tx.message_by_provider_id(HERE, "other", "SM1"),
                    await tx.message_by_provider_id(HERE, "twilio", "SM2"),
                    await tx.message_by_provider_id(THERE, "twilio", "SM1"),
                    *await tx.messages_to(THERE, ANA),
                    *await tx.messages_to(HERE, BEN),
                    *await tx.steps(HERE, "nothing"),
                    *await tx.departures(HERE, ANA, NOON - minutes(1)),
                ]

            assert store.run(look) == [None] * 7
            assert store.run(lambda tx: tx.message(HERE, a_text().message_id)) is not None

    def test_two_texts_of_one_provider_id(self, make_store: MakeStore) -> None:
        """The one that is named, or that went to the number, or the newest; the same each time."""
        given: dict[str, Any] = {"state": State.SENT, "provider": "twilio", "provider_id": "SM1"}
        texts = [
            a_text("2", at=NOON + minutes(1), **given),
            a_text("3", at=NOON + minutes(2), **given),
            a_text("4", at=NOON, to=BEN, person="pat-2", **given),
        ]

        def found(
            reference: str | None = None, recipient: PhoneNumber | None = None
        ) -> Work[Message | None]:
            return lambda tx: tx.message_by_provider_id(
                HERE, "twilio", "SM1", reference=reference, recipient=recipient
            )

        with self._bench(make_store) as store:
            for text in texts:
                store.run(saving(text))
            assert store.run(found()) == texts[1]
            assert store.run(found(reference="nothing", recipient=SENDER)) == texts[1]
            assert store.run(found(recipient=BEN)) == texts[2]
            assert store.run(found(recipient=ANA)) == texts[1]
            assert store.run(found(reference=f"{HERE}/2", recipient=BEN)) == texts[0]

    def test_one_key_in_two_practices(self, make_store: MakeStore) -> None:
        """A key belongs to its practice."""
        with self._bench(make_store) as store:
            for practice_id in (HERE, THERE):
                text = a_text(practice_id=practice_id)
                store.run(saving(text))
            found = store.run(lambda tx: tx.message_by_key(THERE, "1"))
            assert found is not None
            assert found.practice_id == THERE

    def test_what_left(self, make_store: MakeStore) -> None:
        """What left to a number comes in its order; what never left is not among it."""
        departures = [a_departure(NOON + minutes(offset)) for offset in (0, 1, 2)]
        states = (State.SENT, State.UNCERTAIN, State.DELIVERED)
        with self._bench(make_store) as store:
            for number, (state, left) in enumerate(zip(states, departures, strict=True)):
                text = a_text(str(number), state=state, departure=left)
                store.run(saving(text))
            store.run(lambda tx: tx.save(a_text("due", departure=departures[2]), NOON))
            assert store.run(lambda tx: tx.departures(HERE, ANA, NOON)) == departures[1:]
            since = NOON - minutes(1)
            assert store.run(lambda tx: tx.departures(HERE, ANA, since)) == departures
            whose = a_text().draft.person
            assert store.run(lambda tx: tx.departures(HERE, ANA, since, whose)) == departures
            assert store.run(lambda tx: tx.departures(HERE, ANA, since, "nobody")) == []
            assert keys(store.run(lambda tx: tx.departed(HERE, ANA, since, 2))) == ["2", "1"]

    def test_what_left_elsewhere(self, make_store: MakeStore) -> None:
        """What left to a person at other numbers is told, and nobody else's."""
        here, there, other = (a_departure(NOON + minutes(offset)) for offset in (0, 1, 2))
        since = NOON - minutes(1)
        with self._bench(make_store) as store:
            for to, person, left in ((ANA, "p1", here), (BEN, "p1", there), (BEN, "p2", other)):
                text = a_text(f"{left.at}", to=to, person=person, state=State.SENT, departure=left)
                store.run(saving(text))

            async def look(tx: Transaction) -> list[object]:
                return [
                    await tx.departures_elsewhere(HERE, ANA, since, "p1"),
                    await tx.departures_elsewhere(HERE, BEN, since, "p1"),
                    await tx.departures_elsewhere(HERE, ANA, there.at, "p1"),
                    await tx.departures_elsewhere(THERE, ANA, since, "p1"),
                ]

            assert store.run(look) == [[there], [here], [], []]

    def test_texts_to_a_number(self, make_store: MakeStore) -> None:
        """Texts to a number come oldest first."""
        with self._bench(make_store) as store:
            for key, offset in (("b", 1), ("a", 2), ("c", 0)):
                text = a_text(key, at=NOON + minutes(offset))
                store.run(saving(text))
            store.run(lambda tx: tx.save(a_text("other", to=BEN), NOON))
            assert keys(store.run(lambda tx: tx.messages_to(HERE, ANA))) == ["c", "b", "a"]

    def test_decisions(self, make_store: MakeStore) -> None:
        """All decisions about a text are kept in their order."""
        decisions = [a_decision(body) for body in ("See you.", "SSN 219-09-9999")]

        async def decide(tx: Transaction) -> None:
            await tx.save(a_text(), NOON)
            for decision in decisions:
                await tx.add_decision(HERE, f"{HERE}/1", decision)

        with self._bench(make_store) as store:
            store.run(decide)
            assert store.run(lambda tx: tx.decisions(HERE, f"{HERE}/1")) == decisions

    def test_volume(self, make_store: MakeStore) -> None:
        """Segments are counted by the minute, each practice's on its own."""

        async def count(tx: Transaction) -> list[int]:
            for offset, segments in ((0, 1), (0.5, 2), (1, 4)):
                await tx.add_volume(HERE, NOON + minutes(offset), segments)
            await tx.add_volume(THERE, NOON, 8)
            return [
                await tx.volume(HERE, NOON),
                await tx.volume(HERE, NOON + minutes(1)),
                await tx.volume(HERE, NOON + minutes(2)),
            ]

        with self._bench(make_store) as store:
            assert store.run(count) == [7, 4, 0]

    def test_practices(self, make_store: MakeStore) -> None:
        """A number of ours belongs to one practice, as it was enrolled last, and to no other id."""
        renamed = a_practice("Lakeside 😀 Médecine")
        with self._bench(make_store) as store:
            assert store.run(lambda tx: tx.practice_at(SENDER)) is None
            for practice in (a_practice(), a_practice(), renamed):
                store.run(enrolling(practice))
                assert store.run(lambda tx: tx.practice_at(SENDER)) == practice
            assert store.run(lambda tx: tx.practice_at(BEN)) is None
            store.together([enrolling(a_practice())] * 8)
            assert store.run(lambda tx: tx.practice_at(SENDER)) == a_practice()
            with raises(ConfigurationError):
                store.run(enrolling(a_practice(practice_id=THERE)))
            assert store.run(lambda tx: tx.practice_at(SENDER)) == a_practice()
