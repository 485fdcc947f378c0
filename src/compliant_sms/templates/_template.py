"""A template: approved words with placeholders, and no logic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from hashlib import sha256
from types import MappingProxyType
from typing import ClassVar

import attrs
from attrs import Attribute, field, frozen
from attrs.converters import optional

from compliant_sms import _given, records
from compliant_sms.classification import MessageClass, Purpose, as_purpose
from compliant_sms.errors import InvalidInput, InvalidTemplate
from compliant_sms.lint import LintSettings, Severity
from compliant_sms.optout import Awaiting
from compliant_sms.phi import ContentTier, PhiPreference, Sensitivity, allowed_tier
from compliant_sms.practice import Practice
from compliant_sms.templates._check import (
    STAND_IN,
    Text,
    content_problems,
    given,
    structure_problems,
)
from compliant_sms.templates._fill import fill
from compliant_sms.templates._parts import Approval, Body, Rendered, Variable, Withdrawal
from compliant_sms.templates._problem import TemplateProblem
from compliant_sms.templates._range import segment_range
from compliant_sms.templates._render import filled
from compliant_sms.templates._syntax import NAME, SyntaxProblem, parse, slots
from compliant_sms.text import cost

_NO_WISH = PhiPreference()
_DEFAULTS = LintSettings()


def to_patients(of: object, attribute: Attribute[Purpose], value: Purpose) -> None:
    """Validate a field: a purpose that people may text for."""
    del of, attribute
    if value.message_class is MessageClass.PROTOCOL:
        msg = f"{value.code} is an answer that the library gives itself; it has no template"
        raise InvalidInput(msg)


def _bodies(given: Mapping[str, Body]) -> Mapping[str, Body]:
    instead = "a dict of Body by language, for example {'en': Body(minimum='...')}"
    _given.a_kind(given, Mapping, "bodies", instead)
    _given.each_of([*given], str, "bodies", instead)
    _given.each_of([*given.values()], Body, "bodies", instead)
    return MappingProxyType(dict(given))


def _variables(given: Iterable[Variable]) -> tuple[Variable, ...]:
    _given.each_of(given, Variable, "variables", "a list of Variable")
    return tuple(given)


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class Template:
    """One version of a text with placeholders, checked when it is made.

    Args:
        name: lowercase letters, digits and ``_``, for example ``"appointment_reminder"``.
        version: 1 or more; changed words need a new version.
        purpose: what its texts are for; of the catalogue, its code will do.
        bodies: its texts by language (ISO 639-1); the first is for readers of any other language.
        variables: the placeholders. ``{practice}`` and ``{practice_phone}`` are always available.
        asks: what it asks its reader, so that the answer is read as one: see
            :meth:`compliant_sms.Messenger.send`.
        approved: who approved it; None if nobody has yet.
        withdrawn: who decided that it is no longer used.

    Raises:
        InvalidTemplate: something is wrong with it; ``problems`` lists everything.
        InvalidInput: an argument has the wrong type, or there is no such purpose.
    """

    name: str = field()
    version: int = field()
    purpose: Purpose = field(converter=as_purpose, validator=to_patients)
    bodies: Mapping[str, Body] = field(converter=_bodies)
    variables: tuple[Variable, ...] = field(default=(), converter=_variables)
    asks: Awaiting | None = field(default=None, converter=optional(Awaiting))
    approved: Approval | None = field(
        default=None, validator=_given.kind(Approval, "an Approval, or None")
    )
    withdrawn: Withdrawal | None = field(
        default=None, validator=_given.kind(Withdrawal, "a Withdrawal, or None")
    )

    not_asked: ClassVar[frozenset[str]] = frozenset()
    """Rules for copy that do not apply to it."""
    picked_by_people: ClassVar[bool] = False
    """Nothing but a person sends it."""

    @name.validator
    def _usable(self, _: Attribute[str], value: object) -> None:
        _given.a_text(value, "name")
        if not NAME.fullmatch(self.name):
            msg = (
                "a template's name has lowercase letters, digits and _, and begins with a letter, "
                "for example 'appointment_reminder'"
            )
            raise InvalidInput(msg)

    @version.validator
    def _counted(self, _: Attribute[int], value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            msg = "version of a template must be a whole number, 1 or more"
            raise InvalidInput(msg)

    @bodies.validator
    def _in_languages(self, _: Attribute[Mapping[str, Body]], value: Mapping[str, Body]) -> None:
        if not value or any(tag != _given.primary(tag) or not tag.isalpha() for tag in value):
            msg = "bodies has a Body for each language, by its code (ISO 639-1) such as 'en'"
            raise InvalidInput(msg)

    @variables.validator
    def _once(self, _: Attribute[tuple[Variable, ...]], value: tuple[Variable, ...]) -> None:
        if len({each.name for each in value}) < len(value):
            msg = "a template declares a variable twice; leave one out"
            raise InvalidInput(msg)

    def __attrs_post_init__(self) -> None:
        """Refuse a template with problems."""
        wrong = [each for each in self.problems() if each.severity is Severity.ERROR]
        if wrong:
            raise InvalidTemplate(map(str, wrong))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name} {self.version}>"

    @cached_property
    def _parsed(self) -> dict[tuple[str, ContentTier], tuple[Text, tuple[SyntaxProblem, ...]]]:
        found = {}
        for language, body in self.bodies.items():
            for tier in body.tiers:
                nodes, wrong = parse(body.of(tier))
                found[language, tier] = Text(language, tier, body.of(tier), nodes), wrong
        return found

    @property
    def texts(self) -> tuple[Text, ...]:
        """Its texts: each language, each tier.

        :meta private:
        """
        return tuple(text for text, _ in self._parsed.values())

    def syntax_of(self, text: Text) -> tuple[SyntaxProblem, ...]:
        """What is wrong with how one of its texts is written.

        :meta private:
        """
        return self._parsed[text.language, text.tier][1]

    @cached_property
    def optional(self) -> frozenset[str]:
        """The variables that need no value: they occur only in parts that may be left out."""
        needed = {
            slot.name for text in self.texts for slot, part in slots(text.nodes) if part is None
        }
        return frozenset(each.name for each in self.variables) - needed

    def variable(self, name: str) -> Variable | None:
        """The variable of that name, if it declares one."""
        return next((each for each in self.variables if each.name == name), None)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256, in hexadecimal, of everything that determines what its texts say."""
        return sha256(records.canonical(self._said())).hexdigest()

    def _said(self) -> dict[str, object]:
        variables = [
            {
                "name": each.name,
                "kind": each.kind.code or type(each.kind).__name__,
                "labels": sorted(each.labels),
                **attrs.asdict(each.kind),
            }
            for each in self.variables
        ]
        return {
            "purpose": records.unstructure(self.purpose),
            "bodies": {tag: attrs.asdict(body) for tag, body in self.bodies.items()},
            "variables": variables,
            "asks": self.asks,
        }

    def problems(
        self, practice: Practice | None = None, settings: LintSettings = _DEFAULTS
    ) -> tuple[TemplateProblem, ...]:
        """Everything that is wrong with it, tried with extreme values of each variable.

        Args:
            practice: who sends it; its name and links are tried too. A made-up one by default.
            settings: what the practice requires of its copy.

        Returns:
            errors and warnings, by text. If there are syntax errors, nothing else is tried.
        """
        wrong = tuple(structure_problems(self))
        return wrong or tuple(content_problems(self, practice or STAND_IN, settings))

    def segments(
        self,
        language: str,
        tier: ContentTier | None = None,
        *,
        practice: Practice | None = None,
    ) -> tuple[int, int]:
        """The fewest and the most segments that its texts take in a language.

        No allowed value of a variable exceeds the most. The most includes the line that says how to
        opt out, if the purpose sometimes requires it.

        Args:
            language: as for :meth:`render`.
            tier: which text; None for both.
            practice: who sends it; None for any practice whose name has 3 to 40 letters.
        """
        spoken = self.language_for(language)
        ranges = [
            segment_range(self, text, practice)
            for text in self.texts
            if text.language == spoken and tier in {None, text.tier}
        ]
        # A language without a text for detail sends the minimum.
        ranges = ranges or [self.segments(spoken, ContentTier.MINIMUM, practice=practice)]
        return min(least for least, _ in ranges), max(most for _, most in ranges)

    def cost(
        self,
        language: str,
        price_per_segment: Decimal | int,
        *,
        practice: Practice | None = None,
    ) -> tuple[Decimal, Decimal]:
        """The least and the most that one of its texts costs, in the currency of the price.

        Args:
            language: as for :meth:`render`.
            price_per_segment: as for :func:`compliant_sms.text.cost`.
            practice: as for :meth:`segments`.

        Raises:
            InvalidInput: the price is not a price.
        """
        price = cost("x", price_per_segment).total
        least, most = self.segments(language, practice=practice)
        return least * price, most * price

    def language_for(self, language: str) -> str:
        """The language of the text that a reader of a language gets.

        Args:
            language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47).

        Returns:
            that language, or the template's first one if it has no text in it.
        """
        return _given.primary(language) if self.speaks(language) else next(iter(self.bodies))

    def speaks(self, language: str) -> bool:
        """Whether it has a text in a language, given as a tag such as ``"es-MX"``."""
        _given.a_text(language, "language")
        return _given.primary(language) in self.bodies

    def sample(self, practice: Practice, language: str = "en") -> str:
        """What one of its texts looks like, with a made-up value for each variable.

        Args:
            practice: who would send it.
            language: as for :meth:`render`.
        """
        text, _ = self._parsed[self.language_for(language), ContentTier.MINIMUM]
        made = {each.name: each.kind.samples(text.language)[0] for each in self.variables}
        known = {**made, **given(practice)}
        return fill(text.nodes, known.keys(), known.__getitem__).text

    def own_problems(self, text: Text) -> Iterable[TemplateProblem]:  # noqa: ARG002 - see there
        """Further problems that a subclass looks for; :class:`CannedReply` does.

        :meta private:
        """
        return ()

    def made_as(self, language: str, preference: PhiPreference) -> tuple[str, ContentTier]:
        """Which of its texts somebody gets: the language and the tier.

        Args:
            language: the language they read: see :meth:`language_for`.
            preference: their wish about health details by text: see :meth:`render`.
        """
        spoken = self.language_for(language)
        ordinary = self.purpose.sensitivity is Sensitivity.GENERAL
        wanted = allowed_tier(preference) if ordinary else ContentTier.MINIMUM
        return spoken, wanted if wanted in self.bodies[spoken].tiers else ContentTier.MINIMUM

    def render(
        self,
        values: Mapping[str, object],
        *,
        practice: Practice,
        language: str = "en",
        preference: PhiPreference = _NO_WISH,
    ) -> Rendered:
        """Render the text that one patient gets.

        Args:
            values: the values, by variable. Omit an optional one, or pass None.
            practice: who texts. Days and times are written by its clock.
            language: the patient's language: see :meth:`language_for`.
            preference: the patient's wish about health details by text. Only a patient who was
                warned and still prefers them gets the detailed text, and only about ordinary care.

        Raises:
            CannotRender: a value is missing, blank, of the wrong type or for no variable; it
                contains health information that its variable may not, markup, a link, a keyword or
                invisible characters; or the whole text says more than it may. ``problems`` lists
                everything, and shows no value.
        """
        _given.a_kind(values, Mapping, "values", "a dict of values by variable")
        _given.a_kind(practice, Practice, "practice", "the Practice that texts")
        _given.a_kind(preference, PhiPreference, "preference", "a PhiPreference")
        spoken, tier = self.made_as(language, preference)
        text, _ = self._parsed[spoken, tier]
        return Rendered(
            body=filled(self, text, values, practice),
            language=spoken,
            tier=tier,
            template=self.name,
            version=self.version,
            fingerprint=self.fingerprint,
        )
