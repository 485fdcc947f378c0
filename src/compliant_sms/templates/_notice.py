"""The text that says only that a message waits. 45 CFR 164.530(c); policy P-PHI, tiers 1 and 3.

It names the practice and nothing of the message; who may read that finds out behind the link.
"""

from __future__ import annotations

__all__ = ["neutral_notice"]

# Letters of GSM-7 alone: another one would more than double what the text costs.
_NOTICES = {
    "en": "{name}: you have a new message from us. Read it here: {link}",
    "es": "{name}: usted tiene un mensaje nuevo. Para leerlo: {link}",
}
_ENGLISH = "en"


def neutral_notice(name: str, link: str, *, language: str = _ENGLISH) -> str:
    """The notice in a language.

    Args:
        name: of the practice, as patients know it; one that tells no kind of care.
        link: to the page where the message waits, behind a login.
        language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47); only the language in it counts.

    Returns:
        The text; in English where there is none in that language. It ends with the link, after
        which a full stop would break it.
    """
    tag = language.replace("_", "-").partition("-")[0].lower()
    return _NOTICES.get(tag, _NOTICES[_ENGLISH]).format(name=name, link=link)
