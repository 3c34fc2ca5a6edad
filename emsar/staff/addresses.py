"""The visitor's network address, for counting only; it is neither stored nor logged (E-3.2i)."""

from collections.abc import Sequence
from functools import cache, lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.http import HttpRequest

# One line of a provider has a whole network of this size; its addresses change every day.
IPV6_NETWORK_BITS = 64
# A visitor may write as many entries as they like; no chain of proxies is as long as this.
MOST_HOPS = 20


def client_network(request: HttpRequest) -> str:
    """What is counted: the visitor's address, or its network where it is an IPv6 address."""
    text = client_address(request)
    address = _parsed(text)
    if address is None:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(IPv6Network((address, IPV6_NETWORK_BITS), strict=False).network_address)


def client_address(request: HttpRequest) -> str:
    """The address that the outermost proxy of ours saw.

    X-Forwarded-For is read from its end, for as long as the one who wrote an entry is a proxy of
    ours; the entries before are whatever the visitor liked to write. An entry that is no address
    ends the walk at the proxy that wrote it.
    """
    seen = _peer(request)
    for entry in reversed(_chain(request)):
        if not is_proxy(seen):
            break
        address = _parsed(_without_port(entry))
        if address is None:
            break
        seen = str(address)
    return seen


def comes_from_proxy(request: HttpRequest) -> bool:
    """Whether the connection itself is one of a proxy of ours."""
    return is_proxy(_peer(request))


def is_proxy(address: str) -> bool:
    """Whether an address lies in one of the networks of ``TRUSTED_PROXIES``."""
    return _is_within(address, tuple(settings.TRUSTED_PROXIES))


@lru_cache(maxsize=1024)
def _is_within(address: str, networks: tuple[str, ...]) -> bool:
    found = _parsed(address)
    return found is not None and any(found in network for network in _networks(networks))


@cache
def _networks(entries: tuple[str, ...]) -> Sequence[IPv4Network | IPv6Network]:
    return [ip_network(entry) for entry in entries]


def _peer(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _chain(request: HttpRequest) -> list[str]:
    parts = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    return [part.strip() for part in parts if part.strip()][-MOST_HOPS:]


def _without_port(entry: str) -> str:
    """Some proxies write ``192.0.2.1:4711`` or ``[2001:db8::1]:4711``."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    """An address, an IPv4 address in the clothes of IPv6 as itself; None for anything else."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
