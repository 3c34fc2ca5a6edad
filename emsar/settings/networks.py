"""The networks of our own proxies, as they stand in the environment."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from django.core.exceptions import ImproperlyConfigured


def networks(name: str, entries: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks in CIDR; raises ImproperlyConfigured for anything else.

    Networks that together hold everybody would let every visitor say who they are.
    """
    found = [_network(name, entry.strip()) for entry in entries if entry.strip()]
    if _holds_everybody(found):
        raise ImproperlyConfigured(f"{name} must not hold every address there is")
    return tuple(str(network) for network in found)


def _holds_everybody(found: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether all addresses of one kind are held, by one network or by several together."""
    old = [network for network in found if isinstance(network, IPv4Network)]
    new = [network for network in found if isinstance(network, IPv6Network)]
    joined: list[IPv4Network | IPv6Network] = [*collapse_addresses(old), *collapse_addresses(new)]
    return any(network.prefixlen == 0 for network in joined)


def _network(name: str, entry: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(entry)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is a list of networks such as 172.30.77.0/24, separated by commas"
        ) from None
