"""The visitor's network address, for counting only; it is neither stored nor logged (E-3.2i)."""

from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# One line of a provider has a whole network of this size; its addresses change every day.
IPV6_NETWORK_BITS = 64


def client_network(request: HttpRequest) -> str:
    """What is counted: the visitor's address, or its network where it is an IPv6 address."""
    text = client_address(request)
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return text
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(IPv6Network((address, IPV6_NETWORK_BITS), strict=False).network_address)


def client_address(request: HttpRequest) -> str:
    """The address that the outermost proxy of ours saw.

    Only as many entries of X-Forwarded-For are believed as there are proxies of ours; the ones
    before them are whatever the visitor liked to write.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return peer
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    chain = [part for part in chain if part]
    return chain[-proxies] if len(chain) >= proxies else peer
