"""What adapters share: tables of codes, capabilities, the base class, the one verified type."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib import import_module, resources
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit, urlunsplit

import pytest
from attrs import NOTHING, evolve, fields_dict, frozen
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import PhoneNumber, providers
from compliant_sms.errors import ConfigurationError, InvalidInput, Unsupported
from compliant_sms.lifecycle import State
from compliant_sms.optout import carrier_keywords, carriers
from compliant_sms.providers import (
    Adapter,
    Attempt,
    CallbackPlace,
    Capabilities,
    Certainty,
    Failure,
    HttpGateway,
    InboundText,
    OutboundText,
    Problem,
    ProviderKeyword,
    Twilio,
    VerifiedWebhook,
    Vonage,
    sealed,
)
from compliant_sms.providers._adapter import credential, not_blank, secrets
from compliant_sms.providers._base import _REMEDIES
from compliant_sms.providers._codes import Codes, accepted, codes_of, not_accepted, problem
from compliant_sms.providers.gateway import HeaderToken
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply
from conftest import PATIENT, SENDER

NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="Hello", reference="m-1")
ROOM = Path(inspect.getfile(providers)).parent
TABLES = sorted(path.stem for path in ROOM.glob("data/*.toml"))
ADAPTERS = sorted(
    name
    for name in providers.__all__
    if inspect.isclass(kind := getattr(providers, name))
    and issubclass(kind, Adapter)
    and kind is not Adapter
)

# Tables of codes


@pytest.mark.parametrize("name", TABLES)
def test_each_table_can_be_used(name: str) -> None:
    """Every provider's table has only our words in it, and says where it comes from."""
    codes = codes_of(name)
    table = tomllib.loads((ROOM / "data" / f"{name}.toml").read_text("utf-8"))

    assert set(codes.categories.values()) <= set(Failure)
    assert {str(each) for each in set(codes.states.values()) - {None}} <= set(State)
    assert State.DELIVERED in codes.states.values()
    assert codes.source
    assert {"states", "categories", "source"} <= set(table)


@pytest.mark.parametrize("name", TABLES)
def test_no_table_knows_where_a_text_is_before_it_left(name: str) -> None:
    """A provider's word moves a text to where a provider can have it, and nowhere else."""
    theirs = {State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, None}

    assert set(codes_of(name).states.values()) <= theirs


