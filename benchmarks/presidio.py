"""Presidio's recognizers that need no model, as a measure."""

from __future__ import annotations

import tldextract
from presidio_analyzer import PatternRecognizer, predefined_recognizers

__all__ = ["Presidio"]


class Presidio:
    """Its pattern recognizers for English: the generic ones, and those for the United States."""

    def __init__(self) -> None:
        # Otherwise the recognizer of mail addresses fetches a list of domains at its first use.
        tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
        named = (getattr(predefined_recognizers, name) for name in predefined_recognizers.__all__)
        made = [
            kind()
            for kind in named
            if isinstance(kind, type)
            and issubclass(kind, PatternRecognizer)
            and not {"generic", "us"}.isdisjoint(kind.__module__.split("."))
        ]
        self._recognizers = [one for one in made if one.supported_language == "en"]
        self.count = len(self._recognizers)

    def __call__(self, text: str) -> None:
        """Read a text."""
        for recognizer in self._recognizers:
            recognizer.analyze(text, recognizer.supported_entities, nlp_artifacts=None)
