"""How a gateway's callback proves its origin. Each way refuses whatever it cannot check."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Protocol

from attrs import Attribute, field, frozen
from attrs.validators import deep_iterable, in_

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, InvalidSignature
from compliant_sms.providers._adapter import not_blank, secrets
from compliant_sms.providers._capabilities import CallbackSignature
from compliant_sms.providers._signing import (
    TOLERANCE,
    basic_credentials,
    hmac_jwt,
    is_one_of,
    refuse_age,
    require_match,
    sha256,
    url_token,
)
from compliant_sms.wire import WebhookRequest


class CallbackProof(Protocol):
    """A way to tell a gateway's callbacks from forged ones."""

    __slots__ = ()  # whoever derives from it has its own and no others

    @property
    def signature(self) -> CallbackSignature:
        """The kind of proof."""

    @property
    def covers_body(self) -> bool:
        """Whether a changed body is noticed."""

    @property
    def covers_url(self) -> bool:
        """Whether a changed URL is noticed."""

    @property
    def covers_time(self) -> bool:
        """Whether an old callback is noticed."""

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets, any one of which proves a callback; none by default."""
        return ()

    def check(self, request: WebhookRequest, at: datetime) -> None:
        """Refuse callbacks that do not come from the gateway.

        Raises:
            InvalidSignature: it is forged, old, or cannot be checked.
        """


def only(request: WebhookRequest, name: str) -> str:
    """The value of a header that must stand there exactly once; otherwise an empty text."""
    values = [value for key, value in request.headers if key == name.lower()]
    return values[0].strip() if len(values) == 1 else ""


def some(of: object, attribute: Attribute[Any], value: tuple[object, ...]) -> None:
    """A validator: not an empty list."""
    if not value:
        msg = (
            f"{type(of).__name__}'s {attribute.alias} are empty, so nothing could be checked. Pass "
            "at least one."
        )
        raise InvalidInput(msg)


@frozen(kw_only=True)
class _Password(CallbackProof):
    """A proof of the caller that covers none of the content."""

    covers_body: ClassVar[bool] = False
    covers_url: ClassVar[bool] = False
    covers_time: ClassVar[bool] = False


@frozen(kw_only=True)
class BasicProof(_Password):
    """A user and a password in the callback's header.

    Args:
        credentials: each as ``user:password``, newest first.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.BASIC

    credentials: tuple[str, ...] = field(repr=False, converter=secrets, validator=some)

    def check(self, request: WebhookRequest, at: datetime) -> None:  # noqa: ARG002
        """See :class:`CallbackProof`."""
        basic_credentials(request, self.credentials)

    @property
    def proofs(self) -> tuple[str, ...]:
        """The credentials."""
        return self.credentials


@frozen(kw_only=True)
class UrlToken(_Password):
    """A secret in the URL that is called, exactly once.

    Args:
        parameter: the name of the query parameter.
        tokens: the secrets, newest first.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.URL_TOKEN

    tokens: tuple[str, ...] = field(repr=False, converter=secrets, validator=some)
    parameter: str = field(default="token", validator=not_blank)

    def check(self, request: WebhookRequest, at: datetime) -> None:  # noqa: ARG002
        """See :class:`CallbackProof`."""
        url_token(request, self.parameter, self.tokens)

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets."""
        return self.tokens


@frozen(kw_only=True)
class HeaderToken(_Password):
    """A secret in a header, exactly once.

    Args:
        header: its name.
        tokens: the secrets, newest first.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.HEADER_TOKEN

    header: str = field(validator=not_blank)
    tokens: tuple[str, ...] = field(repr=False, converter=secrets, validator=some)

    def check(self, request: WebhookRequest, at: datetime) -> None:  # noqa: ARG002
        """See :class:`CallbackProof`."""
        require_match("the gateway", only(request, self.header), self.tokens)

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets."""
        return self.tokens


@frozen(kw_only=True)
class JwtProof(CallbackProof):
    """A signed token (RFC 7519) in a header, with or without ``Bearer`` before it.

    Args:
        secrets: the shared secrets, newest first.
        body_hash_claim: the claim with the SHA-256 of the body in hexadecimal. Empty if there is
            none; the content is then not covered.
        header: the header with the token.
        algorithms: the allowed ones of ``HS256``, ``HS384`` and ``HS512``.
        tolerance: how old a token may be.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.JWT
    covers_url: ClassVar[bool] = False
    covers_time: ClassVar[bool] = True

    secrets: tuple[str, ...] = field(repr=False, converter=secrets, validator=some)
    body_hash_claim: str = field(validator=_given.text)
    header: str = field(default="Authorization", validator=not_blank)
    algorithms: tuple[str, ...] = field(
        default=("HS256",), validator=[some, deep_iterable(in_(("HS256", "HS384", "HS512")))]
    )
    tolerance: timedelta = TOLERANCE

    @property
    def covers_body(self) -> bool:
        """Whether the token has the body's hash."""
        return bool(self.body_hash_claim)

    @property
    def proofs(self) -> tuple[str, ...]:
        """The secrets."""
        return self.secrets

    def check(self, request: WebhookRequest, at: datetime) -> None:
        """See :class:`CallbackProof`."""
        scheme, _, token = only(request, self.header).rpartition(" ")
        if scheme.lower() not in {"", "bearer"}:
            token = ""
        claims = hmac_jwt(token, self.secrets, self.algorithms)
        # One of the two is required: a token without a time would be valid forever.
        if "exp" not in claims:
            refuse_age(claims.get("iat"), at, self.tolerance)
        else:
            self._refuse_expired(claims["exp"], at)
        claimed = str(claims.get(self.body_hash_claim)).lower().encode(errors="replace")
        if self.covers_body and not is_one_of(claimed, [sha256(request.body).encode()]):
            msg = "the callback's token is not one for its body"
            raise InvalidSignature(msg)

    def _refuse_expired(self, until: object, at: datetime) -> None:
        if not isinstance(until, int) or at.timestamp() >= until:
            msg = "the callback's token has expired: it is old, or a clock is wrong"
            raise InvalidSignature(msg)


@frozen(kw_only=True)
class Unsigned(_Password):
    """No proof of origin, by your own decision.

    Anyone who knows the URL can stop texts to any number. A STOP is believed, but nothing that
    would permit anything.

    Args:
        reason: why there is nothing better, for whoever reads the configuration.
    """

    signature: ClassVar[CallbackSignature] = CallbackSignature.NONE

    reason: str = field(validator=not_blank)

    def check(self, request: WebhookRequest, at: datetime) -> None:
        """Refuse nothing."""
