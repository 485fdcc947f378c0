"""The text that says only that a message waits. 45 CFR 164.530(c); policy P-PHI, tiers 1 and 3.

It names the practice and reveals nothing of the message, which is behind the link.
"""

from __future__ import annotations

from compliant_sms import _given

# Only GSM-7 characters: any other would more than double the cost of the text.
_NOTICES = {
    "en": "{name}: you have a new message from us. Read it here: {link}",
    "es": "{name}: usted tiene un mensaje nuevo. Para leerlo: {link}",
    "fr": "{name} : vous avez un nouveau message. Pour le lire : {link}",
}
_ENGLISH = "en"


def neutral_notice(name: str, link: str, *, language: str = _ENGLISH) -> str:
    """The notice in a language.

    Args:
        name: the practice's name, as patients know it; one that does not reveal a kind of care.
        link: the page where the message waits, behind a login.
        language: a tag such as ``"es"`` or ``"es-MX"`` (BCP 47); only the language in it counts.

    Returns:
        The text; in English if there is none in that language. It ends with the link, because a
        period after it would break it.
    """
    return _NOTICES[notice_language(language)].format(name=name, link=link)


def notice_language(*tags: str | None) -> str:
    """The first of these languages that has a notice; English if none has.

    Args:
        tags: BCP 47 tags; None where a language is not known.

    Returns:
        ``"en"``, ``"es"`` or ``"fr"``.
    """
    spoken = (_given.primary(tag) for tag in tags if tag)
    return next((language for language in spoken if language in _NOTICES), _ENGLISH)
