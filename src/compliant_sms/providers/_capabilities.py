"""What a provider can do, as data: decisions and the documentation both read it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from compliant_sms.errors import Unsupported

if TYPE_CHECKING:
    from compliant_sms.providers._base import OutboundText


class Lookup(StrEnum):
    """How a text can be found of which nobody knows whether the provider took it."""

    NONE = "none"
    BY_NUMBERS = "by_numbers"
    BY_REFERENCE = "by_reference"
    """By our own id of it."""


class CallbackSignature(StrEnum):
    """How a callback proves where it comes from."""

    HMAC = "hmac"
    """A keyed hash, with a secret that both sides have."""
    ED25519 = "ed25519"
    JWT = "jwt"
    """A signed token with a hash of the body."""
    CERTIFICATE = "certificate"
    """An RSA signature; its certificate is fetched."""
    BASIC = "basic"
    """A user and a password in the header."""
    URL_TOKEN = "url_token"  # noqa: S105 - the name of a scheme
    """A secret in the address that is called."""
    HEADER_TOKEN = "header_token"  # noqa: S105 - as above
    """A secret in a header."""
    NONE = "none"
    """Nobody can tell."""
    CONFIGURED = "configured"
    """As whoever runs the gateway says."""


class CallbackPlace(StrEnum):
    """Where the address of status callbacks is set."""

    EACH_TEXT = "each_text"
    ACCOUNT = "account"
    """At the provider, once for an account, an application or a number."""


class BlockScope(StrEnum):
    """For what a provider's own opt-out block holds. It is never the legal scope."""

    NONE = "none"
    """The provider blocks nobody."""
    NUMBER = "number"
    """For texts from one number of ours."""
    SERVICE = "service"
    """For a messaging service, profile or campaign."""
    ACCOUNT = "account"


class ListAccess(StrEnum):
    """What can be done with the provider's list of opted-out numbers."""

    LIST = "list"
    CHECK = "check"
    """Ask about one number."""
    ADD = "add"
    REMOVE = "remove"


class Receipts(StrEnum):
    """What "delivered" means there."""

    HANDSET = "handset"
    """The carrier says that the handset has it."""
    CARRIER = "carrier"
    """At times only that a carrier took it over."""


class Baa(StrEnum):
    """Whether the provider signs a business associate agreement (45 CFR 164.504(e))."""

    OFFERED = "offered"
    ON_REQUEST = "on_request"
    """On a contract of its own, or not confirmed in writing: ask."""
    UNCONFIRMED = "unconfirmed"


@frozen(kw_only=True)
class Capabilities:
    """What a provider can do.

    Attributes:
        max_characters: the longest body that it takes, in code points.
        max_media: how many pictures and the like one text may have; 0 for none.
        schedule: how far ahead it takes a text that it shall send later: least and most; None
            where it does not. The messenger holds texts itself, and decides again when they go:
            a text that waits at the provider goes out even after a STOP.
        validity: for how long it may keep trying: least and most; None where that cannot be said.
        repeat_within: for how long a request under the same reference is processed only once,
            whatever was answered to the first; None where a repeated one may be a second text.
        look_up: how an uncertain text is found.
        status_look_up: it says what became of a text that it took, when it is asked by its id.
        status_callbacks: where their address is set.
        inbound: it brings what patients write.
        inbound_media: it brings their pictures too.
        answers_keywords: it answers STOP, START or HELP by itself, unless that is switched off.
        block_scope: for what its own block of an opted-out number holds.
        opt_out_list: what can be done with its list of opted-out numbers.
        signature: how its callbacks prove where they come from.
        body_authenticated: that proof covers what the callback says.
        time_authenticated: that proof covers when it was made, so that an old one is refused.
        rate_signals: response headers besides ``Retry-After`` that hold seconds to wait.
        receipts: what "delivered" means.
        baa: whether it signs a business associate agreement.
        notes: what else to know before choosing it, in a sentence or two.
    """

    max_characters: int
    max_media: int = 0
    schedule: tuple[timedelta, timedelta] | None = None
    validity: tuple[timedelta, timedelta] | None = None
    repeat_within: timedelta | None = None
    look_up: Lookup = Lookup.NONE
    status_look_up: bool = False
    status_callbacks: CallbackPlace = CallbackPlace.EACH_TEXT
    inbound: bool = True
    inbound_media: bool = False
    answers_keywords: bool = True
    block_scope: BlockScope = BlockScope.NUMBER
    opt_out_list: frozenset[ListAccess] = frozenset()
    signature: CallbackSignature = CallbackSignature.HMAC
    body_authenticated: bool = True
    time_authenticated: bool = False
    rate_signals: tuple[str, ...] = ()
    receipts: Receipts = Receipts.HANDSET
    baa: Baa = Baa.UNCONFIRMED
    notes: str = ""

    def require(self, text: OutboundText, provider: str, *, at: datetime | None = None) -> None:
        """Refuse what the provider cannot do, before anything is sent.

        Args:
            text: what is asked for.
            provider: its name, for the error.
            at: the present (aware); without it nobody asks how far ahead a text shall go.

        Raises:
            Unsupported: it has no way to do it.
        """
        if len(text.body) > self.max_characters:
            msg = (
                f"the body has {len(text.body)} characters and {provider} takes "
                f"{self.max_characters}. Shorten it, or send a link."
            )
            raise Unsupported(msg)
        self.require_media(len(text.media), provider)
        if text.send_at is not None:
            self._require_schedule(text.send_at, provider, at)

    def _require_schedule(self, send_at: datetime, provider: str, at: datetime | None) -> None:
        if self.schedule is None:
            msg = f"{provider} cannot send a text later. Leave send_at out, and send it then."
            raise Unsupported(msg)
        least, most = self.schedule
        if at is not None and not least <= send_at - at <= most:
            msg = (
                f"{provider} takes a text at least {least} and at most {most} before it shall go. "
                "Leave send_at out, and send it then."
            )
            raise Unsupported(msg)

    def require_media(self, count: int, provider: str) -> None:
        """Refuse more pictures than the provider takes.

        Raises:
            Unsupported: it takes fewer, or none.
        """
        if count > self.max_media:
            takes = f"at most {self.max_media}" if self.max_media else "no"
            msg = f"{provider} takes {takes} media with a text. Send a link instead."
            raise Unsupported(msg)

    def valid_for(self, wanted: timedelta | None) -> int | None:
        """For how many seconds the provider may try, as near to what is wanted as it can.

        Never longer than wanted but where the provider's least is more; None where nothing is
        wanted, or nothing can be said.
        """
        if wanted is None or self.validity is None:
            return None
        least, most = self.validity
        return int(max(least, min(wanted, most)).total_seconds())
