"""The line that says how to opt out.

47 CFR 64.1200(a)(9)(iv)(G) asks for it in every exempted text, CTIA Messaging Principles 5.1.2.1
and 5.1.3 in the first text of recurring ones and now and then.
"""

from __future__ import annotations

from compliant_sms import _given
from compliant_sms.text._links import links

# STOP in every language, as it is what carriers act on; letters of GSM-7 alone, since another one
# would turn the whole text to UCS-2 and more than double its cost.
_LINES = {
    "en": "Reply STOP to opt out.",
    "es": "Responda STOP para no recibir mensajes.",
    "fr": "Répondez STOP pour ne plus recevoir de SMS.",
}
_ENGLISH = "en"
_CLOSING = "\"')]}\u00bb\u201d\u2019"


def opt_out_line(language: str = _ENGLISH) -> str:
    """The line in a language.

    Args:
        language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47); only the language in it counts.

    Returns:
        The line, in GSM-7; in English where there is none in that language.
    """
    tag = _given.primary(language)
    return _LINES.get(tag, _LINES[_ENGLISH])


def with_opt_out_line(body: str, *, language: str = _ENGLISH) -> str:
    """A text with the line after it.

    Whether a text has such a line already is the caller's question, to
    :func:`notices`.

    Args:
        body: what the practice wrote. It is kept to the letter: a full stop is added where a
            sentence lacks one, and never to a link or a mail address, which it would break.
        language: as for :func:`opt_out_line`.

    Returns:
        The body, followed by the line.
    """
    return f"{body}{_joint(body)}{opt_out_line(language)}"


def _joint(body: str) -> str:
    if not body or body[-1].isspace():
        return ""
    last = body.rsplit(maxsplit=1)[-1]
    before = last.rstrip(_CLOSING)
    return ". " if before[-1:].isalnum() and not _breaks(body, last) else " "


def _breaks(body: str, last: str) -> bool:
    if "@" in last or "://" in last:
        return True
    return any(link.end > len(body) - len(last) for link in links(body))
