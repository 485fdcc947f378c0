"""What carriers and the industry ask. CTIA Messaging Principles (May 2023); carriers' codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from attrs import evolve

from compliant_sms.classification import MessageClass, Purpose
from compliant_sms.practice import Campaign
from compliant_sms.rules._decision import Finding, allow, block, hold
from compliant_sms.rules._facts import Facts, OptOutShown
from compliant_sms.rules._in_force import InForce
from compliant_sms.rules.rows import CarrierCap, OptInElement, Shortener
from compliant_sms.text import is_public_shortener, within


def opt_out_line(facts: Facts, _: InForce) -> Iterator[Finding]:
    """Told when the renderer added the line; a missing one is never a reason to refuse."""
    if facts.readings.opt_out is OptOutShown.APPENDED:
        yield allow(
            "opt-out-line",
            "opt-out-line-appended",
            "The text did not say how to opt out, so that was added at its end.",
            "CTIA Messaging Principles (May 2023), 5.1.2.1, 5.1.3",
        )


def practice_name(facts: Facts, _: InForce) -> Iterator[Finding]:
    """A promotion names who sends it. 47 CFR 64.1200(d)(4)."""
    if facts.readings.names_sender:
        return
    if facts.message_class is MessageClass.MARKETING:
        yield block(
            "practice-name",
            "practice-name-missing",
            "The text does not name the practice.",
            "47 CFR 64.1200(d)(4)",
            "Begin the text with the practice's name, or add the name in it to also_known_as.",
        )
    elif facts.message_class is MessageClass.TRANSACTIONAL and facts.reply is None:
        yield allow(
            "practice-name",
            "practice-name-missing",
            "The text does not name the practice; the patient may not know who writes.",
            "library policy",
        )


def two_way_replies(facts: Facts, _: InForce) -> Iterator[Finding]:
    """Where nobody can reply, each text says so and tells another way out.

    47 CFR 64.1200(a)(10).
    """
    told = facts.readings.no_reply and facts.readings.other_opt_out
    if not facts.sender.takes_replies and not told:
        yield block(
            "two-way-replies",
            "two-way-unavailable-without-disclosure",
            "This way of sending takes no replies, and the text does not both say so and tell "
            "another way to opt out.",
            "47 CFR 64.1200(a)(10)",
            "Say that replies do not arrive, and how else to opt out; or send from a number that "
            "takes replies.",
        )


def link_shortener(facts: Facts, law: InForce) -> Iterator[Finding]:
    """Links go to hosts of the sender's own, never through a public shortener. CTIA 5.3.2."""
    if not facts.readings.links:
        return
    public = frozenset(host for row in law.rows(Shortener) for host in row.domains)
    for link in facts.readings.links:
        if is_public_shortener(link.host, public):
            yield block(
                "link-shortener",
                "public-url-shortener",
                f"The link at {link.start}-{link.end} goes through a public shortener.",
                "CTIA Messaging Principles (May 2023), 5.3.2; carriers' codes of conduct",
                "Use the full link, or a short host of the practice's own.",
            )
        elif any(within(link.host, own.lower()) for own in facts.sender.link_domains):
            yield allow(
                "link-shortener",
                "dedicated-domain",
                f"The link at {link.start}-{link.end} goes to a host of the practice's own.",
                "CTIA Messaging Principles (May 2023), 5.3.2",
            )


_ELEMENTS = {
    "program_name": ("program-name-missing", "who texts"),
    "customer_care_or_help": ("customer-care-missing", "how to get help"),
    "opt_out_instructions": ("opt-out-missing", "how to opt out"),
    "frequency_and_recurring": ("frequency-missing", "how often texts come"),
    "fees_notice": ("fees-missing", "that rates may apply"),
}


def opt_in_confirmation(facts: Facts, law: InForce) -> Iterator[Finding]:
    """The first text after an opt-in to recurring texts says five things. CTIA 5.1.2.1."""
    if facts.purpose != Purpose.OPT_IN_CONFIRMATION:
        return
    readings = facts.readings
    said = {
        "program_name": readings.names_sender,
        "customer_care_or_help": readings.help or readings.contact,
        "opt_out_instructions": readings.opt_out is not OptOutShown.NO,
        "frequency_and_recurring": readings.frequency,
        "fees_notice": readings.fees,
    }
    missing = [
        row
        for row in law.rows(OptInElement)
        if not said.get(row.element, True) and (facts.sender.recurring or not row.recurring_only)
    ]
    for row in missing:
        code, words = _ELEMENTS[row.element]
        yield block(
            "opt-in-confirmation",
            code,
            f"The confirmation of an opt-in does not say {words}.",
            row.source,
            f"Say {words}.",
        )
    if not missing:
        yield allow(
            "opt-in-confirmation",
            "complete-opt-in-confirmation",
            "The confirmation says everything that it must.",
            "CTIA Messaging Principles (May 2023), 5.1.2.1",
        )


def carrier_cap(facts: Facts, law: InForce) -> Iterator[Finding]:
    """What carriers take from a 10DLC registration; what is over waits for their next day."""
    campaign = facts.sender.campaign
    if campaign is None or facts.message_class is MessageClass.EMERGENCY:
        return
    for row in _binding(law.rows(CarrierCap), campaign):
        used = (
            facts.sent.segments_today if row.per == "brand-day" else facts.sent.segments_this_minute
        )
        # What is too long by itself gains nothing by waiting.
        if used and used + facts.readings.segments > row.segments:
            yield hold(
                "carrier-cap",
                "carrier-cap",
                f"{row.carrier} takes {row.segments} segments a "
                f"{row.per.rpartition('-')[2]} under this registration, and they are used up.",
                row.source,
                until=_reset(facts.at, row),
            )


def segments_a_minute(campaign: Campaign, law: InForce) -> int | None:
    """The least that any carrier takes from the campaign in a minute; None where none says."""
    rows = _binding(law.rows(CarrierCap), campaign)
    return min((row.segments for row in rows if row.per == "campaign-minute"), default=None)


def counted_anew(facts: Facts, at: datetime, law: InForce) -> Facts:
    """The facts at a later instant, without counts of days and minutes that are over by then."""
    sent = facts.sent
    if sent.segments_today is None and sent.segments_this_minute is None:
        return evolve(facts, at=at)
    running = {row.per for row in law.rows(CarrierCap) if at < _reset(facts.at, row)}
    left = evolve(
        sent,
        segments_today=sent.segments_today if "brand-day" in running else None,
        segments_this_minute=sent.segments_this_minute if "campaign-minute" in running else None,
    )
    return evolve(facts, at=at, sent=left)


def _binding(rows: tuple[CarrierCap, ...], campaign: Campaign) -> Iterator[CarrierCap]:
    """The rows of a campaign's use case, and those of its score where a carrier has no such row."""
    own = {(r.carrier, r.per) for r in rows if r.use_case and r.use_case == campaign.use_case}
    for row in rows:
        fits = row.use_case == campaign.use_case if row.use_case else _has_score(row, campaign, own)
        if fits:
            yield row


def _has_score(row: CarrierCap, campaign: Campaign, own: set[tuple[str, str]]) -> bool:
    # A brand that nobody vetted counts as one with the lowest score.
    score = max(campaign.vetting_score or 0, 1)
    lowest, highest = row.score_from or score, row.score_to or score
    return (row.carrier, row.per) not in own and lowest <= score <= highest


def _reset(at: datetime, row: CarrierCap) -> datetime:
    if row.per == "campaign-minute":
        return at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    zone = ZoneInfo(row.resets or "UTC")
    day = at.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(0), zone).astimezone(UTC)
