"""Whose address is counted: what our own proxies saw, not what the visitor says."""

import pytest
from django.test import RequestFactory

from emsar.staff.addresses import MOST_HOPS, client_address, client_network, comes_from_proxy

PROXY = "10.0.0.2"
OUTER = "10.0.0.3"
REAL = "203.0.113.77"
OURS = ("10.0.0.0/24", "2001:db8:aa::/64")


def asked(peer: str, forwarded: str | None = None):
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        # Not one of our proxies: the header is the visitor's own invention.
        (REAL, None, REAL),
        (REAL, "198.51.100.1", REAL),
        (REAL, f"198.51.100.1, {PROXY}", REAL),
        # One proxy adds the address it saw at the end.
        (PROXY, REAL, REAL),
        (PROXY, f"198.51.100.1, {REAL}", REAL),
        (PROXY, f"127.0.0.1, ::1, {REAL}", REAL),
        (PROXY, f"198.51.100.1,,{REAL} ", REAL),
        # Who writes a proxy's address before their own is not believed further.
        (PROXY, f"198.51.100.1, {OUTER}, {REAL}", REAL),
        # Two proxies: the inner one saw the outer one, which saw the visitor.
        (PROXY, f"{REAL}, {OUTER}", REAL),
        (PROXY, f"198.51.100.1, {REAL}, {OUTER}", REAL),
        # Somebody of the house, or a proxy that says nothing.
        (PROXY, OUTER, OUTER),
        (PROXY, None, PROXY),
        (PROXY, "", PROXY),
        (PROXY, " , ", PROXY),
        # An entry that is no address ends the walk at the one who wrote it.
        (PROXY, "unknown", PROXY),
        (PROXY, f"{REAL}, _hidden", PROXY),
        (PROXY, f"{REAL}, unknown, {OUTER}", OUTER),
        # As some proxies write it, and in the clothes of IPv6.
        (PROXY, f"{REAL}:4711", REAL),
        (PROXY, "[2001:db8::1]:4711", "2001:db8::1"),
        (f"::ffff:{PROXY}", f"::ffff:{REAL}", REAL),
        ("2001:db8:aa::5", REAL, REAL),
        ("2001:db8:ab::5", REAL, "2001:db8:ab::5"),
    ],
)
def test_client_address_believes_only_our_proxies(settings, peer, forwarded, counted) -> None:
    settings.TRUSTED_PROXIES = OURS
    assert client_address(asked(peer, forwarded)) == counted


def test_client_address_looks_at_a_few_entries_only(settings) -> None:
    settings.TRUSTED_PROXIES = OURS
    chain = ", ".join([REAL, *[OUTER] * MOST_HOPS])
    assert client_address(asked(PROXY, chain)) == OUTER


def test_client_address_of_a_socket_is_empty(settings) -> None:
    """A server behind a UNIX socket gives no address; all such visitors share one count."""
    settings.TRUSTED_PROXIES = OURS
    request = RequestFactory().get("/", headers={"X-Forwarded-For": REAL})
    del request.META["REMOTE_ADDR"]
    assert client_address(request) == ""
    assert not comes_from_proxy(request)


def test_without_a_list_nobody_is_a_proxy(settings) -> None:
    settings.TRUSTED_PROXIES = ()
    assert client_address(asked("127.0.0.1", REAL)) == "127.0.0.1"
    assert not comes_from_proxy(asked("127.0.0.1"))


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
def test_client_network_is_what_one_visitor_cannot_leave(settings, address, counted) -> None:
    """The addresses of one IPv6 line are counted together."""
    settings.TRUSTED_PROXIES = ()
    assert client_network(asked(address)) == counted