@pytest.mark.parametrize("name", TABLES)
def test_keywords_are_those_of_the_other_list(name: str) -> None:
    """What a provider acts on by itself stands in two lists, which agree."""
    codes = codes_of(name)
    if not codes.keywords:
        return
    assert name in carriers()
    other = carrier_keywords(name)

    assert codes.keywords == {
        word: meant
        for meant, words in (
            (ProviderKeyword.STOP, other.stop),
            (ProviderKeyword.START, other.start),
            (ProviderKeyword.HELP, other.help),
        )
        for word in words
    }


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("states = [", "Invalid value|Unclosed"),
        ("[states]", "categories"),
        ("[categories]", "states"),
        ("[states]\nlost = ['x']\n[categories]", "lost"),
        ("[states]\n[categories]\nodd = [1]", "odd"),
        ("[states]\nsent = ['Ok']\ndelivered = ['OK']\n[categories]", "'ok' is listed twice"),
        ("[states]\n[categories]\nauth = [1]\nquota = ['1']", "'1' is listed twice"),
        ("[states]\n[categories]\n[keywords]\nhalt = ['stop']", "halt"),
    ],
)
def test_tables_that_cannot_be_used(
    document: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slip in a table is told by file and word, and none of the table is used."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "acme.toml").write_text(document, "utf-8")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)

    with pytest.raises(ConfigurationError, match=rf"providers/data/acme\.toml.*({reason})"):
        codes_of.__wrapped__("acme")


CODES = Codes(
    states={"sent": State.SENT, "queued": None},
    categories={"17": Failure.OPTED_OUT, "https://acme.example/errors#1": Failure.QUOTA},
    keywords={"stop": ProviderKeyword.STOP},
)


@pytest.mark.parametrize(
    ("word", "state"),
    [(" SENT ", State.SENT), ("queued", None), ("lost", None), (None, None), ([], None)],
)
def test_states(word: object, state: State | None) -> None:
    """Case and blanks do not matter; an unknown word means nothing new."""
    assert CODES.state(word) is state


@pytest.mark.parametrize(
    ("body", "keyword"),
    [
        (" Stop\n", ProviderKeyword.STOP),
        ("STOP", ProviderKeyword.STOP),
        ("stop it", None),
        ("", None),
    ],
)
def test_keywords(body: str, keyword: ProviderKeyword | None) -> None:
    """A provider acts on a word where it is the whole text."""
    assert CODES.keyword(body) is keyword


@pytest.mark.parametrize(
    ("code", "status", "category", "shown"),
    [
        (17, 400, Failure.OPTED_OUT, "17"),
        ("17 ", None, Failure.OPTED_OUT, "17"),
        ("https://acme.example/errors#1", 400, Failure.QUOTA, "https://acme.example/errors#1"),
        ("E_9.a:b", 500, Failure.PROVIDER_FAULT, "E_9.a:b"),
        (18, 429, Failure.RATE_LIMITED, "18"),
        (None, 401, Failure.AUTH, "401"),
        ("", 402, Failure.INSUFFICIENT_FUNDS, "402"),
        (None, 403, Failure.AUTH, "403"),
        (None, 404, Failure.UNKNOWN, "404"),
        (None, None, Failure.UNKNOWN, "none"),
        ([], 400, Failure.UNKNOWN, "400"),
        ({"to": PATIENT}, 400, Failure.UNKNOWN, "400"),
        (True, 503, Failure.PROVIDER_FAULT, "503"),
        (PATIENT, 400, Failure.UNKNOWN, "400"),
        ("https://acme.example/jane", 400, Failure.UNKNOWN, "400"),
        ("x" * 81, 400, Failure.UNKNOWN, "400"),
        (1.5, 400, Failure.UNKNOWN, "400"),
    ],
)
def test_problems(code: object, status: int | None, category: Failure, shown: str) -> None:
    """The code decides, then the HTTP status; what may name a patient is no code."""
    found = problem("Acme", CODES, code, status=status, said=f"to '{PATIENT}' failed")

    assert (found.category, found.code) == (category, shown)
    assert found.words.startswith(f"Acme: {category.replace('_', ' ')}")
    assert found.said == "to […] failed"
    assert PATIENT[1:] not in found.words


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(PATIENT),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(JSON, JSON, st.none() | st.integers(100, 599))
def test_any_problem(code: object, said: object, status: int | None) -> None:
    """Whatever stands where a code and its words should, it is told without a number."""
    found = problem("Acme", CODES, code, status=status, said=said)

    assert PATIENT[1:] not in f"{found.code}{found.words}{found.said}"


# Problems and attempts


@pytest.mark.parametrize("category", Failure)
def test_each_category_has_a_remedy(category: Failure) -> None:
    """Whoever meets a refusal is told what to do."""
    remedy = Problem(category=category, code="1", words="x").remedy

    assert remedy.endswith(".")
    assert (category in _REMEDIES) == (category is not Failure.UNKNOWN)


@pytest.mark.parametrize("certainty", Certainty)
@pytest.mark.parametrize("category", [*Failure, None])
def test_what_may_be_repeated(certainty: Certainty, category: Failure | None) -> None:
    """Only what surely was not processed, for a reason that passes."""
    told = Problem(category=category, code="1", words="x") if category else None
    attempt = Attempt(certainty=certainty, problem=told)
    refused = certainty is Certainty.REFUSED

    assert attempt.may_be_repeated == (
        refused and category in {Failure.RATE_LIMITED, Failure.PROVIDER_FAULT}
    )
    assert attempt.is_about_account == (
        refused
        and category in {Failure.AUTH, Failure.ACCOUNT_SUSPENDED, Failure.INSUFFICIENT_FUNDS}
    )


@pytest.mark.parametrize(
    "given", [None, "", " \n", 7, True, [], ["m-1"], {}, "Dear Jane", "é", "x" * 256]
)
def test_what_is_no_id(given: object) -> None:
    """Without an id nobody can tell that a text was taken; words are none."""
    assert accepted(given) is None


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=255))
def test_an_id(given: str) -> None:
    """A text that was taken keeps its id as the provider wrote it."""
    assert accepted(given) == Attempt(certainty=Certainty.ACCEPTED, provider_id=given)


