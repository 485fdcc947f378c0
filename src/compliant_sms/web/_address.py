"""The URL that a provider called. Signatures cover it, so it is configured and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

from attrs import field, frozen

from compliant_sms.errors import ConfigurationError, WebhookRejected
from compliant_sms.wire import Headers

_HOST = re.compile(r"(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_FORWARDED_PAIR = re.compile(r'\s*([A-Za-z]+)=(?:"([^"\\]*)"|([^\s",;]*))\s*')  # RFC 7239 4
_IN_PATHS = "/:@!$&'()*+,;=~"  # RFC 3986 3.3: what a path may hold unencoded


@frozen(kw_only=True)
class Arrival:
    """A callback as received from the server, before its body is read.

    Attributes:
        method: the HTTP method, in capitals.
        path: the path below the mount, decoded; empty or ``"/"`` for the mount itself.
        whole_path: the path with the mount, decoded.
        query: the raw query string.
        headers: names and values, as received.
        peer: the address of the connected peer; empty where the server does not tell.
    """

    method: str
    path: str
    whole_path: str
    query: str = field(repr=False)
    headers: Headers = field(repr=False)
    peer: str = ""

    def values(self, name: str) -> list[str]:
        """Every value of a header; give its name in lowercase."""
        return [value.strip() for key, value in self.headers if key.lower() == name]


@frozen(kw_only=True)
class PublicAddress:
    """The URL that providers call from outside.

    Args:
        public_url: the URL of the mount, as providers call it.
        trusted_proxies: instead, networks of proxies whose headers tell the URL.

    Raises:
        ConfigurationError: neither or both were given, or one cannot be used.
    """

    public_url: str | None = None
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, public_url: str | None, trusted_proxies: Iterable[str]) -> PublicAddress:
        """Make one from the arguments that a host passes."""
        networks = tuple(_network(each) for each in _listed(trusted_proxies))
        if bool(public_url) == bool(networks):
            msg = (
                "signatures cover the URL that the provider called, and behind a proxy the server "
                "sees another one. Pass public_url='https://...', the URL of the mount from "
                "outside; or, if it has several, trusted_proxies=['10.0.0.0/8'], the proxies that "
                "tell it in headers. Pass one, not both."
            )
            raise ConfigurationError(msg)
        if public_url:
            _refuse_no_url(public_url)
        return cls(public_url=public_url or None, trusted_proxies=networks)

    def below(self, path: str) -> str:
        """The path below that of the public URL, for an application served without a mount."""
        mount = urlsplit(self.public_url or "").path.rstrip("/")
        return path.removeprefix(mount) if f"{path}/".startswith(f"{mount}/") else path

    def called(self, arrival: Arrival) -> str:
        """The URL that the provider called.

        Raises:
            WebhookRejected: the callback did not come through a trusted proxy that tells the URL.
        """
        if self.public_url is None:
            url = _told_by_proxy(arrival, self.trusted_proxies)
        else:
            url = self.public_url
            if arrival.path.strip("/"):
                url = url.rstrip("/") + quote(arrival.path, _IN_PATHS)
        return f"{url}?{arrival.query}" if arrival.query else url


def _listed(networks: Iterable[str]) -> list[str]:
    return [networks] if isinstance(networks, str) else list(networks)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        msg = f"trusted_proxies has an invalid network: {error}. Write 10.0.0.0/8 or 192.0.2.7."
        raise ConfigurationError(msg) from error


def _refuse_no_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.netloc
    except ValueError:
        host = ""
    if (
        not _HOST.fullmatch(host)
        or parts.scheme not in {"http", "https"}
        or "?" in url
        or "#" in url
    ):
        msg = "public_url must be like https://clinic.example/texts, without ?, # or a password"
        raise ConfigurationError(msg)


def _told_by_proxy(arrival: Arrival, proxies: Iterable[IPv4Network | IPv6Network]) -> str:
    if not _is_within(arrival.peer, proxies):
        msg = "the callback did not come through a trusted proxy"
        raise WebhookRejected(msg, status=403)
    # A proxy passes on headers that it does not write itself, so anybody may have written them:
    # exactly one origin must be told.
    told = {*_forwarded(arrival), *_x_forwarded(arrival)} - {("", "")}
    if len(told) != 1:
        msg = "the proxy must tell one origin, in X-Forwarded-Proto and -Host or in Forwarded"
        raise WebhookRejected(msg)
    proto, host = told.pop()
    if proto not in {"http", "https"} or not _HOST.fullmatch(host):
        msg = "the proxy tells an invalid origin"
        raise WebhookRejected(msg)
    return f"{proto}://{host}{quote(arrival.whole_path, _IN_PATHS)}"


def _is_within(peer: str, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, IPv6Address):  # dual-stack sockets show an IPv4 peer so
        address = address.ipv4_mapped or address
    return any(address in network for network in networks)


def _x_forwarded(arrival: Arrival) -> set[tuple[str, str]]:
    protos = arrival.values("x-forwarded-proto")
    hosts = arrival.values("x-forwarded-host")
    return {(proto.lower(), host) for proto in protos or [""] for host in hosts or [""]}


def _forwarded(arrival: Arrival) -> set[tuple[str, str]]:
    return {
        _origin(element) for value in arrival.values("forwarded") for element in value.split(",")
    }


def _origin(element: str) -> tuple[str, str]:
    pairs = [_FORWARDED_PAIR.fullmatch(pair) for pair in element.split(";")]
    told = {pair[1].lower(): pair[2] or pair[3] or "" for pair in pairs if pair}
    return told.get("proto", "").lower(), told.get("host", "")
