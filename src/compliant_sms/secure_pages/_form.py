"""Requests and forms from a browser."""

from __future__ import annotations

from urllib.parse import parse_qsl

from attrs import field, frozen

from compliant_sms.secure_pages._proof import Step
from compliant_sms.wire import Headers

LONGEST_REPLY = 2000
"""Characters."""

LARGEST_FORM = 32_000
"""Bytes: the longest reply, each character as four percent-encoded bytes, and the other fields."""

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 8
_IMPLIED_PORT = ":443"


@frozen(kw_only=True)
class PageRequest:
    """A request for a page, as received from a web framework.

    Attributes:
        method: the HTTP method, in capitals.
        token: the last part of the path.
        headers: names in lowercase, and values.
        body: the raw body.
        address: the client's network address; empty where the host does not pass it.
    """

    method: str
    token: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    address: str = field(default="", repr=False)

    def header(self, name: str) -> str:
        """The first value of a header; empty if there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def comes_from(self, origin: str) -> bool:
        """Whether no header says that another site's page sent it.

        A page that may not reveal its origin sends ``null``: Fetch Standard, 3.2. No page sends the
        port that https implies: URL Standard, 4.4.
        """
        if self.header("sec-fetch-site") not in {"", "same-origin", "none"}:
            return False
        own = origin.removesuffix(_IMPLIED_PORT)
        return self.header("origin") in {"", "null", own}

    def fields(self, most: int) -> dict[str, str] | None:
        """The form fields in its body, by name; None if they cannot be read.

        Args:
            most: how many fields it may have. A form in which a name occurs twice cannot be read:
                it is not clear which value counts.
        """
        kind = self.header("content-type").partition(";")[0].strip().lower()
        if kind != _FORM or len(self.body) > LARGEST_FORM:
            return None
        try:
            pairs = parse_qsl(
                self.body.decode("ascii"),
                keep_blank_values=True,
                strict_parsing=True,
                errors="strict",
                max_num_fields=most,
            )
        except ValueError:
            return None
        fields = dict(pairs)
        return fields if len(fields) == len(pairs) else None

    def form(self) -> Form | None:
        """The form in its body; None if there is none that can be read."""
        fields = self.fields(_MOST_FIELDS) or {}
        try:
            step = Step(fields.get("step", ""))
        except ValueError:
            return None
        return Form(
            step=step,
            proof=fields.get("proof", ""),
            words=fields.get("words", ""),
            unsent=fields.get("unsent", ""),
        )


@frozen(kw_only=True)
class Form:
    """A form that somebody filled in.

    Attributes:
        step: which form it is.
        proof: the proof that the page put into it.
        words: what they wrote.
        unsent: their reply that was not accepted before, because its page was open for too long.
    """

    step: Step
    proof: str = field(repr=False)
    words: str = field(repr=False)
    unsent: str = field(default="", repr=False)

    @property
    def reply(self) -> str:
        """Their reply, sent or not, with normalized line ends and without surrounding blanks."""
        words = self.words if self.step is Step.REPLY else self.unsent
        return words.replace("\r\n", "\n").replace("\0", "").strip()
