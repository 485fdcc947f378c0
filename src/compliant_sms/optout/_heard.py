"""A patient's text as it is read: disguises undone, and every place known in the text as given."""

from __future__ import annotations

from functools import cached_property

from attrs import define

from compliant_sms.phrases import WORD, Folded, fold

__all__ = ["Heard", "hear"]


@define(slots=False)
class Heard:
    """A text in folded letters.

    Args:
        given: the text as it arrived.
        folded: the same in small plain letters; see :func:`compliant_sms.phrases.fold`.
    """

    given: str
    folded: Folded

    @property
    def text(self) -> str:
        """What phrases are looked for in."""
        return self.folded.text

    @cached_property
    def words(self) -> set[str]:
        """Its words, each once."""
        return set(WORD.findall(self.text))

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the text as given of a part of :attr:`text`."""
        return self.folded.place(start, end)


def hear(body: str) -> Heard:
    """A text as it is read. Takes linear time."""
    return Heard(body, fold(body))
