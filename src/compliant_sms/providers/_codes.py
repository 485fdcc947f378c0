"""Each provider's words for statuses and reasons, read from ``data/NAME.toml``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TypeVar

from attrs import field, frozen

from compliant_sms._lazy import packaged
from compliant_sms.errors import ConfigurationError
from compliant_sms.lifecycle import State
from compliant_sms.providers._base import Attempt, Certainty, Problem, ProviderKeyword
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._reading import is_refusal, retry_after, scrubbed
from compliant_sms.wire import HttpReply

T = TypeVar("T")
_NOTHING_NEW = "none"
_LONGEST_CODE = 80
_AN_ID = re.compile(r"[!-~]{1,255}")
_OF_STATUS: Mapping[int, Failure] = {
    401: Failure.AUTH,
    402: Failure.INSUFFICIENT_FUNDS,
    403: Failure.AUTH,
    429: Failure.RATE_LIMITED,
}


@frozen(kw_only=True)
class Codes:
    """What a provider's words mean.

    Attributes:
        states: its statuses, in lower case, with the states that they mean; None for nothing new.
        categories: its codes, with the reasons for refusal or failed delivery that they mean.
        keywords: the words, in lower case, that it acts on by itself unless told otherwise.
        source: where the table comes from.
        statuses: HTTP statuses, with the reasons that they mean if the code says nothing.
    """

    states: Mapping[str, State | None]
    categories: Mapping[str, Failure]
    keywords: Mapping[str, ProviderKeyword] = field(factory=dict)
    source: str = ""
    statuses: Mapping[int, Failure] = field(factory=lambda: _OF_STATUS)

    def state(self, word: object) -> State | None:
        """The state that a status means; None if it means nothing new or is unknown."""
        return self.states.get(str(word).strip().lower())

    def keyword(self, body: str) -> ProviderKeyword | None:
        """The keyword that the provider takes a text for, if one word is the whole text."""
        return self.keywords.get(body.strip().casefold())

    def category(self, code: object, status: int | None = None) -> Failure:
        """The reason that a code means; by the HTTP status if the code is unknown."""
        known = self.categories.get(str(code).strip())
        if known is not None or status is None:
            return known or Failure.UNKNOWN
        fallback = Failure.PROVIDER_FAULT if status >= 500 else Failure.UNKNOWN
        return self.statuses.get(status, fallback)


@cache
def codes_of(provider: str) -> Codes:
    """Read the tables of a provider from ``data/PROVIDER.toml``.

    ``states`` and ``categories`` are required; ``keywords`` if it acts on some by itself.

    Raises:
        ConfigurationError: the file gives one code two meanings, or uses an unknown word.
    """
    import tomllib  # noqa: PLC0415 - needed once a provider said something

    try:
        table = tomllib.loads(packaged(__package__, "data", f"{provider}.toml"))
        states = _inverted(table["states"], _state, str.lower)
        categories = _inverted(table["categories"], Failure)
        keywords = _inverted(table.get("keywords", {}), ProviderKeyword, str.casefold)
    except (KeyError, ValueError) as error:
        msg = f"providers/data/{provider}.toml cannot be used: {error}"
        raise ConfigurationError(msg) from None
    return Codes(
        states=MappingProxyType(states),
        categories=MappingProxyType(categories),
        keywords=MappingProxyType(keywords),
        source=table.get("source", ""),
    )


def _state(word: str) -> State | None:
    return None if word == _NOTHING_NEW else State(word)


def _inverted(
    rows: Mapping[str, Sequence[object]],
    read: Callable[[str], T],
    spelt: Callable[[str], str] = str,
) -> dict[str, T]:
    inverted: dict[str, T] = {}
    for name, words in rows.items():
        for word in map(spelt, map(str, words)):
            if word in inverted:
                msg = f"{word!r} is listed twice"
                raise ValueError(msg)
            inverted[word] = read(name)
    return inverted


def problem(
    vendor: str, codes: Codes, code: object, *, status: int | None = None, said: object = ""
) -> Problem:
    """Describe why a text was refused or not delivered, in our vocabulary and the provider's.

    Args:
        vendor: the provider's name as people write it.
        codes: its tables.
        code: its own code, if it gave one. What may name a patient is no code.
        status: the HTTP status, if there was an answer.
        said: its own words.
    """
    named = _code(code, codes)
    category = codes.category(named, status)
    parts = [f"code {named}"] if named else []
    parts += [f"HTTP {status}"] if status is not None else []
    why = f" ({', '.join(parts)})" if parts else ""
    return Problem(
        category=category,
        code=named or str(status or "none"),
        words=f"{vendor}: {category.replace('_', ' ')}{why}.",
        said=scrubbed(str(said)) if said else "",
    )


def accepted(provider_id: object) -> Attempt | None:
    """Describe a request that was accepted under that id; None if it is no id, which is uncertain.

    Ids are shown and logged. So words, which may come from the text, do not count as an id.
    """
    if not isinstance(provider_id, str) or not _AN_ID.fullmatch(provider_id):
        return None
    return Attempt(certainty=Certainty.ACCEPTED, provider_id=provider_id)


def not_accepted(reply: HttpReply, why: Problem, *seconds: str) -> Attempt:
    """Describe a request that was not accepted: refused or uncertain, by the HTTP status.

    It is uncertain too if the provider takes it for a request that it already has, because the
    text may have gone with that one.

    Args:
        reply: the answer to it.
        why: what the answer means.
        seconds: the provider's own headers that say how long to wait.
    """
    refused = is_refusal(reply.status) and why.category is not Failure.DUPLICATE
    return Attempt(
        certainty=Certainty.REFUSED if refused else Certainty.AMBIGUOUS,
        problem=why,
        retry_after=retry_after(reply, *seconds),
    )


def _code(code: object, codes: Codes) -> str:
    if not isinstance(code, str | int) or isinstance(code, bool):
        return ""
    named = str(code).strip()
    harmless = named in codes.categories or scrubbed(named) == named
    return named if harmless and len(named) <= _LONGEST_CODE else ""
