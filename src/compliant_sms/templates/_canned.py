"""Prepared answers that staff pick. Nothing sends one by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.classification import Purpose, as_purpose
from compliant_sms.errors import InvalidInput
from compliant_sms.optout import Author, Intent, Reading
from compliant_sms.templates._catalogue import Catalogue
from compliant_sms.templates._check import Text
from compliant_sms.templates._kinds import GivenName, StaffName
from compliant_sms.templates._problem import TemplateProblem
from compliant_sms.templates._syntax import slots
from compliant_sms.templates._template import Template, to_patients

# The library answers the first two, and a person with a telephone the third.
_NOBODY_PICKS = frozenset({Intent.OPT_OUT, Intent.OPT_IN, Intent.EMERGENCY})


def _intents(given: Iterable[Intent | str]) -> tuple[Intent, ...]:
    _given.each_of(given, str, "intents", "a list of Intent")
    return tuple(dict.fromkeys(map(Intent, given)))


@frozen(kw_only=True, slots=False, eq=False, repr=False)
class CannedReply(Template):
    """A prepared answer that addresses the patient by name and is signed by its sender.

    Args:
        purpose: a conversation about care by default.
        intents: what it answers, likeliest first.

    Raises:
        InvalidTemplate: as for :class:`Template`; or a text does not sound personal.
        InvalidInput: as for :class:`Template`; or it answers nothing, or what staff do not answer.
    """

    purpose: Purpose = field(
        factory=lambda: Purpose.CARE_CONVERSATION, converter=as_purpose, validator=to_patients
    )
    intents: tuple[Intent, ...] = field(converter=_intents)

    # Whoever wrote first knows whom they wrote to.
    not_asked: ClassVar[frozenset[str]] = frozenset({"practice-name-missing"})
    picked_by_people: ClassVar[bool] = True

    @intents.validator
    def _for_people(self, _: Attribute[tuple[Intent, ...]], value: tuple[Intent, ...]) -> None:
        if not value or _NOBODY_PICKS & {*value}:
            none = ", ".join(sorted(_NOBODY_PICKS))
            msg = (
                "intents says what a person may answer with this reply, and cannot be empty. Name "
                f"at least one, and none of: {none}"
            )
            raise InvalidInput(msg)

    @property
    def to_strangers(self) -> bool:
        """Whether it answers somebody who is not the patient, and so names nobody."""
        return self.intents == (Intent.WRONG_NUMBER,)

    def own_problems(self, text: Text) -> Iterable[TemplateProblem]:
        """What keeps a text from sounding personal.

        :meta private:
        """
        kinds = {
            type(variable.kind)
            for slot, part in slots(text.nodes)
            if part is None and (variable := self.variable(slot.name))
        }
        named, signed = GivenName in kinds, StaffName in kinds
        if self.to_strangers and named:
            yield self._problem(text, "It tells a stranger the patient's name.")
        if not (named or self.to_strangers):
            yield self._problem(text, "It does not call the patient by a given_name.")
        if not signed:
            yield self._problem(text, "Nobody signs it: it has no staff_name.")

    def _problem(self, text: Text, words: str) -> TemplateProblem:
        return TemplateProblem(
            template=self.name,
            version=self.version,
            language=text.language,
            tier=text.tier.name.lower(),
            rule="personal",
            words=words,
        )


def suggestions(
    reading: Reading, catalogue: Catalogue, language: str = ""
) -> tuple[CannedReply, ...]:
    """Suggest replies that fit what a patient wrote, likeliest first. A person picks one.

    Args:
        reading: the reading of the patient's text: :func:`compliant_sms.optout.read`.
        catalogue: the replies to choose from.
        language: the patient's language; that of their text by default.

    Returns:
        Replies to the leading intent, then to its other intents; those with a text in the
        language first. There are none for a machine, in an emergency, after a revocation, or for
        thanks that come with news which nobody has read.
    """
    barred = reading.intent in _NOBODY_PICKS or reading.revocation is not None or reading.news
    if barred or reading.author is not Author.PERSON:
        return ()
    spoken = language or reading.language
    about = [each for each in (reading.intent, *reading.also) if each not in _NOBODY_PICKS]
    found = [
        (not each.speaks(spoken), about.index(intent), each.intents.index(intent), each.name, each)
        for each in catalogue.replies
        for intent in about
        if intent in each.intents
    ]
    ordered = sorted(found, key=lambda row: row[:-1])
    return tuple(dict.fromkeys(row[-1] for row in ordered))
