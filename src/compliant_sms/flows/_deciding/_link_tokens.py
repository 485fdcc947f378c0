"""Random letters in a link that the host made: they open a page, and are no words."""

from __future__ import annotations

import re

_HOST = re.compile(r"https://[^/?#]*")
_RUN = re.compile(r"[A-Za-z0-9_-]{16,}")  # 96 bits of base64; what is shorter is read as words
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PIECE = re.compile(r"[A-Za-z0-9]+")
# As people write words: in one case, or joined by capitals; a number may stand at either end.
_WRITTEN = re.compile(r"\d*(?:[a-z]+(?:[A-Z][a-z]{2,})*|[A-Z]+|(?:[A-Z][a-z]{2,})+)?\d*")
_WORD = r"(?:\d+|\d*[A-Za-z]{3,}\d*)"
_BEFORE = re.compile(f"(?:{_WORD}-)+|(?:{_WORD}_)+")
_AFTER = re.compile(f"(?:-{_WORD})+|(?:_{_WORD})+")
_JUMBLED = "xX"  # no word, and still seen as what opens one person's page


def without_tokens(link: str) -> str:
    """A link as it is read for health information: as long as it is, without its random letters.

    In random letters, figures and hyphens there is the name of a disease or of a person now and
    then. What people write in a link (``ana-gomez-hiv-result``) stays, before or after a token
    too.

    Args:
        link: as the host's ``SecureLinks`` answered with it.
    """
    host = _HOST.match(link)
    start = host.end() if host else 0
    return link[:start] + _RUN.sub(_as_read, link[start:])


def _as_read(run: re.Match[str]) -> str:
    text = run[0]
    if _UUID.fullmatch(text):
        return _jumbled(len(text))
    random = [piece for piece in _PIECE.finditer(text) if not _WRITTEN.fullmatch(piece[0])]
    if not random:
        return text
    before, after = text[: random[0].start()], text[random[-1].end() :]
    before = before if _BEFORE.fullmatch(before) else ""
    after = after if _AFTER.fullmatch(after) else ""
    return before + _jumbled(len(text) - len(before) - len(after)) + after


def _jumbled(length: int) -> str:
    return (_JUMBLED * length)[:length]
