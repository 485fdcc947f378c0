"""The credentials that a request to a gateway carries."""

from __future__ import annotations

import hashlib
import hmac
from typing import TypeAlias
from urllib.parse import urlencode

from attrs import evolve, field, frozen

from compliant_sms import _given
from compliant_sms.providers._adapter import credential, not_blank, shaped
from compliant_sms.providers._requests import basic
from compliant_sms.wire import HttpRequest

HEADER = shaped("[!#$%&'*+.^_`|~0-9A-Za-z-]+", "pass the name of a header")
"""A validator: a header's name (RFC 9110, 5.6.2)."""


def _with_header(request: HttpRequest, name: str, value: str) -> HttpRequest:
    return evolve(request, headers=(*request.headers, (name, value)))


@frozen(kw_only=True)
class BasicAuth:
    """A user and a password (RFC 7617)."""

    user: str = field(validator=shaped("[^:]+", "a colon cannot stand in it"))
    password: str = field(repr=False, validator=credential)

    def applied(self, request: HttpRequest) -> HttpRequest:
        """The request with these credentials."""
        return _with_header(request, "Authorization", basic(f"{self.user}:{self.password}"))


@frozen(kw_only=True)
class BearerAuth:
    """``Authorization: Bearer`` (RFC 6750)."""

    token: str = field(repr=False, validator=credential)

    def applied(self, request: HttpRequest) -> HttpRequest:
        """The request with these credentials."""
        return _with_header(request, "Authorization", f"Bearer {self.token}")


@frozen(kw_only=True)
class HeaderKey:
    """A key in a header.

    Attributes:
        header: its name.
        key: the key.
        prefix: what precedes the key, such as ``"App "``.
    """

    header: str = field(validator=HEADER)
    key: str = field(repr=False, validator=credential)
    prefix: str = field(default="", validator=_given.text)

    def applied(self, request: HttpRequest) -> HttpRequest:
        """The request with these credentials."""
        return _with_header(request, self.header, f"{self.prefix}{self.key}")


@frozen(kw_only=True)
class QueryKey:
    """A key in the URL. Logs along the way keep URLs, so prefer a header if you can choose."""

    parameter: str = field(validator=not_blank)
    key: str = field(repr=False, validator=credential)

    def applied(self, request: HttpRequest) -> HttpRequest:
        """The request with these credentials."""
        joint = "&" if "?" in request.url else "?"
        return evolve(request, url=f"{request.url}{joint}{urlencode({self.parameter: self.key})}")


@frozen(kw_only=True)
class HmacAuth:
    """A keyed hash of the body in a header: SHA-256, in lower-case hexadecimal.

    Attributes:
        header: its name.
        secret: the key of the hash.
        prefix: what precedes the hash, such as ``"sha256="``.
    """

    header: str = field(validator=HEADER)
    secret: str = field(repr=False, validator=credential)
    prefix: str = field(default="", validator=_given.text)

    def applied(self, request: HttpRequest) -> HttpRequest:
        """The request with these credentials."""
        digest = hmac.new(self.secret.encode(), request.body, hashlib.sha256).hexdigest()
        return _with_header(request, self.header, f"{self.prefix}{digest}")


RequestAuth: TypeAlias = BasicAuth | BearerAuth | HeaderKey | QueryKey | HmacAuth
