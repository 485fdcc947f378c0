"""Where a practice's pages are served, and what they ask."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

from attrs import Attribute, field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.secure_pages._page import Identity

_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::[0-9]{1,5})?")
_PATH = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_LONGEST = 200


def _without_slash(value: str) -> str:
    return value.rstrip("/") if isinstance(value, str) else value


def _https(of: object, attribute: Attribute[str], value: str) -> None:
    _given.text(of, attribute, value)
    scheme, _, rest = value.partition("://")
    host, slash, path = rest.partition("/")
    if (
        scheme != "https"
        or not _HOST.fullmatch(host)
        or not _PATH.fullmatch(slash + path)
        or len(value) > _LONGEST
    ):
        msg = (
            "url must be like https://messages.clinic.example/m: https, a host in lowercase, and a "
            "path; without ?, # or a password"
        )
        raise InvalidInput(msg)


def _few(_: object, attribute: Attribute[int], value: int) -> None:
    _given.a_kind(value, int, attribute.name, "a whole number")
    if not 1 <= value <= 10:
        msg = f"{attribute.name} must be 1 to 10: more guesses would find a birth date too often"
        raise InvalidInput(msg)


@frozen(kw_only=True)
class SecurePages:
    """Pages of the library itself for the messages behind the links in its notices.

    Pass it to :class:`compliant_sms.Messenger` as ``secure_links``, and serve the pages with
    ``secure_app``, ``secure_urls`` or ``secure_blueprint`` of :mod:`compliant_sms.web`.

    Args:
        url: where the pages are served, as a patient's browser sees it, on a host among
            ``Practice.link_domains``. A short URL leaves more room in a text.
        identity: what a page asks before it shows anything: the patient's date of birth, as
            ``people`` gives it, or a code that somebody tells them. If no date of birth is known,
            it always asks for a code.
        valid_for: how long a page can be opened.
        attempts: how many wrong answers lock a page.

    Raises:
        InvalidInput: a field cannot be used.
    """

    url: str = field(converter=_without_slash, validator=_https)
    identity: Identity = field(default=Identity.BIRTH_DATE, converter=Identity)
    valid_for: timedelta = field(default=timedelta(days=30), validator=_given.positive_span)
    attempts: int = field(default=5, validator=_few)

    @property
    def host(self) -> str:
        """The host of the links, without its port."""
        return urlsplit(self.url).hostname or ""

    @property
    def origin(self) -> str:
        """Scheme and host, as browsers send them in ``Origin``."""
        return f"https://{urlsplit(self.url).netloc}"

    def link(self, token: str) -> str:
        """The link to a page."""
        return f"{self.url}/{token}"
