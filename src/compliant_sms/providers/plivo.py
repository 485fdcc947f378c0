"""Plivo Messaging, API version 1.

Sources: Plivo's pages on sending, on message states and callbacks, on incoming messages and on
opt-outs; requests as its Python client 4.63 sends them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from attrs import field, frozen

from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped, web_address
from compliant_sms.providers._base import (
    Attempt,
    InboundText,
    OutboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    StatusUpdate,
)
from compliant_sms.providers._capabilities import (
    Baa,
    BlockScope,
    CallbackSignature,
    Capabilities,
    Receipts,
)
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._plivo_settings import inspection
from compliant_sms.providers._reading import e164, json_object, whole
from compliant_sms.providers._requests import basic, get_json, post_json
from compliant_sms.providers._sender_settings import Inspection
from compliant_sms.providers._signatures._plivo import verify_signature
from compliant_sms.providers._signing import form, query
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Plivo"]

_ACCOUNT = shaped("(MA|SA)[A-Z0-9]{18}", "'MA' or 'SA' and 18 capital letters and digits")
_INTENTS: Final = {
    "optout": ProviderKeyword.STOP,
    "optin": ProviderKeyword.START,
    "help": ProviderKeyword.HELP,
}
# Where a callback has no MessageIntent. Older pages of Plivo's have more words; these all have.
_WORDS: Final = {
    "stop": ProviderKeyword.STOP,
    "start": ProviderKeyword.START,
    "unstop": ProviderKeyword.START,
    "help": ProviderKeyword.HELP,
}
_PART = re.compile(r"([0-9]{1,3}) of ([0-9]{1,3})")
_MEDIA = re.compile(r"https://((([a-z0-9-]+\.)?media)|api)\.plivo\.com/[\x21-\x7e]+")


@frozen(kw_only=True)
class Plivo(Adapter):
    """Plivo, with one sender.

    Args:
        auth_id: the account (``MA...``) or a subaccount (``SA...``).
        auth_token: its token, which also signs its callbacks.
        sender: the number that texts are sent from.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL that Plivo tells of deliveries, or empty for none.
        answers_keywords: whether Plivo itself confirms STOP and answers HELP. It does if its
            opt-out handling is on: for long codes and toll-free numbers unless its support
            switched it off, for short codes on request.
        log: whether Plivo keeps body and recipient in its own logs; by default it does not.
        older_auth_tokens: still accepted on callbacks while a token is being rotated; and the
            main account's, where that signs for a subaccount.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str] = "plivo"
    vendor: ClassVar[str] = "Plivo"
    proved_by: ClassVar[tuple[str, ...]] = ("auth_token",)
    # No look-up: the list of messages has no bodies, so that a text in it may be another one to
    # the same patient; and a text that is kept out of the logs is not in it for certain.
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=1600,
        max_media=10,
        validity=(timedelta(seconds=5), timedelta(seconds=10_799)),
        inbound_media=True,
        block_scope=BlockScope.SERVICE,
        signature=CallbackSignature.HMAC,
        body_authenticated=False,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes=(
            "Texts beyond the GSM alphabet have 737 characters at most. Callbacks are signed "
            "without what they say; a STOP is believed, a START is not."
        ),
    )

    auth_id: str = field(validator=_ACCOUNT)
    auth_token: str = field(repr=False, validator=credential)
    answers_keywords: bool = True
    log: bool = False
    older_auth_tokens: tuple[str, ...] = field(default=(), repr=False, converter=secrets)
    base_url: str = field(default="https://api.plivo.com", validator=web_address)

    @property
    def _account_url(self) -> str:
        return f"{self.base_url}/v1/Account/{self.auth_id}"

    @property
    def _authorization(self) -> str:
        return basic(f"{self.auth_id}:{self.auth_token}")

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``POST Message/``."""
        self.capabilities.require(text, self.vendor)
        content: dict[str, Any] = {
            "src": self.sender.e164,
            "dst": text.to.e164,
            "text": text.body,
            "type": "mms" if text.media else "sms",
            "log": str(self.log).lower(),
        }
        if text.media:
            content["media_urls"] = list(text.media)
        if self.status_callback:
            content |= {"url": self.callback_for(text.reference), "method": "POST"}
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            content["message_expiry"] = seconds
        return post_json(f"{self._account_url}/Message/", self._authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """202 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = json_object(reply.body)
        ids = content.get("message_uuid")  # one for each recipient
        only = ids[0] if isinstance(ids, list) and ids else None
        if reply.status in {200, 202} and (taken := accepted(only)):
            return taken
        named = reply.status if reply.status == 403 else None  # the table has it among the codes
        return not_accepted(reply, self._problem(named, reply.status, content.get("error")))

    def check_account(self, *, at: datetime) -> HttpRequest:  # noqa: ARG002
        """``GET`` the account itself."""
        return get_json(f"{self._account_url}/", self._authorization)

    def inspect_sender(self, *, at: datetime) -> Inspection:  # noqa: ARG002
        """Ask about the number, its registration, and the application that gets its texts."""
        return inspection(self._account_url, self._authorization, self.sender)

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the account or its token."""
        content = json_object(reply.body)
        if reply.status == 200 and content.get("auth_id") == self.auth_id:
            return None
        return self._problem(None, reply.status, content.get("error"))

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,  # noqa: ARG002 - Plivo signs no time
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check version 3 of the signature if any part of it is there, otherwise version 2.

        Raises:
            InvalidSignature: it is missing or wrong.
            WebhookRejected: the form cannot be read.
        """
        asked, posted = query(request), {} if request.method == "GET" else form(request)
        tokens = self.callback_proofs
        covered = verify_signature(request, posted, tokens)
        return sealed(self.name, posted or asked, asked, authenticated=covered)

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        fields: dict[str, str] = webhook.content
        provider_id, status = fields.get("MessageUUID"), fields.get("Status", "")
        if not provider_id:
            return []
        if fields.keys() & {"Text", "Body", "MediaCount"} and status in {"", "received"}:
            return [self._inbound(provider_id, fields, authenticated=webhook.authenticated)]
        code, part = whole(fields.get("ErrorCode")), _part(fields)
        # Each part of a long text has an id of its own; the text has that of the first one.
        parent = fields.get("ParentMessageUUID") if part else None
        return [
            StatusUpdate(
                key=f"{provider_id}/{status}",
                provider_id=parent or provider_id,
                reference=self.reference_in(webhook),
                state=self._codes.state(status),
                problem=self._problem(code) if code else None,
                recipient=e164(fields.get("To", "")),
                part=part,
            )
        ]

    def _inbound(
        self, provider_id: str, fields: Mapping[str, str], *, authenticated: bool
    ) -> InboundText:
        # One page of Plivo's counts media from 0, another from 1.
        media = (fields.get(f"Media{n}") for n in range(self.capabilities.max_media + 1))
        body = fields.get("Text") or fields.get("Body", "")
        keyword = self._keyword(body, fields.get("MessageIntent"))
        return InboundText(
            key=provider_id,
            provider_id=provider_id,
            sender=e164(fields.get("From", "")),
            to=e164(fields.get("To", "")),
            body=body,
            media=tuple(url for url in media if url),
            answered=self.answers_keywords and keyword is not None,
            recognized=keyword,
            authenticated=authenticated,
        )

    def _keyword(self, body: str, intent: str | None) -> ProviderKeyword | None:
        if intent is not None:
            return _INTENTS.get(intent.strip().lower())  # blank, where Plivo took it for none
        return _WORDS.get(body.strip().casefold()) if self.answers_keywords else None

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` it with the account's credentials, which Plivo requires if so configured."""
        own = url.startswith(f"{self._account_url}/") or _MEDIA.fullmatch(url)
        return get_json(url, self._authorization) if own else None


def _part(fields: Mapping[str, str]) -> tuple[int, int] | None:
    """Which part of how many a status is about; None where the text has only one."""
    found = _PART.fullmatch(fields.get("PartInfo", "").strip())
    part, parts = (int(found[1]), int(found[2])) if found else (1, 1)
    return (part, parts) if 1 <= part <= parts != 1 else None
