"""The words that patients agree to, by medium: each says all that CTIA 5.1.1 asks for.

Who texts, what about, how often, at which number, that texts are automated, that rates may apply,
how to stop and get help, where terms and privacy policy stand, and that nobody has to agree:
47 CFR 64.1200(f)(9), CTIA Messaging Principles (May 2023) 5.1.1 and 5.1.2.1. Whoever is asked in
another language than English is asked all of it in that one.
"""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from compliant_sms.consent import SignatureKind, Wording, WrittenAgreement
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._words import ENGLISH, LANGUAGES, words_in
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.templates import sender_name


@frozen(kw_only=True)
class Legal:
    """Where a practice's terms and its privacy policy stand."""

    terms_url: str
    privacy_url: str

    @property
    def line(self) -> str:
        """Both, as one line of English."""
        return self.line_in(ENGLISH)

    def line_in(self, language: str) -> str:
        """Both, as one line of a form."""
        return self._put_into(words_in(language).legal)

    def by_text(self, language: str) -> str:
        """Both, as one line of a text."""
        return self._put_into(words_in(language).legal_by_text)

    def _put_into(self, line: str) -> str:
        return line.format(terms=self.terms_url, privacy=self.privacy_url)


def box(programme: Programme, practice: Practice, language: str = ENGLISH) -> str:
    """What stands beside a box on a form, in words.

    Args:
        programme: what it is for.
        practice: who asks.
        language: of the words, also of the functions below; English where the programme is not
            translated into it.
    """
    spoken = programme.spoken(language)
    return _said(words_in(spoken).box, programme, practice.name, spoken)


def shown_on_form(
    programme: Programme, practice: Practice, legal: Legal, language: str = ENGLISH
) -> Wording:
    """All that a patient reads on a form of a programme, as it goes on record."""
    spoken = programme.spoken(language)
    text = f"{box(programme, practice, spoken)}\n{legal.line_in(spoken)}"
    return Wording(text=text, version=programme.version)


def language_of_form(text: str) -> str | None:
    """The language of what :func:`shown_on_form` gave; None for words that are not the library's.

    Args:
        text: as it is on record, whatever the programme said of itself at the time.
    """
    return next((each for each in LANGUAGES if any(e in text for e in _ends_in(each))), None)


def _ends_in(language: str) -> list[str]:
    """What stands in each box behind what a programme says of itself."""
    return [each.rpartition("{often} ")[2] for each in words_in(language).box]


def script(programme: Programme, practice: Practice, language: str = ENGLISH) -> Wording:
    """What somebody reads out who asks a patient, and then records the answer."""
    spoken = programme.spoken(language)
    text = _said(words_in(spoken).script, programme, practice.name, spoken)
    return Wording(text=text, version=programme.version)


def question(
    programme: Programme, practice: Practice, legal: Legal, language: str = ENGLISH
) -> Wording:
    """The text that asks: the call to action, to be answered by YES."""
    spoken = programme.spoken(language)
    words = words_in(spoken)
    asked = _said(words.question, programme, sender_name(practice), spoken)
    often = programme.frequency_in(spoken)
    return Wording(
        text=f"{asked} {often} {words.ends} {legal.by_text(spoken)}", version=programme.version
    )


def welcome(
    programmes: Sequence[Programme],
    practice: Practice,
    language: str = ENGLISH,
    *,
    details: bool = False,
) -> str:
    """The first text after an opt-in, which confirms it. CTIA 5.1.2.1.

    Args:
        programmes: what was agreed to.
        practice: with whom.
        language: ISO 639-1.
        details: health details were asked for too: whoever did not has to be told.
    """
    [*spoken] = {each.spoken(language) for each in programmes}
    one = spoken[0] if len(spoken) == 1 else ENGLISH
    words, about = words_in(one), "; ".join(each.about_in(one) for each in programmes)
    return words.welcome.format(
        name=sender_name(practice),
        about=about + (words.with_details if details else ""),
        often=" ".join(dict.fromkeys(each.frequency_in(one) for each in programmes)),
    )


def by_reply(practice: Practice, number: PhoneNumber) -> WrittenAgreement:
    """The elements of written consent where somebody says yes to :func:`question`.

    A reply by text signs: 47 CFR 64.1200(f)(9)(ii); 15 U.S.C. 7001.

    Args:
        practice: who asked.
        number: which number was asked, and answered.
    """
    return WrittenAgreement(
        seller=sender_name(practice),
        number=number,
        signature=SignatureKind.TEXT_REPLY,
        authorises_automated_marketing=True,
        not_a_condition_of_purchase=True,
        clear_and_conspicuous=True,
    )


def _said(pair: tuple[str, str], programme: Programme, name: str, language: str) -> str:
    care, marketing = pair
    words = marketing if programme.marketing else care
    about, often = programme.about_in(language), programme.frequency_in(language)
    return words.format(name=name, about=about, often=often)
