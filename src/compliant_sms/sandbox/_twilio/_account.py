"""An account at Twilio."""

from __future__ import annotations

import re
from random import Random
from typing import TYPE_CHECKING, ClassVar, Final
from urllib.parse import urlencode

from attrs import Attribute, field, frozen
from starlette.responses import Response
from starlette.routing import Route

from compliant_sms._callback_signing import TWILIO_SIGNATURE, twilio_signature
from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._account import Account, Handover, filled
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.sandbox._keywords import Keywords, keywords
from compliant_sms.sandbox._twilio import _api, _create
from compliant_sms.sandbox._twilio._callbacks import Fields, inbound_fields, status_fields
from compliant_sms.wire import HttpRequest

if TYPE_CHECKING:
    from compliant_sms.sandbox._carrier import Carrier

_ACCOUNT_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_FORM: Final = "application/x-www-form-urlencoded; charset=UTF-8"


def _is_account(_: object, __: Attribute[str], value: str) -> None:
    if not _ACCOUNT_SID.fullmatch(value):
        msg = "account_sid does not look like Twilio's. Pass AC and 32 hexadecimal digits."
        raise InvalidInput(msg)


@frozen(kw_only=True)
class TwilioAccount(Account):
    """An account at Twilio: it refuses at once whoever opted out of the number (21610).

    Args:
        account_sid: ``AC`` and 32 hexadecimal digits, as at Twilio.
        auth_token: the password of the API and the key of every signature.
        numbers: the account's own numbers, E.164.
        answers_keywords: whether Twilio answers STOP, START and HELP by itself and blocks who
            opted out, as it does unless its support switched that off.

    Raises:
        InvalidInput: an account SID, token or number that Twilio could not have given.
    """

    provider: ClassVar[str] = "twilio"
    prefix: ClassVar[str] = "/2010-04-01/"
    # Its default opt-out support page, for long codes.
    keywords: ClassVar[Keywords] = keywords(
        stop=["STOP", "STOPALL", "UNSUBSCRIBE", "END", "QUIT", "CANCEL", "REVOKE", "OPTOUT"],
        start=["START", "YES", "UNSTOP"],
        help_=["HELP", "INFO"],
    )
    unreachable: ClassVar[int] = 30003
    opted_out: ClassVar[int] = 21610
    id_form: ClassVar[re.Pattern[str]] = re.compile(r"(SM|MM)[0-9a-f]{32}")
    id_words: ClassVar[str] = "SM and 32 lower-case hexadecimal digits"
    keywords_can_be_switched: ClassVar[bool] = True
    takes_status_url: ClassVar[bool] = False

    account_sid: str = field(validator=_is_account)
    auth_token: str = field(repr=False, validator=filled)
    answers_keywords: bool = True

    def answers_keywords_on(self, number: str) -> bool:  # noqa: ARG002
        """As the account is set up."""
        return self.answers_keywords

    def block_scope(self, number: str) -> str:
        """The number alone."""
        return number

    def new_id(self, draft: Draft, chance: Random) -> str:
        """``MM`` for texts with media, ``SM`` for others, and 32 hexadecimal digits."""
        return f"{'MM' if draft.media_urls else 'SM'}{chance.getrandbits(128):032x}"

    def routes(self, carrier: Carrier) -> list[Route]:
        """Create, list, fetch, redact and delete."""
        return _api.routes(carrier, self)

    def no_route(self, status: int) -> Response:
        """20404, or 20004 for the method."""
        return _create.problem(*(_api.WRONG_METHOD if status == 405 else _api.NOT_FOUND))

    def rate_limited(self, seconds: float) -> Response:
        """429 with code 20429; Twilio does not say how long to wait."""
        del seconds
        return _create.problem(429, 20429, "There were too many requests.")

    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """A signed form."""
        return self._post(inbound_fields(entry, self.account_sid), to)

    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """A signed form."""
        return self._post(status_fields(entry, self.account_sid), to)

    def _post(self, fields: Fields, to: Handover) -> HttpRequest:
        headers = {
            "Content-Type": _FORM,
            TWILIO_SIGNATURE: twilio_signature(to.url, fields, self.auth_token),
        }
        return HttpRequest(
            method="POST", url=to.url, headers=headers, body=urlencode(fields).encode()
        )
