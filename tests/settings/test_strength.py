"""What production refuses. Each message names the variable and never the value."""

import base64
import secrets
import string

import pytest
from django.core.exceptions import ImproperlyConfigured

from emsar.embedded.keys import make_secrets
from emsar.settings.networks import networks
from emsar.settings.strength import (
    refuse_repeats,
    refuse_weak_keys,
    refuse_weak_passwords,
    refuse_weak_secret_key,
    refuse_weak_token,
    refuse_wide_hosts,
)

RANDOM = bytes(range(7, 250, 8)) + bytes([3])


def key(content: bytes = b"", kid: str = "k") -> str:
    return f"{kid}:{base64.b64encode(content or secrets.token_bytes(32)).decode()}"


@pytest.mark.parametrize(
    "value",
    [
        secrets.token_urlsafe(64),
        secrets.token_urlsafe(38),
        secrets.token_hex(32),
        "".join(secrets.choice(string.ascii_lowercase) for _ in range(50)),
        "".join(secrets.choice(string.printable[:94]) for _ in range(50)),
    ],
    ids=range(5),
)
def test_random_secret_key_is_taken(value):
    refuse_weak_secret_key("SECRET_KEY", value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (secrets.token_urlsafe(64)[:49], "at least 50"),
        ("x" * 64, "not random"),
        ("tests-only-" + "x" * 50, "not random"),
        ("abcdefghij" * 6, "not random"),
        ("correct-horse-battery-staple-" * 3, "not random"),
        (string.digits * 6, "not random"),
        ("django-insecure-" + "change-me-" * 5, "made for development"),
        ("django-insecure-" + secrets.token_urlsafe(64), "made for development"),
    ],
    ids=range(8),
)
def test_weak_secret_key_is_refused(value, reason):
    with pytest.raises(ImproperlyConfigured, match=rf"SECRET_KEY.*{reason}") as refused:
        refuse_weak_secret_key("SECRET_KEY", value)
    assert value not in str(refused.value)


def test_fresh_keys_are_taken():
    for _ in range(50):
        made = make_secrets()
        refuse_weak_keys(
            {
                "FIELD_KEYS": [made.field_keys, key(kid="old")],
                "LOOKUP_KEYS": [made.lookup_keys, " "],
                "EVIDENCE_KEYS": made.evidence_keys.split(","),
            }
        )


@pytest.mark.parametrize(
    "entry",
    [
        *("k", "k:", "k:not base64!", key(b"x" * 31), key(b"x" * 33), key(b"\0" * 32)),
        # The key of the tests, a sentence, a row of numbers, a pattern.
        "k:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        key(b"correct horse battery staple 42!"),
        *(key(bytes(range(32))), key(bytes(range(0, 224, 7))), key(bytes([1, 2, 3, 255] * 8))),
    ],
)
def test_key_that_is_not_random_is_refused(entry):
    rings = {"FIELD_KEYS": [key()], "LOOKUP_KEYS": [key(), entry]}
    with pytest.raises(ImproperlyConfigured, match=r"^LOOKUP_KEYS") as refused:
        refuse_weak_keys(rings)
    value = entry.partition(":")[2]
    assert not value or value not in str(refused.value)


@pytest.mark.parametrize("ring", ["FIELD_KEYS", "EVIDENCE_KEYS"])
def test_key_with_two_purposes_or_two_names_is_refused(ring):
    same = secrets.token_bytes(32)
    rings = {"FIELD_KEYS": [key(same)], "LOOKUP_KEYS": [key()], "EVIDENCE_KEYS": [key()]}
    with pytest.raises(ImproperlyConfigured, match=f"^{ring} repeats a key"):
        refuse_weak_keys(rings | {ring: [*rings[ring], key(same, "other")]})


def url(password: str, user: str = "emsar_web") -> str:
    return f"postgres://{user}:{password}@db:5432/emsar"


