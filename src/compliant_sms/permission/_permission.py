"""How a practice asks for permission: its programmes, form and terms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta
from typing import TypeAlias
from urllib.parse import urlsplit

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.consent import Wording
from compliant_sms.errors import InvalidInput
from compliant_sms.permission._fields import by_language, https_url
from compliant_sms.permission._keyword import keyword_of
from compliant_sms.permission._programme import Programme
from compliant_sms.permission._wordings import Legal
from compliant_sms.permission._words import ENGLISH, LANGUAGES, words_in
from compliant_sms.phone import PhoneNumber

_LONGEST_WAIT = timedelta(days=7)  # as long as an answer is read as one
_SHORTEST_SECRET = 32

HEALTH_DETAILS = words_in(ENGLISH).details


@frozen(kw_only=True)
class Applicant:
    """Who filled in the form, as they wrote it.

    Attributes:
        name: as typed.
        number: the mobile number.
    """

    name: str = field(repr=False)
    number: PhoneNumber


Identify: TypeAlias = Callable[[Applicant], str | Awaitable[str | None] | None]
"""Returns your id of whoever filled in the form, or None if you cannot tell: nothing is recorded.

Return a known patient's id only if your records have that number for them: anybody can type the
patient's name with another number, and their texts would go there. A new id is as good as a known
one. It may be a coroutine function with an ``AsyncMessenger``.
"""


def _programmes(given: Iterable[Programme]) -> tuple[Programme, ...]:
    found = (given,) if isinstance(given, Programme) else tuple(given)
    _given.each_of(found, Programme, "programmes", "Programme(id=..., about=..., ...)")
    ids = {each.id for each in found}
    words = [each.keyword for each in found if each.keyword]
    if not found or len(ids) < len(found) or len(set(words)) < len(words):
        msg = "pass at least one programme, each with an id and a keyword that no other one has"
        raise InvalidInput(msg)
    return found


def _wordings(given: Mapping[str, Wording]) -> Mapping[str, Wording]:
    return by_language(given, Wording, "health_details_translations")


def _a_wait(_: object, attribute: Attribute[timedelta], value: timedelta) -> None:
    _given.a_kind(value, timedelta, attribute.name, "a timedelta")
    if not timedelta(0) < value <= _LONGEST_WAIT:
        msg = f"{attribute.name} must be more than zero and 7 days at most: a later YES may mean "
        msg += "something else"
        raise InvalidInput(msg)


def _long_enough(_: object, attribute: Attribute[bytes], value: bytes) -> None:
    _given.a_kind(value, bytes, attribute.name, "bytes")
    if value and len(value) < _SHORTEST_SECRET:
        msg = f"{attribute.name} must have {_SHORTEST_SECRET} bytes or more, from os.urandom(32)"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Permission:
    """How a practice asks its patients for permission to text.

    Pass it to :class:`compliant_sms.Messenger` as ``permission``. Forms, invitations, keywords and
    registrations are all made from it.

    Args:
        programmes: the kinds of texts that patients agree to, each separately.
        terms_url: the URL of the terms of the texts.
        privacy_url: the URL of the privacy policy. Carriers want it to say that opt-in data is not
            shared.
        form_url: where the form is served, as a patient's browser sees it; empty for no form.
        health_details: the words with which the form offers health details by text, as a separate
            choice (78 FR 5566, 5634); None for no such choice.
        health_details_translations: those words by language, ``"es"`` or ``"fr"``, if they are
            not the library's own.
        identify: returns your id of whoever filled in the form; required for a form.
        answer_within: how long a YES counts as the answer to a question.
        secret: authenticates forms, the same in every process, 32 random bytes or more. By default
            keys from the keyring do; without a keyring, forms are valid in one process only.

    Raises:
        InvalidInput: something cannot be used, or is missing.
    """

    programmes: tuple[Programme, ...] = field(converter=_programmes)
    terms_url: str = field(validator=https_url)
    privacy_url: str = field(validator=https_url)
    form_url: str = field(default="")
    health_details: Wording | None = field(default=HEALTH_DETAILS)
    health_details_translations: Mapping[str, Wording] = field(
        factory=dict, converter=_wordings, hash=False
    )
    identify: Identify | None = field(default=None, repr=False)
    answer_within: timedelta = field(default=_LONGEST_WAIT, validator=_a_wait)
    secret: bytes = field(default=b"", repr=False, validator=_long_enough)

    @health_details.validator
    def _a_wording(self, attribute: Attribute[Wording | None], value: object) -> None:
        _given.a_kind(value, (Wording, type(None)), attribute.name, "a Wording, or None")

    @form_url.validator
    def _served(self, attribute: Attribute[str], value: str) -> None:
        if value:
            https_url(self, attribute, value)

    def __attrs_post_init__(self) -> None:
        """Refuse a form whose consents could not be assigned to a patient."""
        if self.form_url and not callable(self.identify):
            msg = "a form needs identify=..., which returns your id of whoever filled it in"
            raise InvalidInput(msg)

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages of the form, ISO 639-1, English first.

        Every programme is translated into the others, and so are the words about health details:
        nobody should agree to a form that they can only half read.
        """
        return tuple(each for each in LANGUAGES if each == ENGLISH or self._is_translated(each))

    def _is_translated(self, language: str) -> bool:
        details = self.health_details is None or self.health_details_in(language) is not None
        return details and all(each.spoken(language) == language for each in self.programmes)

    def language_for(self, tag: str | None) -> str:
        """The language of the form for a reader; English if it is not translated into theirs.

        Args:
            tag: such as ``"es"`` or ``"es-MX"`` (BCP 47); None if not known.
        """
        wanted = _given.primary(tag or ENGLISH)
        return wanted if wanted in self.languages else ENGLISH

    def health_details_in(self, language: str) -> Wording | None:
        """The words about health details; None if there is no such choice in that language."""
        if self.health_details is None or language == ENGLISH:
            return self.health_details
        own = self.health_details_translations.get(language)
        usual = self.health_details == HEALTH_DETAILS
        return own or (words_in(language).details if usual else None)

    @property
    def legal(self) -> Legal:
        """Where the terms and the privacy policy are."""
        return Legal(terms_url=self.terms_url, privacy_url=self.privacy_url)

    @property
    def origin(self) -> str:
        """Scheme and host of the form, as browsers send them in ``Origin``."""
        return f"https://{urlsplit(self.form_url).netloc}"

    @property
    def form_path(self) -> str:
        """The path of the form's URL."""
        return urlsplit(self.form_url).path

    def programme(self, programme_id: str) -> Programme:
        """The programme with that id.

        Raises:
            InvalidInput: there is none.
        """
        found = self.find(programme_id)
        if found is None:
            msg = f"there is no programme with that id. Pass one of: {', '.join(self._ids())}"
            raise InvalidInput(msg)
        return found

    def find(self, programme_id: str) -> Programme | None:
        """The programme with that id; None if there is none."""
        return next((each for each in self.programmes if each.id == programme_id), None)

    def asked_for_by(self, body: str) -> Programme | None:
        """The programme whose keyword a text consists of."""
        word = keyword_of(body)
        return next((each for each in self.programmes if word and each.keyword == word), None)

    def _ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.programmes)