@pytest.mark.parametrize("status", [202, 301, 400, 403, 408, 409, 422, 425, 429, 500, 503])
@pytest.mark.parametrize("category", Failure)
def test_what_is_not_accepted(status: int, category: Failure) -> None:
    """4xx is refused but for timeouts, and but for what tells of an earlier request's text."""
    why = Problem(category=category, code="1", words="x")
    attempt = not_accepted(HttpReply(status=status, headers={"X-Reset": "7"}), why, "X-Reset")
    surely = status in {400, 403, 409, 422, 429} and category is not Failure.DUPLICATE

    assert attempt == Attempt(
        certainty=Certainty.REFUSED if surely else Certainty.AMBIGUOUS,
        problem=why,
        retry_after=7,
    )


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        (" Stop\n", ProviderKeyword.STOP),
        ("START", ProviderKeyword.START),
        ("help", ProviderKeyword.HELP),
        ("halt", None),
        ("stop it", None),
        ("", None),
    ],
)
def test_named_keywords(word: str, meant: ProviderKeyword | None) -> None:
    """A provider's word for a keyword is the keyword's own, in any case."""
    assert ProviderKeyword.named(word) is meant


# Capabilities

FEW = Capabilities(max_characters=5)
MANY = Capabilities(
    max_characters=5,
    max_media=2,
    schedule=(timedelta(minutes=5), timedelta(days=7)),
    validity=(timedelta(seconds=60), timedelta(hours=2)),
)
PICTURE = "https://clinic.example/map.png"


@pytest.mark.parametrize(
    ("can", "changes", "words"),
    [
        (FEW, {"body": "Hello!"}, "6 characters and Acme accepts 5"),
        (FEW, {"media": (PICTURE,)}, "accepts no media"),
        (MANY, {"media": (PICTURE,) * 3}, "at most 2 media"),
        (FEW, {"send_at": NOW + timedelta(hours=1)}, "cannot send a text later"),
        (MANY, {"send_at": NOW + timedelta(minutes=4)}, "at least 0:05:00"),
        (MANY, {"send_at": NOW + timedelta(days=8)}, "at most 7 days"),
        (MANY, {"send_at": NOW - timedelta(hours=1)}, "at least"),
    ],
)
def test_what_is_refused(can: Capabilities, changes: dict[str, Any], words: str) -> None:
    """What the provider cannot do is told before anything is sent, and what to do instead."""
    with pytest.raises(Unsupported, match=words):
        can.require(evolve(TEXT, **changes), "Acme", at=NOW)


def test_what_is_not_refused() -> None:
    """The limits themselves are within them; an emoji is one character."""
    least, most = NOW + timedelta(minutes=5), NOW + timedelta(days=7)
    for text in (
        evolve(TEXT, body="Heyy👍", media=(PICTURE,) * 2),
        evolve(TEXT, send_at=least),
        evolve(TEXT, send_at=most),
    ):
        MANY.require(text, "Acme", at=NOW)
    MANY.require(evolve(TEXT, send_at=NOW), "Acme")  # nobody says how late it is
    FEW.require(TEXT, "Acme", at=NOW)


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)))
def test_how_long_it_may_try(wanted: timedelta) -> None:
    """Never longer than wanted, unless the provider's least is more; never more than its most."""
    seconds = MANY.valid_for(wanted)

    assert seconds is not None
    assert 60 <= seconds <= 7200
    assert seconds <= max(60, wanted.total_seconds())
    assert FEW.valid_for(wanted) is None


