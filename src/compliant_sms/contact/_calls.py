"""Missed calls, and the text back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.classification import Purpose
from compliant_sms.clock import as_utc
from compliant_sms.consent import Wording
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.lint import Severity, lint
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.practice import Practice
from compliant_sms.templates import dialed, sender_name

_ENGLISH = "en"
_LONGEST = 200
# Letters of GSM-7 alone, so that it is one segment; 911, because a call may be urgent.
_WORDS = {
    "en": "{practice}: sorry we missed your call. Reply here, or call {phone}. In an emergency "
    "call 911. Reply STOP to opt out.",
    "es": "{practice}: no pudimos atender su llamada. Responda aqui o llame al {phone}. "
    "Emergencias: 911. Responda STOP para no recibir mensajes.",
    "fr": "{practice} : appel manqué, désolés. Répondez ici ou appelez le {phone}. "
    "Urgences : 911. Répondez STOP pour ne plus recevoir de SMS.",
}


def _given_words(value: Mapping[str, str]) -> Mapping[str, str]:
    instead = "texts by language, for example {'en': 'Lakeside: sorry we missed your call.'}"
    _given.a_kind(value, Mapping, "words", instead)
    _given.each_of([*value, *value.values()], str, "words", instead)
    by_language = {_given.primary(tag): words for tag, words in value.items()}
    if len(by_language) < len(value):
        given = ", ".join(sorted(map(repr, value)))
        msg = (
            f"words has two texts in one language, among {given}: of a tag such as 'es-MX' the "
            "language alone counts. Leave one out."
        )
        raise InvalidInput(msg)
    if _ENGLISH not in by_language:
        msg = f"words has no text in English, the fallback for other languages: pass {instead}"
        raise InvalidInput(msg)
    return MappingProxyType(by_language)


def _some_time(_: object, attribute: Attribute[timedelta], value: timedelta) -> None:
    _given.a_kind(value, timedelta, attribute.name, "a timedelta")
    if not timedelta(0) < value <= timedelta(days=1):
        msg = f"{attribute.name} must be more than nothing, and at most a day"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class MissedCalls:
    """Settings for answering missed calls by text. Without them none is answered.

    Args:
        words: the text by language, the same for everybody; by default the library's own words. Of
            a tag such as ``"es-MX"`` only the language counts. ``{practice}`` and ``{phone}``
            stand for name and number.
        within: how long after the call a text still makes sense. One that could only go later,
            because of the night for example, is cancelled.

    Raises:
        InvalidInput: an argument is invalid.
    """

    words: Mapping[str, str] = field(default=_WORDS, converter=_given_words)
    within: timedelta = field(default=timedelta(hours=12), validator=_some_time)

    def body(self, practice: Practice, language: str | None = None) -> str:
        """Return the text in a language, or in English if there is none in it.

        Args:
            practice: the practice that texts.
            language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47).
        """
        spoken = _given.primary(language or _ENGLISH)
        words = self.words.get(spoken, self.words[_ENGLISH])
        named = words.replace("{practice}", sender_name(practice))
        return named.replace("{phone}", dialed(practice.phone))

    def refuse_bad_copy(self, practice: Practice) -> None:
        """Refuse words that the copy lint refuses.

        Raises:
            ConfigurationError: the lint refuses them; the message says why.
        """
        for language in self.words:
            found = lint(
                self.body(practice, language), Purpose.MISSED_CALL_TEXT_BACK, practice=practice
            )
            wrong = [each.words for each in found if each.severity is Severity.ERROR]
            if wrong:
                msg = f"the text after a missed call ({language}): {' '.join(wrong)}"
                raise ConfigurationError(msg)


@frozen(kw_only=True)
class SpokenOffer:
    """An offer of a text that a caller heard and accepted.

    Args:
        wording: what the caller heard, word for word, including how to accept, for example "Press
            1 and we text you at the number that you call from."
        recorded_by: who or what heard the caller accept, for example ``"phone-menu:main"``.

    Raises:
        InvalidInput: one of them is missing.
    """

    wording: Wording = field(validator=_given.kind(Wording, "Wording(text=..., version=...)"))
    recorded_by: str = field()

    @recorded_by.validator
    def _somebody(self, _: Attribute[str], value: object) -> None:
        _given.a_text(value, "recorded_by")
        if self.wording is None or not self.recorded_by.strip():
            msg = "an accepted offer needs its wording, and who or what heard the caller accept"
            raise InvalidInput(msg)


def _instant(value: datetime) -> datetime:
    return as_utc(value, "at")


@frozen(kw_only=True)
class MissedCall:
    """A missed call.

    Args:
        from_: the caller's number.
        call_id: the phone system's id of the call.
        at: when it came (aware).
        person: your id of the patient, if you know who called.
        accepted_offer: the offer that the caller accepted, if any.

    Raises:
        InvalidInput: an argument is invalid.
        InvalidPhoneNumber: the caller hid the number, or it is not a phone number.
    """

    from_: PhoneNumber = field(converter=as_number)
    call_id: str = field()
    at: datetime = field(converter=_instant)
    person: str | None = field(default=None, validator=_given.kind(str, _given.A_TEXT))
    accepted_offer: SpokenOffer | None = field(
        default=None, validator=_given.kind(SpokenOffer, "a SpokenOffer, or None")
    )

    @call_id.validator
    def _usable(self, _: Attribute[str], value: object) -> None:
        _given.a_text(value, "call_id")
        if not self.call_id.strip() or len(self.call_id) > _LONGEST:
            msg = f"call_id is the phone system's id of the call, 1 to {_LONGEST} characters"
            raise InvalidInput(msg)
