"""Facts from what a vector gives. What it does not mention passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from attrs import field, frozen

from compliant_sms import rules
from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    ConsentState,
)
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.rules import (
    CandidateState,
    CandidateZone,
    Facts,
    PastText,
    Rulebook,
    Sender,
    SentBefore,
    Settings,
)
from compliant_sms.waiver import Waiver
from vectors._given import Given, a_day, an_instant
from vectors._words import CLASSES, sender_kind_of

__all__ = [
    "OAK",
    "Question",
    "changed",
    "days_of",
    "facts",
    "instant",
    "names",
    "past_texts",
    "rulebook",
    "sender",
    "whereabouts",
]

OAK = Practice(
    name="Oak Dental", phone="+12125550177", time_zone="America/New_York", state="NY", id="oak"
)


# What says nothing of where its holder is.
_TOLL_FREE = "8335550134"
_LATELY = timedelta(days=30)


def names(values: Iterable[str]) -> frozenset[str]:
    """Each once."""
    return frozenset(values)


@frozen(kw_only=True)
class Question:
    """What is asked: of which rules, about which facts, and what "nothing against it" means."""

    facts: Facts
    ask: tuple[str, ...]
    otherwise: frozenset[str] = field(converter=names)
    book: Rulebook


def instant(given: Given) -> datetime:
    """The instant of the decision."""
    return an_instant(given("now", "send_at", "at", default="2026-11-24T16:00:00Z"))


def facts(given: Given, purpose: Purpose, state: ConsentState, **more: Any) -> Facts:
    """The facts of a text; any of them can be replaced."""
    number, zones, states, country = whereabouts(given)
    known: dict[str, Any] = {
        "at": instant(given),
        "purpose": purpose,
        "number": number,
        "consent": state,
        "zones": zones,
        "states": states,
        "country": country,
        "recipient": Profile(**days_of(given, instant(given).date())),
        "sender": sender(given),
    }
    return Facts(**(known | more))


def whereabouts(
    given: Given,
) -> tuple[PhoneNumber, tuple[CandidateZone, ...], tuple[CandidateState, ...], str | None]:
    """The number, and what it and the record say of where its holder is (P-TZ-1, P-ST-1)."""
    person = given.part("recipient")
    code, number = person("area_code"), person("number", "phone", default=given("to"))
    number = PhoneNumber(number or f"+1{f'{code}5550134' if code else _TOLL_FREE}")
    told = [person("timezone", "time_zone", "address_timezone"), *(person("timezones") or [])]
    zones = [CandidateZone(name, "profile") for name in told if name]
    told_state = person("state", "address_state"), given("patient_state")
    listed = [*(person("states") or []), *told_state]
    states = [CandidateState(state, "profile") for state in listed if state]
    found = Rulebook().whereabouts(number)
    if not zones and not found.zones:  # a state is all that is known
        zones = [*dict.fromkeys(zone for each in states for zone in _zones_of(number, each.code))]
    zones += [zone for zone in found.zones if zone.name not in {each.name for each in zones}]
    states += [state for state in found.states if state.code not in {s.code for s in states}]
    country = found.country or ("US" if states or zones else None)
    return number, tuple(zones), tuple(states), country


def _zones_of(number: PhoneNumber, state: str) -> tuple[CandidateZone, ...]:
    return Rulebook().whereabouts(number, Profile(state=state)).zones


def days_of(given: Given, today: date) -> dict[str, Any]:
    """What makes, keeps and ends a business relationship."""
    bought = a_day(given("last_transaction_on", "last_transaction_at"))
    if given("established_business_relationship", "existing_relationship", "ebr"):
        bought = bought or today - _LATELY
    return {
        "last_transaction_on": bought,
        "last_inquiry_on": a_day(given("last_inquiry_on", "last_inquiry_at")),
        "do_not_call_on": a_day(given("internal_dnc_request_on", "internal_dnc_request_at")),
        "personal_relationship": bool(given("personal_relationship")),
    }


def sender(given: Given, **more: Any) -> Sender:
    """Who texts."""
    kind = given("sender_type")
    known: dict[str, Any] = {
        "name": given("sender", default=OAK.name),
        "kind": sender_kind_of(kind),
        "tax_exempt_nonprofit": "nonprofit" in (kind or "") or bool(given("tax_exempt_nonprofit")),
        "business_associate": given("provider_baa_signed", "baa_signed", default=True),
    }
    return Sender(**(known | more))


def past_texts(given: Given, *, subject: str = "") -> SentBefore:
    """What went there before, calls included; of the same subject where a text names none."""
    texts = []
    for text in given.parts("history"):
        text("channel")  # texts and calls count alike (P-FC-1)
        texts.append(
            PastText(
                at=an_instant(text("at")),
                message_class=CLASSES[text("message_class", default="informational")],
                subject=text("subject", default=subject),
                exempt=text("basis") == "healthcare_exemption",
            )
        )
    return SentBefore(texts=tuple(texts))


def rulebook(given: Given, *overrides: rules.Override, exemption: bool = False) -> Rulebook:
    """The rules under the policy of the vector, or else under the default ones."""
    policy = given.part("policy")
    chosen: dict[str, Any] = {"healthcare_exemption": exemption}
    if "courtesy_window" in policy:
        hours = policy("courtesy_window")
        chosen["courtesy_window"] = (
            f"{hours('start')}-{hours('end')}" if isinstance(hours, Given) else hours
        )
    scope = policy("revocation_scope", default="sender_all")
    chosen["revocation_scope"] = _SCOPES[scope]
    chosen["health_care_message_carve_out"] = bool(policy("use_health_care_message_carveout"))
    chosen["send_without_reassigned_data"] = policy("rnd_no_data", default="hold") != "hold"
    return Rulebook(Settings(**chosen), overrides=(*overrides, *_ruleset(policy)))


_SCOPES = {
    "sender_all": rules.RevocationScope.EVERYTHING,
    "category": rules.RevocationScope.CATEGORY,
}


def changed(row: str, **values: Any) -> rules.Override:
    """A row of a pack as the vector has it."""
    why = Waiver(of=row, reason="the vector says so", by="the vector", on=date(2026, 11, 23))
    return rules.Override(row=row, values=values, waiver=why)


def _ruleset(policy: Given) -> Iterator[rules.Override]:
    """FCC 26-67 from the day that the vector sets; the library knows none."""
    since = a_day(policy("fcc_26_67_effective_date", "fcc_26_67_effective_on", "effective_date"))
    if policy("ruleset", "revocation_ruleset", default="fcc-26-67") == "fcc-26-67" and since:
        yield changed("revocation-fcc-26-67", in_force=True, effective_from=since)
