"""A kind of texts that patients agree to as one thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from attrs import Attribute, Factory, field, frozen

from compliant_sms import _given
from compliant_sms.consent import Category, Tier
from compliant_sms.consent._words import checked_categories
from compliant_sms.errors import InvalidInput
from compliant_sms.permission._edition import Edition, as_editions, supersedes_in_substance
from compliant_sms.permission._fields import by_language, one_line, slug
from compliant_sms.permission._frequency import Frequency
from compliant_sms.permission._keyword import as_keyword
from compliant_sms.permission._words import ENGLISH, words_in
from compliant_sms.text import notices

_VARIES = words_in(ENGLISH).varies


def _samples(given: Iterable[str]) -> tuple[str, ...]:
    found = () if isinstance(given, str) else tuple(given)
    if isinstance(given, str) or not all(isinstance(each, str) and each.strip() for each in found):
        msg = "samples are texts in a list, as patients get them, and none is empty"
        raise InvalidInput(msg)
    return found


def _says_how_often(of: object, attribute: Attribute[Any], value: str | Frequency) -> None:
    if isinstance(value, Frequency):
        return
    one_line(of, attribute, value)
    if not notices(value, names=(), phone_digits="", own_hosts=()).frequency:
        msg = (
            "frequency must say that texts recur, or how often they come, for example 'Message "
            "frequency varies.' or Frequency(4, per='month'), which is kept too (CTIA Messaging "
            "Principles 5.1.2.1)"
        )
        raise InvalidInput(msg)


def _a_line_or_none(of: object, attribute: Attribute[str], value: str) -> None:
    if value:
        one_line(of, attribute, value)


@frozen(kw_only=True)
class Translation:
    """A programme's own words in another language than English.

    Args:
        about: what its texts are about, as it continues "mensajes sobre" in Spanish and
            "SMS concernant" in French, for example ``"citas y atención médica"``, without
            "sus" or "vos", as in English.
        frequency: how often its texts come, as a sentence; required if the programme has its own
            sentence for it.

    Raises:
        InvalidInput: one of them is not a line that fits into a sentence.
    """

    about: str = field(validator=one_line)
    frequency: str = field(default="", validator=[_given.text, _a_line_or_none])


def _translations(given: Mapping[str, Translation]) -> Mapping[str, Translation]:
    return by_language(given, Translation, "translations")


def _promotes(programme: Programme) -> bool:
    return Category.PROMOTIONS in programme.categories


@frozen(kw_only=True)
class Programme:
    """A kind of texts that patients agree to as a whole: CTIA's "program".

    Args:
        id: its short name on record and in forms, for example ``"reminders"``.
        about: what its texts are about, as it continues "texts about", for example
            ``"appointments and care"``. Leave out "your", "my" and "our": on the form the patient
            says it ("may send me texts about ..."), elsewhere the practice. A registration reports
            such words as a problem.
        categories: what a consent to it covers.
        editions: the editions of its words, oldest first; one version is enough to begin with.
        frequency: how often its texts come: a :class:`Frequency`, which is told to patients in
            each language and enforced, or a sentence, which is only told.
        keyword: the word that a patient can text to ask for it, for example ``"DEALS"``; empty for
            none.
        marketing: whether it needs written consent, 47 CFR 64.1200(a)(2). Promotions always do;
            for your own categories, say so here.
        samples: its texts as patients get them, for registrations; by default from templates.
        translations: its own words in Spanish (``"es"``) and French (``"fr"``), so that patients
            can be asked in them. An edition is the same in all languages: patients who agreed on a
            web form to a translation that is changed within an edition must be asked again, as when
            the English words change without a new edition. Removing a translation asks nobody
            again.

    Raises:
        InvalidInput: something cannot be used; promotions are mixed with other texts, so that
            nobody could have one without the other; or the keyword already means something.
    """

    id: str = field(validator=slug)
    about: str = field(validator=one_line)
    categories: tuple[str, ...] = field(converter=checked_categories)
    editions: tuple[Edition, ...] = field(converter=as_editions)
    frequency: str | Frequency = field(default=_VARIES, validator=_says_how_often)
    keyword: str = field(default="", converter=as_keyword)
    marketing: bool = field(default=Factory(_promotes, takes_self=True))
    samples: tuple[str, ...] = field(default=(), converter=_samples)
    translations: Mapping[str, Translation] = field(
        factory=dict, converter=_translations, hash=False
    )

    def __attrs_post_init__(self) -> None:
        """Refuse a programme that bundles, or that sells without saying so."""
        _given.yes_or_no(self.marketing, "marketing")
        promotes = Category.PROMOTIONS in self.categories
        bundled = promotes and len(self.categories) > 1
        others = {*Category} - {Category.PROMOTIONS}
        if not self.categories or bundled or (self.marketing and others & {*self.categories}):
            msg = (
                "a programme has at least one category, and marketing stands alone: who wants "
                "reminders must not have to take promotions (47 CFR 64.1200(f)(9)(i)(B))"
            )
            raise InvalidInput(msg)
        if promotes and not self.marketing:
            msg = "promotions need written permission: leave marketing out, or pass True"
            raise InvalidInput(msg)
        for language, told in self.translations.items():
            self._tells_as_much(language, told)

    def _tells_as_much(self, language: str, told: Translation) -> None:
        """Refuse a translation that leaves out how often texts come, or says it otherwise."""
        if isinstance(self.frequency, Frequency):
            if told.frequency:
                msg = (
                    f"the programme's frequency is said in '{language}' too, by the library: "
                    "leave that of the translation out, or one could say something else"
                )
                raise InvalidInput(msg)
            return
        if told.frequency:
            found = notices(told.frequency, names=(), phone_digits="", own_hosts=())
            tells = found.frequency
        else:
            tells = self.frequency == _VARIES
        if not tells:
            msg = (
                f"the translation into '{language}' must say how often texts come, as the "
                f'programme does, for example frequency="{words_in(language).often}"'
            )
            raise InvalidInput(msg)

    @property
    def tier(self) -> Tier:
        """How strong a consent its texts need."""
        return Tier.PRIOR_EXPRESS_WRITTEN if self.marketing else Tier.PRIOR_EXPRESS

    @property
    def version(self) -> str:
        """What a consent to its words of today has as ``wording.version``."""
        return f"{self.id}/{self.editions[-1].version}"

    def spoken(self, language: str) -> str:
        """The language in which it is asked for: English, where it is not translated.

        Args:
            language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47).
        """
        wanted = _given.primary(language)
        return wanted if wanted in self.translations else ENGLISH

    def about_in(self, language: str) -> str:
        """What its texts are about, in a language of :meth:`spoken`."""
        told = self.translations.get(language)
        return told.about if told else self.about

    def frequency_in(self, language: str) -> str:
        """How often its texts come, likewise."""
        if isinstance(self.frequency, Frequency):
            return self.frequency.words_in(language)
        told = self.translations.get(language)
        if told is None:
            return self.frequency
        return told.frequency or words_in(language).varies

    def is_its_own(self, version: str) -> bool:
        """Whether a version on record is one of this programme's, in whatever edition."""
        return version.partition("/")[0] == self.id and "/" in version

    def is_outdated(self, version: str) -> bool:
        """Whether its words have changed in substance since the edition of that version."""
        return supersedes_in_substance(self.editions, version.partition("/")[2])
