"""The networks of our own proxies, as they stand in the environment."""

from collections.abc import Iterable
from ipaddress import ip_network

from django.core.exceptions import ImproperlyConfigured


def networks(name: str, entries: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks in CIDR; raises ImproperlyConfigured for anything else.

    A network that holds everybody would let every visitor say who they are.
    """
    return tuple(_network(name, entry.strip()) for entry in entries if entry.strip())


def _network(name: str, entry: str) -> str:
    try:
        network = ip_network(entry)
    except ValueError:
        raise ImproperlyConfigured(
            f"{name} is a list of networks such as 172.30.77.0/24, separated by commas"
        ) from None
    if network.prefixlen == 0:
        raise ImproperlyConfigured(f"{name} must not hold every address there is")
    return str(network)
