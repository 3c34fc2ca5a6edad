"""The ways out of the house and into it: mail, database, the ledger's store, our own address.

What production refuses of them would be read on its way, lead to others, or lead nowhere. Every
function raises ImproperlyConfigured; its message names the variable, never a value.
"""

import re
from collections.abc import Collection, Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

SMTP = "django.core.mail.backends.smtp.EmailBackend"
# It stands in .env.example.
PASSWORD_OF_THE_EXAMPLE = "password"  # noqa: S105 - known, and refused for that
# A name without a dot is known in a network of ours alone; digits alone would be an address.
_NEAR_NAME = re.compile(r"[a-z][a-z0-9_-]*", re.IGNORECASE)
_WORDS = frozenset({"", "0", "1", "false", "n", "no", "off", "ok", "on", "true", "y", "yes"})


def database(env: environ.Env, name: str) -> dict[str, Any]:
    """A database as Django wants it. A faulty address would be quoted with its password."""
    try:
        found: dict[str, Any] = env.db_url(name)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is no address of a database") from None
    return found


def mail_server(env: environ.Env, name: str, **default: str) -> dict[str, Any]:
    """The settings for mail, as Django wants them."""
    try:
        found: dict[str, Any] = env.email_url(name, **default)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(f"{name} is no address of a mail server") from None
    return found


def refuse_open_mail(name: str, mail: Mapping[str, Any]) -> None:
    """Refuse what sends no mail, and what sends it in the clear through networks of others."""
    if mail["EMAIL_BACKEND"] != SMTP or not mail["EMAIL_HOST"]:
        raise ImproperlyConfigured(f"{name} must name a mail server, as smtp+tls://user@host:587")
    if str(mail["EMAIL_HOST_PASSWORD"]).lower() == PASSWORD_OF_THE_EXAMPLE:
        raise ImproperlyConfigured(f"{name} has the password of the example")
    is_covered = mail.get("EMAIL_USE_TLS") or mail.get("EMAIL_USE_SSL")
    if not is_covered and not is_near(mail["EMAIL_HOST"]):
        raise ImproperlyConfigured(
            f"{name} must begin with smtp+tls:// or smtp+ssl:// for a server outside"
        )


def refuse_open_ledger(url: str, token: str) -> None:
    """Refuse a store outside that would be shown ``LEDGER_TOKEN``, or a password, in the clear."""
    parts = _parts("LEDGER_URL", url)
    if parts.scheme.lower() != "http" or is_near(parts.hostname or ""):
        return
    if parts.username or parts.password:
        raise ImproperlyConfigured("LEDGER_URL has a password, so it must begin with https://")
    if token:
        raise ImproperlyConfigured("LEDGER_TOKEN is sent, so LEDGER_URL must begin with https://")


def refuse_foreign_origin(name: str, origin: str, hosts: Collection[str]) -> None:
    """Refuse an origin that mailed links must not begin with: another host's, or without HTTPS."""
    parts = _parts(name, origin)
    port = "" if parts.port is None else f":{parts.port}"
    if parts.hostname not in hosts or origin.lower() != f"https://{parts.hostname}{port}":
        raise ImproperlyConfigured(
            f"{name} must be https:// and one of the profile's hosts, and nothing behind it"
        )


def refuse_unclear_word(name: str, word: str) -> None:
    """Refuse what is neither yes nor no: it would silently count as one of them."""
    if word.strip().lower() not in _WORDS:
        raise ImproperlyConfigured(f"{name} must be true or false")


def is_near(host: str) -> bool:
    """Whether what is sent to a host stays in this machine or in a network of our own."""
    try:
        address = ip_address(host)
    except ValueError:
        return _NEAR_NAME.fullmatch(host) is not None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_private


def _parts(name: str, url: str) -> SplitResult:
    """The parts of an address, its port among them; Python's own faults quote what they found."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ImproperlyConfigured(f"{name} is no address") from None
    return parts
