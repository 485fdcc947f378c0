"""What leaves in place of a text that tells more than its recipient's tier allows."""

from __future__ import annotations

from attrs import evolve, field, frozen

from compliant_sms import phi
from compliant_sms.consent import PhiPreference
from compliant_sms.flows._deciding._link_tokens import without_tokens
from compliant_sms.messages import Draft
from compliant_sms.people import PatientFacts, Profile
from compliant_sms.phi import (
    OWN_NAME,
    ContentTier,
    PhiFinding,
    Sensitivity,
    allowed_tier,
    beyond,
)
from compliant_sms.practice import PhiMode, Practice
from compliant_sms.rules import Readings, care_of, read
from compliant_sms.templates import neutral_notice, notice_language, sender_name

_OTHER_HOST = "practice.example"  # RFC 2606
_TOKEN = "0" * 22


@frozen(kw_only=True)
class Instead:
    """Another text for one that tells too much.

    Attributes:
        allowed: how much its recipient may be told.
        body: what the patient reads.
        readings: of that body; what the text is about is that of the text as given.
        needs_link: the link in it stands for one that somebody has yet to make.
    """

    allowed: ContentTier
    body: str = field(repr=False)
    readings: Readings
    needs_link: bool = False

    def serves(self, preference: PhiPreference) -> bool:
        """Whether it tells no more than a recipient with that wish may be told."""
        return self.allowed <= allowed_tier(preference)


def patient_of(profile: Profile) -> PatientFacts | None:
    """What is known of the patient, so that it is found in a text."""
    facts, born = profile.facts, profile.birth_date
    if born is None or (facts is not None and facts.birth_date is not None):
        return facts
    return evolve(facts or PatientFacts(), birth_date=born)


def tells_too_much(
    plain: Readings, preference: PhiPreference, care: Sensitivity
) -> tuple[PhiFinding, ...]:
    """What in a text needs more than its recipient's wish allows."""
    return beyond(plain.phi, allowed_tier(preference), care)


def instead_of(
    draft: Draft, plain: Readings, practice: Practice, profile: Profile, preference: PhiPreference
) -> Instead | None:
    """The text that leaves in place of a draft, by the practice's way; None if none does."""
    too_much = tells_too_much(plain, preference, care_of(draft.purpose, profile))
    withheld = Withheld(plain=plain, practice=practice, profile=profile, findings=too_much)
    if draft.secure:
        return withheld.notice_without_link()
    if practice.phi is PhiMode.REDACT:
        # The practice's own name stays, for the rules to refuse: a text must say who sends it.
        too_much = tuple(f for f in too_much if not f.rule.startswith(OWN_NAME))
        withheld = evolve(withheld, findings=too_much)
    if not too_much or practice.phi is PhiMode.BLOCK:
        return None
    if practice.phi is PhiMode.REDACT:
        return withheld.redacted(draft.body, preference)
    return withheld.notice_without_link()


@frozen(kw_only=True)
class Withheld:
    """What a text tells beyond what its recipient may be told, and what can be said instead.

    Attributes:
        plain: what was read in the text as given.
        practice: who sends it.
        profile: what the host knows of the person.
        findings: what is withheld.
    """

    plain: Readings = field(repr=False)
    practice: Practice = field(repr=False)
    profile: Profile = field(repr=False)
    findings: tuple[PhiFinding, ...]

    def redacted(self, body: str, preference: PhiPreference) -> Instead:
        """The text without what is withheld."""
        # An address of what goes along cannot be redacted: the rules refuse such a text.
        inside = tuple(f for f in self.findings if f.end <= len(body))
        without = phi.without(body, inside, language=self.plain.language)
        readings = self._read(without, PhiMode.REDACT)
        return Instead(allowed=allowed_tier(preference), body=without, readings=readings)

    def notice_without_link(self) -> Instead:
        """The notice, as long as it will be, before anybody made its link."""
        domains = self.practice.link_domains
        link = f"https://{domains[0] if domains else _OTHER_HOST}/{_TOKEN}"
        return evolve(self.notice(link), needs_link=True)

    def notice(self, link: str) -> Instead:
        """The notice with a link, in the language of its reader; it tells nobody anything."""
        name = sender_name(self.practice)
        language = notice_language(self.profile.language, self.plain.language)
        # As long as it is, so that what is read stands where it does.
        meant = neutral_notice(name, without_tokens(link), language=language)
        readings = evolve(self._read(meant, PhiMode.NOTICE), language=language)
        body = neutral_notice(name, link, language=language)
        return Instead(allowed=ContentTier.MINIMUM, body=body, readings=readings)

    def _read(self, body: str, by: PhiMode) -> Readings:
        # What it is for does not change with its words: a promotion behind a link is one.
        return evolve(
            read(body, self.practice, patient_of(self.profile)),
            content=self.plain.content,
            phrases=self.plain.phrases,
            financial=self.plain.financial,
            language=self.plain.language,
            media=self.plain.media,
            withheld=self.findings,
            withheld_by=by,
        )