def test_nothing_wanted() -> None:
    """Who asks for no limit gets none."""
    assert MANY.valid_for(None) is None


# The base of adapters


@frozen(kw_only=True)
class Acme(Adapter):
    name: ClassVar[str] = "acme"
    vendor: ClassVar[str] = "Acme"
    capabilities: ClassVar[Capabilities] = FEW


def acme(**changes: Any) -> Acme:
    return Acme(**({"sender": SENDER} | changes))


@pytest.mark.parametrize("field", ["status_callback", "base_url"])
@pytest.mark.parametrize(
    "url", ["texts", "ftp://a.example", "javascript:x", "https://", "http://[", "//a.example", 7]
)
def test_addresses_that_are_none(field: str, url: object) -> None:
    """What is no web address is refused when the adapter is made."""
    with pytest.raises(InvalidInput, match=field):
        acme(**{field: url})


@pytest.mark.parametrize(
    "signed", ["", "pending", False, True, 2026, datetime(2026, 1, 5, tzinfo=UTC)]
)
def test_an_agreement_has_a_day(signed: object) -> None:
    """Whatever else is passed would count as signed."""
    with pytest.raises(InvalidInput, match="baa_signed_on must be the day"):
        acme(baa_signed_on=signed)


@pytest.mark.parametrize(
    ("base", "simulated"),
    [
        ("http://127.0.0.1:1", True),
        ("http://LOCALHOST:1/x", True),
        ("http://[::1]", True),
        ("https://api.acme.example", False),
        ("https://127.0.0.1.evil.example", False),
        ("https://127.0.0.1@evil.example", False),
        ("", False),
    ],
)
def test_what_is_simulated(base: str, simulated: bool) -> None:  # noqa: FBT001
    """Only what runs on this machine; with an agreement, health information may go anyway."""
    assert acme(base_url=base).simulated is simulated
    assert acme(base_url=base).may_carry_phi is simulated
    assert acme(base_url=base, baa_signed_on=date(2026, 1, 5)).may_carry_phi


@pytest.mark.parametrize(
    "callback",
    [
        "https://clinic.example/texts",
        "https://clinic.example/texts?a=b%20c",
        "https://clinic.example/texts?",
        "https://clinic.example/texts?a=b#part",
        "https://clinic.example/texts#part?x",
    ],
)
@given(reference=st.text(max_size=30))
def test_the_reference_comes_back(callback: str, reference: str) -> None:
    """Our id, of any characters, is in what the server sees of the address that is called."""
    reference = reference.encode("utf-8", "ignore").decode()
    called = urlsplit(acme(status_callback=callback).callback_for(reference))

    asked = parse_qs(called.query, keep_blank_values=True, strict_parsing=False)
    assert asked["ref"] == [reference]
    assert asked.get("a", ["b c"]) in (["b c"], ["b"])
    assert called.fragment == ""
    assert acme().reference_of(urlunsplit(called)) == (reference or None)


@pytest.mark.parametrize("callback", ["", "https://clinic.example", "http://[x?ref=1", "?a=ref"])
def test_addresses_without_a_reference(callback: str) -> None:
    """Where there is none, none is read, and nothing raises."""
    assert acme().reference_of(callback) is None


def test_no_callback() -> None:
    """Where none is wanted there is none."""
    assert acme().callback_for("m-1") == ""


