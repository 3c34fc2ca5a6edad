"""Key rings read from the settings: a list each, the first current, the others only for reading.

A ring's entries are ``kid:base64 of 32 bytes``. Key ids travel with each value, so that old values
stay readable while ``rotate_keys`` rewrites them.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

RINGS = ("FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS")


@dataclass(frozen=True)
class KeyRing:
    """The keys of one purpose by id, the current one first."""

    name: str
    keys: tuple[tuple[str, bytes], ...]

    @property
    def current(self) -> tuple[str, bytes]:
        return self.keys[0]

    def get(self, kid: str) -> bytes | None:
        return next((key for name, key in self.keys if name == kid), None)

    def fingerprints(self) -> dict[str, str]:
        """What start-up compares: says which key it is and nothing about it."""
        return {
            kid: hmac.new(key, b"fingerprint:" + self.name.encode(), hashlib.sha256).hexdigest()
            for kid, key in self.keys
        }


def ring(name: str) -> KeyRing:
    """The ring of a setting; raises ImproperlyConfigured for an empty or malformed one."""
    return _parse(name, tuple(getattr(settings, name)))


@cache
def _parse(name: str, entries: tuple[str, ...]) -> KeyRing:
    keys = tuple(_entry(name, entry.strip()) for entry in entries if entry.strip())
    if not keys:
        raise ImproperlyConfigured(f"{name} holds no key")
    if len({kid for kid, _ in keys}) != len(keys):
        raise ImproperlyConfigured(f"{name} names a key id twice")
    return KeyRing(name, keys)


def _entry(name: str, entry: str) -> tuple[str, bytes]:
    kid, _, encoded = entry.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not kid.isascii() or not 1 <= len(kid) <= 16 or len(key) != 32:
        raise ImproperlyConfigured(f"{name}: each key is id:base64 of exactly 32 bytes")
    return kid, key
