"""Of which kind a number of record is: by the word that announces it, and by those around."""

from __future__ import annotations

import re

from attrs import evolve

from compliant_sms.phi._labels import PhiLabel
from compliant_sms.phi._numbers._record_runs import Number
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._record_cues import Cue, cues
from compliant_sms.phi._words._word_lists import listed

# Things that bear the number of what is named before them: "medicare card", "activation code".
_REFERENCES = frozenset(("ref", "reference", "confirmation", "confirmacion", "referencia", "conf"))
_BEARERS = _REFERENCES | {"card", "tarjeta", "enrollment", "tag", "tags", "plan"}
_BEARERS |= {"access", "registry", "application", "certificate", "permit", "licence", "license"}
# What a bearer's number is of, when such a word stands near before it.
_QUALIFIERS = {
    **dict.fromkeys(("face", "facial", "palm", "finger", "thumb", "iris"), PhiLabel.BIOMETRIC),
    **dict.fromkeys(("retina", "retinal", "voice", "fingerprint", "eye"), PhiLabel.BIOMETRIC),
    **dict.fromkeys(("state", "real", "driver's", "drivers", "dmv"), PhiLabel.LICENSE),
    **dict.fromkeys(("copay", "savings", "insurance", "health"), PhiLabel.HEALTH_PLAN_ID),
    **dict.fromkeys(("discount", "manufacturer", "assistance"), PhiLabel.HEALTH_PLAN_ID),
    **dict.fromkeys(("part", "group", "grp", "rxgrp", "member"), PhiLabel.HEALTH_PLAN_ID),
    **dict.fromkeys(("device", "asset", "equipment"), PhiLabel.DEVICE),
}
_QUALIFIED = frozenset(("id", "ids", "ref", "reference", "card", "tag", "code"))
_HAS_LETTER = re.compile("[A-WYZ]")  # an x masks
_CARDS = frozenset(("card", "tarjeta", "savings"))
_MOST_QUALIFIED = 3


class Kinds:
    """What the numbers of one text are of.

    Args:
        view: the text.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._paid: bool | None = None

    def read(self, word: int, cue: Cue, number: Number) -> tuple[PhiLabel, Number]:
        """The label of a number, and how far it reaches."""
        view = self._view
        if number.start == view.ends[word] and self._qualifier(word) is PhiLabel.HEALTH_PLAN_ID:
            # Numbers of plans for drugs begin with "RX".
            return PhiLabel.HEALTH_PLAN_ID, evolve(number, start=view.starts[word])
        label = self._label(word, cue)
        if (
            label is PhiLabel.ACCOUNT
            and view.words[word] in _CARDS
            and _HAS_LETTER.search(view.plain, number.start, number.end)
        ):
            return PhiLabel.HEALTH_PLAN_ID, number
        return label, number

    def is_paid_with(self, cue: Cue) -> bool:
        """Whether something is paid, and the word can be what with."""
        return cue.label is PhiLabel.ACCOUNT and self._pays()

    def _pays(self) -> bool:
        """Whether a word of the text speaks of a payment."""
        if self._paid is None:
            self._paid = not listed("payment").isdisjoint(self._view.words)
        return self._paid

    def _label(self, word: int, cue: Cue) -> PhiLabel:
        """What the words around make of it: a confirmation of a payment is an account's."""
        view, written = self._view, self._view.words[word]
        if written in _QUALIFIED and (qualified := self._qualifier(word)):
            return qualified
        before = cues().get(view.words[word - 1]) if word and written in _BEARERS else None
        if before:
            return before.label
        return PhiLabel.ACCOUNT if written in _REFERENCES and self._pays() else cue.label

    def _qualifier(self, word: int) -> PhiLabel | None:
        """What the words before one make of a number behind it."""
        words = self._view.words
        for nearer in reversed(words[max(0, word - _MOST_QUALIFIED) : word]):
            if nearer in _QUALIFIERS:
                return _QUALIFIERS[nearer]
        return None
