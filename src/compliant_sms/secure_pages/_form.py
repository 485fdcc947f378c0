"""What a browser sends."""

from __future__ import annotations

from urllib.parse import parse_qsl

from attrs import field, frozen

from compliant_sms.secure_pages._proof import Step
from compliant_sms.wire import Headers

LONGEST_REPLY = 2000
"""Characters."""

LARGEST_FORM = 32_000
"""Bytes: the longest reply, each character as four bytes in percent signs, and the rest."""

_FORM = "application/x-www-form-urlencoded"
_MOST_FIELDS = 8


@frozen(kw_only=True)
class PageRequest:
    """A request for a page, as a web framework hands it over.

    Attributes:
        method: in capitals.
        token: the last part of the path.
        headers: names in small letters, and values.
        body: as it came.
        address: the network address of whoever asks; empty where the host does not pass it.
    """

    method: str
    token: str = field(repr=False)
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    address: str = field(default="", repr=False)

    def header(self, name: str) -> str:
        """The first value of a header; empty where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    def comes_from(self, origin: str) -> bool:
        """Whether nothing says that another site's page sent it.

        A page that may not tell where it comes from says ``null``: Fetch Standard, 3.2.
        """
        if self.header("sec-fetch-site") not in {"", "same-origin", "none"}:
            return False
        return self.header("origin") in {"", "null", origin}

    def fields(self, most: int) -> dict[str, str] | None:
        """What the form in its body holds, by name; None where it cannot be read.

        Args:
            most: how many fields it may have. A name that comes twice cannot be read either: which
                of two values would count?
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
        """The form in its body; None where there is none that can be read."""
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
    """What somebody filled in.

    Attributes:
        step: which form it is.
        proof: what the page put into it.
        words: what they wrote.
        unsent: a reply of theirs that was not taken before, because its page was open for too long.
    """

    step: Step
    proof: str = field(repr=False)
    words: str = field(repr=False)
    unsent: str = field(default="", repr=False)

    @property
    def reply(self) -> str:
        """Their reply, sent or not, with plain line ends and without blanks around."""
        words = self.words if self.step is Step.REPLY else self.unsent
        return words.replace("\r\n", "\n").replace("\0", "").strip()