def test_random_passwords_of_their_own_are_taken():
    for make in (secrets.token_hex, secrets.token_urlsafe):
        refuse_weak_passwords({"A": url(make(24)), "B": url(make(24)), "C": url(make(12))})
    socket = f"postgres://emsar_web:{secrets.token_hex(16)}@%2Frun%2Fpg:5432/emsar"
    refuse_weak_passwords({"A": socket})


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("postgres:///emsar", "no password"),
        ("postgres://emsar_web@db/emsar", "no password"),
        (url(""), "no password"),
        (url("short4.Xy"), "weak password"),
        (url("password"), "weak password"),
        (url("MyPassword1234567890"), "weak password"),
        (url("1111111111111111"), "weak password"),
        (url("emsar_web-1234567890"), "weak password"),
        ("postgres://[::1/emsar", "no address"),
    ],
)
def test_weak_password_is_refused(address, reason):
    with pytest.raises(ImproperlyConfigured, match=f"DATABASE_URL_WEB .*{reason}") as refused:
        refuse_weak_passwords({"DATABASE_URL_WEB": address})
    assert "1234567890" not in str(refused.value)


def test_password_of_two_roles_is_refused():
    same = secrets.token_hex(16)
    urls = {"DATABASE_URL": url(same, "owner"), "DATABASE_URL_WEB": url(same)}
    with pytest.raises(ImproperlyConfigured, match=r"^DATABASE_URL_WEB has the password of DATAB"):
        refuse_weak_passwords(urls)


def test_token_is_long_or_left_out():
    refuse_weak_token("READYZ_TOKEN", "")
    for make, size in (
        (secrets.token_urlsafe, 32),
        (secrets.token_hex, 16),
        (secrets.token_hex, 64),
    ):
        for _ in range(50):
            refuse_weak_token("READYZ_TOKEN", make(size))


@pytest.mark.parametrize(
    "weak",
    [
        *(secrets.token_urlsafe(32)[:31], "x" * 40, "abcdefgh" * 4, string.digits * 4),
        *("hunter2-" * 5, "change-me-" * 4, "readyz-token-" * 3, "let-me-in-" * 9),
    ],
    ids=range(8),
)
def test_token_that_could_be_guessed_is_refused(weak):
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_weak_token("READYZ_TOKEN", weak)
    assert str(refused.value) == "READYZ_TOKEN must be at least 32 random characters"


def test_secret_that_is_given_twice_is_refused():
    one, other = secrets.token_urlsafe(64), secrets.token_urlsafe(64)
    refuse_repeats([("A", one), ("B", other), ("C", ""), ("D", "")])
    with pytest.raises(ImproperlyConfigured, match=r"^C repeats A; each needs its own") as refused:
        refuse_repeats([("A", one), ("B", other), ("C", one)])
    assert one not in str(refused.value)


def test_hosts_are_named_one_by_one():
    refuse_wide_hosts("EXTRA_HOSTS", ["127.0.0.1", "web", "[::1]"])
    for wide in ("*", ".example.az", "*.example.az"):
        with pytest.raises(ImproperlyConfigured, match="EXTRA_HOSTS must name each host"):
            refuse_wide_hosts("EXTRA_HOSTS", ["127.0.0.1", wide])


def test_networks_of_proxies_are_addresses_and_cidr():
    assert networks("T", ["172.16.0.0/12", " 10.0.0.2 ", "", "2001:db8::/64"]) == (
        *("172.16.0.0/12", "10.0.0.2/32", "2001:db8::/64"),
    )


@pytest.mark.parametrize(
    "entries",
    [
        ["0.0.0.0/1", "128.0.0.0/1"],
        ["128.0.0.0/2", "10.0.0.0/8", "0.0.0.0/1", "192.0.0.0/2"],
        ["::/1", "10.0.0.2", "8000::/1"],
        ["10.0.0.2", "::/0"],
    ],
)
def test_networks_that_hold_everybody_together_are_refused(entries):
    with pytest.raises(ImproperlyConfigured) as refused:
        networks("TRUSTED_PROXIES", entries)
    assert str(refused.value) == "TRUSTED_PROXIES must not hold every address there is"


@pytest.mark.parametrize("wrong", ["1", "proxy", "10.0.0.1/8", "10.0.0.0/33", "0.0.0.0/0", "::/0"])
def test_what_is_no_network_of_ours_is_refused(wrong):
    with pytest.raises(ImproperlyConfigured, match=r"^TRUSTED_PROXIES"):
        networks("TRUSTED_PROXIES", ["10.0.0.0/8", wrong])
