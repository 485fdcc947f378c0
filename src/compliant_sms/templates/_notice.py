"""The text that says only that a message waits. 45 CFR 164.530(c); policy P-PHI, tiers 1 and 3.

It names the practice and nothing of the message; who may read that finds out behind the link.
"""

from __future__ import annotations

from compliant_sms import _given

# Letters of GSM-7 alone: another one would more than double what the text costs.
_NOTICES = {
    "en": "{name}: you have a new message from us. Read it here: {link}",
    "es": "{name}: usted tiene un mensaje nuevo. Para leerlo: {link}",
    "fr": "{name} : vous avez un nouveau message. Pour le lire : {link}",
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
    return _NOTICES[notice_language(language)].format(name=name, link=link)


def notice_language(*tags: str | None) -> str:
    """The first of these languages in which there is a notice; English, if there is none.

    Args:
        tags: as of BCP 47; None where a language is not known.

    Returns:
        ``"en"``, ``"es"`` or ``"fr"``.
    """
    spoken = (_given.primary(tag) for tag in tags if tag)
    return next((language for language in spoken if language in _NOTICES), _ENGLISH)
