"""Whose address is counted: what our own proxies saw, not what the visitor says."""

import pytest
from django.test import RequestFactory

from emsar.staff.addresses import client_address, client_network

PEER = "192.0.2.1"
REAL = "203.0.113.77"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        # Nobody stands in front: the header is the visitor's own invention.
        (0, None, PEER),
        (0, "198.51.100.1", PEER),
        # One proxy adds the address it saw at the end.
        (1, REAL, REAL),
        (1, f"198.51.100.1, {REAL}", REAL),
        (1, f"127.0.0.1, ::1, {REAL}", REAL),
        (1, f"198.51.100.1,,{REAL} ", REAL),
        # Two proxies: the outer one's view is the last but one.
        (2, f"{REAL}, 10.0.0.2", REAL),
        (2, f"198.51.100.1, {REAL}, 10.0.0.2", REAL),
        # Somebody came past the proxies: only the connection itself can be believed.
        (1, None, PEER),
        (1, "", PEER),
        (1, " , ", PEER),
        (2, REAL, PEER),
    ],
)
def test_client_address_believes_only_our_proxies(settings, proxies, forwarded, counted) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", REMOTE_ADDR=PEER, headers=headers)
    assert client_address(request) == counted


def test_client_address_of_a_socket_is_empty(settings) -> None:
    """A server behind a UNIX socket gives no address; all such visitors share one count."""
    settings.TRUSTED_PROXIES = 0
    request = RequestFactory().get("/")
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == ""


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_client_network_counts_an_ipv6_line_once(settings, address, counted) -> None:
    settings.TRUSTED_PROXIES = 0
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == counted
