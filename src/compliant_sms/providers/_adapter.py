"""What most adapters share, so that each holds only what is specific to its provider."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from attrs import Attribute, field, fields, frozen

from compliant_sms import _given
from compliant_sms._masking import repr_of_address
from compliant_sms.errors import InvalidInput
from compliant_sms.phone import PhoneNumber, as_number
from compliant_sms.providers._base import InboundText, OptOutPage, OutboundText, Problem, SentText
from compliant_sms.providers._capabilities import CallbackPlace, Capabilities
from compliant_sms.providers._codes import Codes, codes_of, problem
from compliant_sms.providers._requests import with_parameter
from compliant_sms.providers._sender_settings import Inspection, SenderSettings
from compliant_sms.providers._webhooks import VerifiedWebhook
from compliant_sms.wire import LOOPBACK, HttpReply, HttpRequest

if TYPE_CHECKING:
    # By name: pyright takes no field with a converter for what the protocol asks for.
    from compliant_sms.providers._provider import Provider as _Provider
else:
    _Provider = object

_EVER = datetime.min.replace(tzinfo=UTC)
REFERENCE = "ref"
"""The query parameter of a status callback's URL that holds our id of the text."""


def not_blank(of: object, attribute: Attribute[str], value: str) -> None:
    """Validate that a string is not blank."""
    _given.text(of, attribute, value)
    if not value.strip():
        msg = f"{type(of).__name__}'s {attribute.name} is empty; pass what the provider gave you"
        raise InvalidInput(msg)


def credential(of: object, attribute: Attribute[str], value: str) -> None:
    """Validate a credential: one line, without the line break of the file that it came from.

    It may be empty only if that is the default.
    """
    left_out = value == "" == attribute.default
    if not left_out:
        not_blank(of, attribute, value)
    _one_line(value, f"{type(of).__name__}'s {attribute.name}")


def _one_line(value: str, name: str) -> None:
    if value != value.strip("\r\n"):  # every request would be refused, and every callback
        msg = f"{name} begins or ends with a line break, as if read from a file; call strip() on it"
        raise InvalidInput(msg)


def shaped(pattern: str, looks: str) -> Callable[[object, Attribute[str], str], None]:
    """Make a validator for strings of that shape. They may be empty only if that is the default.

    Args:
        pattern: a regular expression for the whole string.
        looks: the shape in words, for the error.
    """

    def check(of: object, attribute: Attribute[str], value: str) -> None:
        _given.text(of, attribute, value)
        left_out = value == "" == attribute.default
        if not left_out and not re.fullmatch(pattern, value):
            msg = f"{attribute.name} is not one of {getattr(of, 'vendor', 'its provider')}: {looks}"
            raise InvalidInput(msg)

    return check


CREDENTIALS = shaped("[^:]+:.+", "'user:password', as set at the provider")
"""Validates what callbacks carry under the Basic scheme (RFC 7617)."""


