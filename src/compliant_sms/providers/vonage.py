"""Vonage Messages API v1, and callbacks of Vonage's older SMS API.

One adapter reads both. Which of the two forms a number posts is a setting of the account, and does
not change how texts are sent.

Sources: Vonage's Messages API and Application API references and error list, its pages on signed
webhooks and Opt-Out Assist; request bodies as its Python client 4.9 sends them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final
from urllib.parse import quote, urlsplit

from attrs import field, frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, Unsupported
from compliant_sms.providers._adapter import Adapter, credential, secrets, shaped, web_address
from compliant_sms.providers._base import Attempt, OutboundText, Problem, ProviderEvent
from compliant_sms.providers._capabilities import Baa, CallbackSignature, Capabilities, Receipts
from compliant_sms.providers._codes import accepted, not_accepted
from compliant_sms.providers._reading import json_object, mapping, text_in
from compliant_sms.providers._requests import basic, get_json, post_json
from compliant_sms.providers._sender_settings import Inspection, SenderSettings
from compliant_sms.providers._signatures._vonage import (
    SIGNATURE_METHODS,
    application_token,
    signer,
    verify_sig,
    verify_token,
)
from compliant_sms.providers._signing import json_body, query
from compliant_sms.providers._vonage_events import event_of, problem_of
from compliant_sms.providers._webhooks import VerifiedWebhook, sealed
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

__all__ = ["Vonage"]

# An MMS names its kind; what a URL does not tell is taken for a picture.
_KINDS: Final = {
    "image": "gif jpeg jpg png",
    "video": "3gp mov mp4",
    "audio": "amr m4a mp3 wav",
    "vcard": "vcf",
    "file": "pdf",
}
_KIND_OF: Final = {ending: kind for kind, endings in _KINDS.items() for ending in endings.split()}
_LONGEST_CAPTION: Final = 3000
_MMS_VALIDITY: Final = (300, 259_200)  # seconds
_BALANCE: Final = "https://rest.nexmo.com"
_APPLICATIONS: Final = "https://api.nexmo.com/v2/applications"
_MEDIA = re.compile(r"https://api(-[a-z0-9-]+)?\.(nexmo|vonage)\.com/[\x21-\x7e]+")
_METHOD = shaped(
    "|".join(sorted(SIGNATURE_METHODS)), f"one of {', '.join(sorted(SIGNATURE_METHODS))}"
)


@frozen(kw_only=True)
class Vonage(Adapter):
    """Vonage, with one sender.

    Args:
        api_key: the account's API key.
        signature_secrets: the secrets that sign callbacks; several while one is being rotated.
        application_id: the application that sends texts, with ``private_key``. Callbacks go to
            the application's own URLs.
        private_key: the application's RSA key, PEM (extra ``vonage``).
        api_secret: sends without an application; callbacks then go to the account's URLs. With an
            application, only ``doctor`` needs it.
        signature_method: ``md5``, ``sha1``, ``sha256`` or ``sha512``, as set in the account, to
            accept callbacks of the older SMS API too. If empty, they are refused.
        sender: the number that texts are sent from.
        baa_signed_on: the day the business associate agreement was signed; required for sending.
        status_callback: the public URL for delivery reports; empty for the application's own.
        answers_keywords: whether Vonage support switched on Opt-Out Assist, so that Vonage itself
            confirms STOP and answers HELP.
        base_url: a different URL of the API, such as ``https://api-eu.vonage.com``. One on
            loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid, or there is nothing to send with.
        MissingExtra: there is a ``private_key`` but ``cryptography`` is not installed.
    """

    name: ClassVar[str] = "vonage"
    vendor: ClassVar[str] = "Vonage"
    capabilities: ClassVar[Capabilities] = Capabilities(
        max_characters=3200,
        max_media=1,
        validity=(timedelta(seconds=20), timedelta(days=7)),
        inbound_media=True,
        answers_keywords=False,
        signature=CallbackSignature.JWT,
        time_authenticated=True,
        receipts=Receipts.CARRIER,
        baa=Baa.ON_REQUEST,
        notes=(
            "A text to somebody who opted out is taken, and fails only in the status callback. "
            "Opt-Out Assist, on request, answers STOP and HELP."
        ),
    )

    api_key: str = field(repr=False, validator=credential)
    signature_secrets: tuple[str, ...] = field(repr=False, converter=secrets)
    application_id: str = field(default="", validator=credential)
    private_key: str = field(default="", repr=False, validator=_given.text)
    api_secret: str = field(default="", repr=False, validator=credential)
    signature_method: str = field(default="", validator=_METHOD)
    answers_keywords: bool = False
    base_url: str = field(default="https://api.nexmo.com", validator=web_address)

    def __attrs_post_init__(self) -> None:
        if bool(self.application_id) != bool(self.private_key):
            msg = "application_id and private_key belong together: pass both, or neither"
            raise InvalidInput(msg)
        if self.private_key:
            signer(self.private_key)
        elif not self.api_secret:
            msg = (
                "there is nothing to send with: pass application_id and private_key, or api_secret"
            )
            raise InvalidInput(msg)

    def _authorization(self, at: datetime, purpose: str) -> str:
        if not self.application_id:
            return basic(f"{self.api_key}:{self.api_secret}")
        return f"Bearer {application_token(self.application_id, self.private_key, at, purpose)}"

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """``POST /v1/messages``."""
        self.capabilities.require(text, self.vendor)
        content: dict[str, Any] = {
            "to": text.to.e164[1:],
            "from": self.sender.e164[1:],
            "client_ref": text.reference,
            **(_mms(text) if text.media else _sms(text)),
        }
        if (seconds := self.capabilities.valid_for(text.valid_for)) is not None:
            least, most = _MMS_VALIDITY
            content["ttl"] = max(least, min(seconds, most)) if text.media else seconds
        if self.status_callback:
            content |= {"webhook_url": self.status_callback, "webhook_version": "v1"}
        authorization = self._authorization(at, text.reference)
        return post_json(f"{self.base_url}/v1/messages", authorization, content)

    def response(self, reply: HttpReply) -> Attempt:
        """202 with an id is accepted; 4xx is refused; anything else may have been processed."""
        content = json_object(reply.body)
        if reply.status in {200, 202} and (taken := accepted(content.get("message_uuid"))):
            return taken
        return not_accepted(reply, problem_of(content, reply.status))

    def check_account(self, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """``GET`` the balance, which needs the secret; None without one."""
        if not self.api_secret:
            return None
        url = f"{self.base_url if self.simulated else _BALANCE}/account/get-balance"
        return get_json(url, basic(f"{self.api_key}:{self.api_secret}"))

    def account_problem(self, reply: HttpReply) -> Problem | None:
        """What is wrong with the account or its secret."""
        content = json_object(reply.body)
        if reply.status == 200 and "value" in content:
            return None
        return problem_of(content, reply.status)

    def inspect_sender(self, *, at: datetime) -> Inspection:  # noqa: ARG002
        """``GET`` the application, which needs the secret."""
        if not (self.application_id and self.api_secret):
            return SenderSettings()
        url = f"{_APPLICATIONS}/{quote(self.application_id, safe='')}"
        reply = yield get_json(url, basic(f"{self.api_key}:{self.api_secret}"))
        can = json_object(reply.body).get("capabilities") if reply.status == 200 else None
        if not isinstance(can, dict):
            return SenderSettings()
        webhooks = mapping(mapping(can.get("messages")).get("webhooks"))
        texts, statuses = (mapping(webhooks.get(name)) for name in ("inbound_url", "status_url"))
        return SenderSettings(
            texts=text_in(texts, "address"), statuses=text_in(statuses, "address")
        )

    def verify(
        self,
        request: WebhookRequest,
        *,
        at: datetime,
        certificates: Mapping[str, bytes] | None = None,  # noqa: ARG002
    ) -> VerifiedWebhook:
        """Check the token and the body that it covers; for the older SMS API, ``sig``.

        Raises:
            InvalidSignature: it is missing, forged, too old, or for another account or body.
            WebhookRejected: it cannot be read.
        """
        if self.signature_method and request.header("authorization") is None:
            parameters = verify_sig(request, self.signature_secrets, self.signature_method, at)
            return sealed(self.name, parameters, query(request))
        verify_token(request, self.signature_secrets, self.api_key, at)
        return sealed(self.name, json_body(request), query(request))

    def parse(self, webhook: VerifiedWebhook) -> Sequence[ProviderEvent]:
        """Read an inbound text or a status. Anything else is left out."""
        event = event_of(mapping(webhook.content), answers_keywords=self.answers_keywords)
        return [event] if event is not None else []

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:
        """``GET`` it with the credentials, which Vonage requires if media are secured."""
        if not (_MEDIA.fullmatch(url) or (self.simulated and url.startswith(f"{self.base_url}/"))):
            return None
        return get_json(url, self._authorization(at, url))


def _sms(text: OutboundText) -> dict[str, object]:
    return {"channel": "sms", "message_type": "text", "text": text.body}


def _mms(text: OutboundText) -> dict[str, object]:
    if len(text.body) > _LONGEST_CAPTION:
        msg = f"Vonage takes {_LONGEST_CAPTION} characters with a picture. Shorten the body."
        raise Unsupported(msg)
    (url,) = text.media
    kind = _KIND_OF.get(urlsplit(url).path.rpartition(".")[2].lower(), "image")
    caption = {"caption": text.body} if text.body else {}
    return {"channel": "mms", "message_type": kind, kind: {"url": url, **caption}}
