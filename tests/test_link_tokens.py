"""Random letters in the host's links are no words; what people write there is."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable

import pytest
from attrs import evolve

from compliant_sms import Blocked, Keyring, Messenger, Practice, Profile, Sent
from compliant_sms.flows._deciding import _withhold
from compliant_sms.flows._deciding._link_tokens import without_tokens
from compliant_sms.people import PatientFacts
from compliant_sms.phi import ContentTier, beyond
from compliant_sms.practice import PhiMode
from compliant_sms.rules import read
from test_send import agree, remind

Make = Callable[..., Messenger]
ANA = PatientFacts(names=("Ana Gomez",))
DRUG = "Lakeside Family Medicine: your lisinopril is ready."
TOKENS, FEWER = 5000, 500
ALPHABETS = {
    "token_urlsafe": (string.ascii_letters + string.digits + "-_", 22),
    "letters and figures": (string.ascii_letters + string.digits, 24),
    "letters": (string.ascii_letters, 24),
    "base32": (string.ascii_lowercase + "234567", 26),
    "hexadecimal": (string.hexdigits.lower(), 32),
}


def told_in(practice: Practice, link: str) -> bool:
    """Whether the notice with a link tells more than anybody may read."""
    plain = read(DRUG, practice, ANA)
    about = _withhold.Withheld(
        plain=plain, practice=practice, profile=Profile(facts=ANA), findings=()
    )
    made = about.notice(link)
    assert link in made.body
    return bool(beyond(made.readings.phi, ContentTier.MINIMUM))


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_no_random_token_is_read_as_words(practice: Practice, alphabet: str) -> None:
    """Of 5,000 tokens none is refused, though some have the name of a disease in them."""
    count = TOKENS if alphabet == "token_urlsafe" else FEWER
    letters, length = ALPHABETS[alphabet]
    rng = random.Random(alphabet)
    sender = evolve(practice, link_domains=("lakeside.example",))
    made = ("".join(rng.choices(letters, k=length)) for _ in range(count))

    refused = [token for token in made if told_in(sender, f"https://lakeside.example/m/{token}")]

    assert refused == []


def test_nor_is_a_uuid(practice: Practice) -> None:
    """As many hosts name their pages."""
    rng = random.Random(4)
    made = [uuid.UUID(int=rng.getrandbits(128), version=4) for _ in range(FEWER)]

    assert not any(told_in(practice, f"https://lakeside.example/m?id={each}") for each in made)


@pytest.mark.parametrize(
    "path",
    [
        "ana-gomez-hiv-result",
        "ana-gomez/x7Kq9zLp2mQw8rTv",
        "ana-gomez-x7Kq9zLp2mQw8rTv",
        "m?name=ana-gomez&page=x7Kq9zLp2mQw8rTv",
    ],
)
def test_what_people_write_is_read(practice: Practice, path: str) -> None:
    """The host's link must say nothing, and a token in it excuses nothing else."""
    assert told_in(practice, f"https://portal.example/{path}")


@pytest.mark.parametrize(
    ("link", "as_read"),
    [
        ("https://hiv-x7Kq9zLp2mQw8rTv.example/m", None),
        ("https://p.example/m/ab3-Hiv_9fQ", None),
        ("https://p.example/m/ob-Gn_PeoC4xOLkr2aXRWT4", "https://p.example/m/" + "xX" * 11 + "x"),
        ("https://p.example/12-x7Kq9zLp2mQw8rTv-34", "https://p.example/12-" + "xX" * 8 + "-34"),
        ("portal", None),
    ],
)
def test_as_long_as_it_is(link: str, as_read: str | None) -> None:
    """Hosts, and what is too short for a token, are read as they stand."""
    assert without_tokens(link) == (as_read or link)
    assert len(without_tokens(link)) == len(link)


@pytest.mark.parametrize(
    ("link", "kind"),
    [
        ("https://portal.example/m/aB-HIV-9x_Qf7wLmN2kP8rTs", Sent),
        ("https://portal.example/ana-gomez/x7Kq9zLp2mQw8rTv", Blocked),
    ],
)
def test_the_text_with_such_a_link(
    make_messenger: Make, practice: Practice, link: str, kind: type
) -> None:
    """The notice leaves with the link as the host made it, if that says nothing by itself."""
    messenger = make_messenger(
        practice=evolve(practice, phi=PhiMode.NOTICE),
        keyring=Keyring.generate(),
        secure_links=lambda _: link,
        people=lambda _: Profile(facts=ANA),
    )
    agree(messenger)

    outcome = remind(messenger, body=DRUG)

    assert isinstance(outcome, kind)
    (text,) = messenger.history("pat-881").texts
    assert (link in text.message.body) is (kind is Sent)