def secrets(values: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Convert a list of secrets, newest first.

    Raises:
        InvalidInput: one is empty or not a string.
    """
    _given.each_of(values, str, "what callbacks are signed with", "the secrets in a list")
    found = tuple(values)
    if not all(value.strip() for value in found):
        msg = "a callback secret is empty, so everybody could sign with it; pass the real one"
        raise InvalidInput(msg)
    for value in found:
        _one_line(value, "a callback secret")
    return found


def web_address(of: object, attribute: Attribute[str], value: str) -> None:
    """Validate a web address; it may be empty."""
    _given.text(of, attribute, value)
    if value and not _is_web_address(value):
        msg = f"{type(of).__name__}'s {attribute.name} is not a web address: pass https://..."
        raise InvalidInput(msg)


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _a_day(_: object, attribute: Attribute[Any], value: object) -> None:
    if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
        msg = f"{attribute.name} must be the day of the signature: date(2026, 1, 5); None for none"
        raise InvalidInput(msg)


def _goes_with_a_text(of: Adapter, _: object, value: str) -> None:
    if value and of.capabilities.status_callbacks is CallbackPlace.ACCOUNT:
        msg = (
            f"{of.vendor} takes no status_callback with a text: set the URL at the provider, for "
            "the account, the application or the number, and leave it out here"
        )
        raise InvalidInput(msg)


@frozen(kw_only=True)
class Adapter(_Provider):
    """Base class of adapters: one sender, and defaults for what a provider cannot do.

    Attributes:
        proved_by: names of the fields that hold what proves callbacks, in addition to the lists
            that the converter ``secrets`` makes: see ``callback_proofs``.

    Args:
        sender: the number that texts are sent from.
        baa_signed_on: the day on which the provider and the practice signed a business associate
            agreement. Without one, and before that day, nothing is sent to a patient.
        status_callback: the public URL to which the provider reports deliveries. Empty for none,
            or if the URL is set at the provider. If it can only be set there, this must be empty.
        base_url: a different URL of the API. One on loopback is taken for a simulated carrier.

    Raises:
        InvalidInput: a field is invalid.
    """

    name: ClassVar[str]
    vendor: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    proved_by: ClassVar[tuple[str, ...]] = ()

    sender: PhoneNumber = field(converter=as_number)
    baa_signed_on: date | None = field(default=None, validator=_a_day)
    status_callback: str = field(
        default="", validator=[web_address, _goes_with_a_text], repr=repr_of_address
    )
    base_url: str = field(default="", validator=web_address)

    @property
    def simulated(self) -> bool:
        """Whether the API is simulated on this machine."""
        return urlsplit(self.base_url).hostname in LOOPBACK

    @property
    def may_carry_phi(self) -> bool:
        """Whether an agreement is signed, or the API is simulated on this machine."""
        return self.baa_signed_on is not None or self.simulated

    @property
    def _codes(self) -> Codes:
        """What the provider's words mean, by default from ``data/NAME.toml``."""
        return codes_of(self.name)

    def _problem(self, code: object, status: int | None = None, said: object = "") -> Problem:
        """Why a text was refused or not delivered."""
        return problem(self.vendor, self._codes, code, status=status, said=said)

    def callback_for(self, reference: str) -> str:
        """The status callback URL with our reference, which settles a text without an answer."""
        if not self.status_callback:
            return ""
        return with_parameter(self.status_callback, REFERENCE, reference)

    def reference_in(self, webhook: VerifiedWebhook) -> str | None:
        """Our reference in the URL that was called; None if it has none."""
        return webhook.query.get(REFERENCE)

    def reference_of(self, callback: str) -> str | None:
        """Our reference in a status callback URL; None if it has none."""
        try:
            return dict(parse_qsl(urlsplit(callback).query)).get(REFERENCE)
        except ValueError:  # no URL
            return None

    def look_up(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: a text cannot be found."""
        return None

    def found(
        self,
        reply: HttpReply,  # noqa: ARG002
        text: OutboundText,  # noqa: ARG002
        since: datetime,  # noqa: ARG002
    ) -> Sequence[SentText] | None:
        """Return None: the answer says nothing."""
        return None

    def ask_status(self, text: OutboundText, *, at: datetime) -> HttpRequest | None:
        """Return the look-up of an uncertain text, if the capabilities say that this helps."""
        return self.look_up(text, at=at) if self.capabilities.status_look_up else None

    def read_status(self, reply: HttpReply, text: OutboundText) -> SentText | None:
        """Return the text with that id among those that were found."""
        listed = self.found(reply, text, _EVER) or ()
        return next((each for each in listed if each.provider_id == text.provider_id), None)

    @property
    def callback_proofs(self) -> tuple[str, ...]:
        """The contents of lists made by ``secrets``, and of the fields in ``proved_by``."""
        lists = [each.name for each in fields(type(self)) if each.converter is secrets]
        proofs: list[str] = []
        for name in (*self.proved_by, *lists):
            held = getattr(self, name)
            proofs += [held] if isinstance(held, str) else held
        return tuple(proofs)

    def answer(self, webhook: VerifiedWebhook) -> HttpReply:  # noqa: ARG002
        """Return an empty 200."""
        return HttpReply(status=200)

    def follow_up(self, webhook: VerifiedWebhook) -> Sequence[HttpRequest]:  # noqa: ARG002
        """Return nothing: there is no follow-up."""
        return ()

    def confirm(self, event: InboundText, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: the provider cannot be asked about an incoming text."""
        return None

    def confirmed(self, reply: HttpReply, event: InboundText) -> bool:  # noqa: ARG002
        """It is not."""
        return False

    def media_request(self, url: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: no URL is the provider's."""
        return None

    def check_account(self, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: no harmless request checks the credentials."""
        return None

    def account_problem(self, reply: HttpReply) -> Problem | None:  # noqa: ARG002
        """Return None: no problem is known."""
        return None

    def inspect_sender(self, *, at: datetime) -> Inspection:  # noqa: ARG002
        """Ask nothing: the provider does not say how the sender is set up."""
        yield from ()
        return SenderSettings()

    def list_opt_outs(self, cursor: str, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: there is no list to read."""
        return None

    def read_opt_outs(self, reply: HttpReply) -> OptOutPage | None:  # noqa: ARG002
        """Return None: there is no list to read."""
        return None

    def add_opt_out(self, number: PhoneNumber, *, at: datetime) -> HttpRequest | None:  # noqa: ARG002
        """Return None: there is no list to write to."""
        return None

    def opt_out_added(self, reply: HttpReply) -> bool:  # noqa: ARG002
        """It is not."""
        return False