@pytest.mark.parametrize("place", CallbackPlace)
def test_a_callback_that_would_be_ignored(place: CallbackPlace) -> None:
    """Where no text takes an address along, one is refused: it would look as if it worked."""

    @frozen(kw_only=True)
    class Elsewhere(Adapter):
        name: ClassVar[str] = "elsewhere"
        vendor: ClassVar[str] = "Elsewhere"
        capabilities: ClassVar[Capabilities] = evolve(FEW, status_callbacks=place)

    url = "https://clinic.example/texts"
    assert Elsewhere(sender=SENDER).status_callback == ""
    if place is CallbackPlace.EACH_TEXT:
        assert Elsewhere(sender=SENDER, status_callback=url).status_callback == url
    else:
        with pytest.raises(InvalidInput, match="Elsewhere takes no status_callback with a text"):
            Elsewhere(sender=SENDER, status_callback=url)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("secret", "list"),
        (None, "list"),
        ({"a"}, "list"),
        (["a", 7], "list"),
        (["a", ""], "everybody could sign"),
        ([" \n"], "everybody could sign"),
    ],
)
def test_secrets_that_are_none(values: object, words: str) -> None:
    """A text instead of a list would make a secret of each letter; an empty one is everybody's."""
    with pytest.raises(InvalidInput, match=words):
        secrets(values)


def test_secrets() -> None:
    """Their order stays; none at all is allowed, and then nobody is believed."""
    assert secrets(["new", "old"]) == ("new", "old")
    assert secrets([]) == ()


def test_not_blank() -> None:
    """A text has something in it, or the adapter is not made."""
    attribute: Any = type("Attribute", (), {"name": "key"})
    not_blank(acme(), attribute, "x")
    with pytest.raises(InvalidInput, match="Acme's key is empty"):
        not_blank(acme(), attribute, " \t")


def test_the_line_break_of_a_file() -> None:
    """With it each request was refused, and each callback with 403, a STOP too."""
    attribute: Any = type("Attribute", (), {"name": "auth_token", "default": NOTHING})
    credential(acme(), attribute, "se cret")
    with pytest.raises(InvalidInput, match="Acme's auth_token begins or ends with a line break"):
        credential(acme(), attribute, "secret\r\n")
    with pytest.raises(InvalidInput, match="a callback secret begins or ends with a line"):
        secrets(["new", "old\n"])
    with pytest.raises(InvalidInput, match="Twilio's auth_token begins"):
        Twilio(account_sid="AC" + "0" * 32, auth_token="made-up\n", sender="+12175550111")
    with pytest.raises(InvalidInput, match="Vonage's api_secret begins"):
        Vonage(api_key="a", signature_secrets=[], api_secret="made-up\n", sender="+12175550111")
    with pytest.raises(InvalidInput, match="Acme's auth_token is empty"):
        credential(acme(), attribute, "")


def test_defaults_do_nothing() -> None:
    """An adapter that cannot do something says so, asks nobody, and believes nothing."""
    provider, webhook = acme(), sealed("acme", {}, {})
    event = InboundText(key="1", provider_id="1", sender=None, to=None, body="START")
    reply = HttpReply(status=200, body=b"{}")

    assert provider.look_up(TEXT, at=NOW) is None
    assert provider.found(reply, TEXT, NOW) is None
    assert (provider.answer(webhook).status, provider.answer(webhook).body) == (200, b"")
    assert provider.follow_up(webhook) == ()
    assert provider.confirm(event, at=NOW) is None
    assert provider.confirmed(reply, event) is False
    assert provider.media_request("https://api.acme.example/1", at=NOW) is None
    assert provider.check_account(at=NOW) is None
    assert provider.account_problem(reply) is None
    assert provider.list_opt_outs("", at=NOW) is None
    assert provider.read_opt_outs(reply) is None
    assert provider.add_opt_out(PhoneNumber(PATIENT), at=NOW) is None
    assert provider.opt_out_added(reply) is False


def test_sender() -> None:
    """As people write it, or as a number already; nothing else."""
    assert acme(sender="(217) 555-0111").sender == acme(sender=PhoneNumber(SENDER)).sender
    with pytest.raises(InvalidInput):
        acme(sender="12")


# The one verified type


@pytest.mark.parametrize("seal", [None, object(), "seal", VerifiedWebhook])
def test_nobody_else_makes_one(seal: object) -> None:
    """What parse takes cannot be made by hand."""
    with pytest.raises(TypeError, match="nowhere else"):
        VerifiedWebhook(seal, "acme", {}, {}, authenticated=True)


