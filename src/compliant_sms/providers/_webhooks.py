"""Callbacks whose origin was checked: the one type that adapters read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_SEAL = object()


class VerifiedWebhook:
    """A callback that is proved to come from the provider. Only :meth:`Provider.verify` makes one.

    Attributes:
        provider: the provider's name.
        content: the JSON in it, or the fields of its form.
        query: the parameters in the URL that was called.
        authenticated: whether the proof covers the content.
    """

    __slots__ = ("authenticated", "content", "provider", "query")

    provider: str
    content: Any
    query: Mapping[str, str]
    authenticated: bool

    def __init__(
        self,
        seal: object,
        provider: str,
        content: Any,  # noqa: ANN401 - JSON has no narrower type
        query: Mapping[str, str],
        *,
        authenticated: bool,
    ) -> None:
        if seal is not _SEAL:
            msg = "a VerifiedWebhook comes from a provider's verify() and from nowhere else"
            raise TypeError(msg)
        self.provider = provider
        self.content = content
        self.query = query
        self.authenticated = authenticated


def sealed(
    provider: str,
    content: Any,  # noqa: ANN401 - JSON has no narrower type
    query: Mapping[str, str],
    *,
    authenticated: bool = True,
) -> VerifiedWebhook:
    """Make a verified webhook. Only for adapters, after their check.

    Args:
        provider: the provider's name.
        content: the JSON or the form's fields.
        query: the parameters in its URL.
        authenticated: whether the check covers the content.
    """
    return VerifiedWebhook(_SEAL, provider, content, query, authenticated=authenticated)
