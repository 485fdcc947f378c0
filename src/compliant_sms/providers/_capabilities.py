"""What a provider can do, as data for decisions and for the documentation."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import frozen

from compliant_sms.errors import Unsupported

if TYPE_CHECKING:
    from compliant_sms.providers._base import OutboundText


class Lookup(StrEnum):
    """How a text can be found when it is unknown whether the provider accepted it."""

    NONE = "none"
    BY_NUMBERS = "by_numbers"
    BY_REFERENCE = "by_reference"
    """By our own id of it."""


class CallbackSignature(StrEnum):
    """How a callback proves its origin."""

    HMAC = "hmac"
    """A keyed hash, with a shared secret."""
    ED25519 = "ed25519"
    JWT = "jwt"
    """A signed token with a hash of the body."""
    CERTIFICATE = "certificate"
    """An RSA signature, whose certificate is fetched."""
    BASIC = "basic"
    """A user and a password in the header."""
    URL_TOKEN = "url_token"  # noqa: S105 - the name of a scheme
    """A secret in the URL that is called."""
    HEADER_TOKEN = "header_token"  # noqa: S105 - as above
    """A secret in a header."""
    NONE = "none"
    """It does not."""
    CONFIGURED = "configured"
    """As the gateway's operator describes it."""


class CallbackPlace(StrEnum):
    """Where the URL of status callbacks is set."""

    EACH_TEXT = "each_text"
    ACCOUNT = "account"
    """At the provider, once for an account, an application or a number."""


class BlockScope(StrEnum):
    """What a provider's own opt-out block applies to. It is never the legal scope."""

    NONE = "none"
    """The provider blocks nobody."""
    NUMBER = "number"
    """Texts from one of your numbers."""
    SERVICE = "service"
    """Texts from a messaging service, profile or campaign."""
    ACCOUNT = "account"


class ListAccess(StrEnum):
    """What can be done with the provider's list of opted-out numbers."""

    LIST = "list"
    CHECK = "check"
    """Ask about one number."""
    ADD = "add"
    REMOVE = "remove"


class Receipts(StrEnum):
    """What the provider's "delivered" means."""

    HANDSET = "handset"
    """The carrier says that the handset has it."""
    CARRIER = "carrier"
    """Sometimes only that a carrier has accepted it."""


class Baa(StrEnum):
    """Whether the provider signs a business associate agreement (45 CFR 164.504(e))."""

    OFFERED = "offered"
    ON_REQUEST = "on_request"
    """Only under a separate contract, or not confirmed in writing: ask."""
    UNCONFIRMED = "unconfirmed"


@frozen(kw_only=True)
class Capabilities:
    """What a provider can do.

    Attributes:
        max_characters: the longest body that it accepts, in code points.
        max_media: how many pictures or other media one text may have; 0 for none.
        schedule: the least and most time ahead for which it accepts a text to send later; None if
            it does not. The messenger holds texts itself and decides again when they go, because
            a text that waits at the provider goes out even after a STOP.
        validity: the least and most time that it can be told to keep trying; None if it cannot be
            told.
        repeat_within: how long a request under the same reference is processed only once, whatever
            the answer to the first; None if a repeated request may become a second text.
        look_up: how an uncertain text is found.
        status_look_up: whether it can be asked, by id, what became of a text that it accepted.
        status_callbacks: where their URL is set.
        inbound: whether it delivers what patients write.
        inbound_media: whether it delivers their pictures too.
        answers_keywords: whether it answers STOP, START or HELP itself, unless switched off.
        block_scope: what its own block of an opted-out number applies to.
        opt_out_list: what can be done with its list of opted-out numbers.
        signature: how its callbacks prove their origin.
        body_authenticated: whether that proof covers the content.
        time_authenticated: whether that proof covers the time, so that an old one is refused.
        rate_signals: response headers besides ``Retry-After`` that hold seconds to wait.
        receipts: what its "delivered" means.
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
            text: the text to be sent.
            provider: the provider's name, for the error.
            at: now (aware). Without it, how far ahead a text is scheduled is not checked.

        Raises:
            Unsupported: the provider cannot do it.
        """
        if len(text.body) > self.max_characters:
            msg = (
                f"the body has {len(text.body)} characters and {provider} accepts "
                f"{self.max_characters}. Shorten it, or send a link."
            )
            raise Unsupported(msg)
        self.require_media(len(text.media), provider)
        if text.send_at is not None:
            self._require_schedule(text.send_at, provider, at)

    def _require_schedule(self, send_at: datetime, provider: str, at: datetime | None) -> None:
        if self.schedule is None:
            msg = f"{provider} cannot send a text later. Leave out send_at, and send it then."
            raise Unsupported(msg)
        least, most = self.schedule
        if at is not None and not least <= send_at - at <= most:
            msg = (
                f"{provider} accepts a text at least {least} and at most {most} before it is to be "
                "sent. Leave out send_at, and send it then."
            )
            raise Unsupported(msg)

    def require_media(self, count: int, provider: str) -> None:
        """Refuse more media than the provider accepts.

        Raises:
            Unsupported: it accepts fewer, or none.
        """
        if count > self.max_media:
            takes = f"at most {self.max_media}" if self.max_media else "no"
            msg = f"{provider} accepts {takes} media with a text. Send a link instead."
            raise Unsupported(msg)

    def valid_for(self, wanted: timedelta | None) -> int | None:
        """How many seconds the provider may keep trying, as near to what is wanted as it can.

        Never longer than wanted, unless the provider's least is longer. None if nothing is wanted,
        or if the provider cannot be told.
        """
        if wanted is None or self.validity is None:
            return None
        least, most = self.validity
        return int(max(least, min(wanted, most)).total_seconds())