@pytest.mark.parametrize("authenticated", [True, False])
def test_sealed(authenticated: bool) -> None:  # noqa: FBT001
    """It holds what was checked, and shows nothing of it."""
    webhook = sealed("acme", {"text": "okapi"}, {"ref": "okapi"}, authenticated=authenticated)

    assert (webhook.provider, webhook.content, webhook.query, webhook.authenticated) == (
        "acme",
        {"text": "okapi"},
        {"ref": "okapi"},
        authenticated,
    )
    assert "okapi" not in f"{webhook!r}{webhook}"


# Each adapter of the room


def contract_tests() -> Iterator[str]:
    """What the makers of adapters in classes derived from the contract return."""
    for path in Path(__file__).parent.glob("test_*.py"):
        written = path.read_text("utf-8")
        if ProviderContract.__name__ not in written:
            continue
        for node in ast.walk(ast.parse(written)):
            derived = isinstance(node, ast.ClassDef) and any(
                ast.unparse(base).endswith(ProviderContract.__name__) for base in node.bases
            )
            if derived:
                yield ast.unparse(node)


def test_each_adapter_keeps_the_contract() -> None:
    """There is a class of contract tests for it."""
    sources = list(contract_tests())

    assert [name for name in ADAPTERS if not any(name in source for source in sources)] == []


def said(kind: type[Adapter], constant: str, field: str) -> Any:
    """What a class says of itself; of one that each instance describes, the default."""
    described = fields_dict(kind)
    return described[field].default if field in described else vars(kind)[constant]


@pytest.mark.parametrize("name", ADAPTERS)
def test_each_adapter_is_described(name: str) -> None:
    """It has a name for URLs, one for people, capabilities and something to know about it."""
    kind = getattr(providers, name)

    assert kind.__doc__
    assert re.fullmatch("[a-z][a-z0-9_-]*", said(kind, "name", "name"))
    assert kind.vendor
    can = said(kind, "capabilities", "abilities")
    assert isinstance(can, Capabilities)
    assert can.notes.endswith(".")


@pytest.mark.parametrize("name", ADAPTERS)
def test_each_adapter_is_short(name: str) -> None:
    """It translates and does nothing else: at most 250 lines."""
    source = inspect.getsource(import_module(getattr(providers, name).__module__))

    assert len(source.splitlines()) <= 250


@pytest.mark.parametrize("name", ADAPTERS)
def test_no_adapter_shows_a_secret(name: str) -> None:
    """A field whose name tells of a secret is not in the repr."""
    telling = ("secret", "token", "password", "private")
    for attribute in getattr(providers, name).__attrs_attrs__:
        if any(word in attribute.name for word in telling):
            assert not attribute.repr, attribute.name


@pytest.mark.parametrize("name", ADAPTERS)
def test_what_callbacks_are_proved_by_is_asked_for(name: str) -> None:
    """Who leaves it out by mistake would believe no callback, and miss each STOP."""
    for each in getattr(providers, name).__attrs_attrs__:
        proves = each.converter is secrets or each.name == "topic_arns"
        if proves and not each.name.startswith("older_"):
            assert each.default is NOTHING, each.name


@pytest.mark.parametrize("name", ADAPTERS)
def test_each_adapter_tells_what_proves_its_callbacks(name: str) -> None:
    """Otherwise practices that share an account could not share an address for callbacks."""
    kind = getattr(providers, name)
    made, told = object.__new__(kind), set()
    for each in kind.__attrs_attrs__:
        listed = each.converter is secrets or each.name == "topic_arns"
        if listed or each.name in kind.proved_by:
            object.__setattr__(made, each.name, (each.name,) if listed else each.name)
            told.add(each.name)
    if kind is HttpGateway:
        object.__setattr__(made, "proof", HeaderToken(header="X-Token", tokens=["proof"]))
        told.add("proof")

    assert told
    assert set(made.callback_proofs) == told


def test_adapters_have_names_of_their_own() -> None:
    """Records and URLs tell them apart."""
    names = [said(getattr(providers, each), "name", "name") for each in ADAPTERS]

    assert len(names) == len(set(names)) > 0
