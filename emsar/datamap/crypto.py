"""AES-256-GCM for personal columns and keyed HMAC for finding them again.

A stored value is ``kid length (1 byte) | kid | nonce (12) | ciphertext and tag``; table and column
are associated data, so that a value copied into another column does not decrypt.
"""

import hashlib
import hmac
import logging
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from emsar.datamap.keys import ring

logger = logging.getLogger(__name__)

NONCE_BYTES = 12
UNREADABLE_MARK = "⚠ unreadable"


class Unreadable(str):
    """Stands where a value could not be decrypted: shown, never saved, never a 500."""

    __slots__ = ()


def is_unreadable(text: object) -> bool:
    """Whether ``text`` came from the database and could not be read; typed words never are."""
    return isinstance(text, Unreadable)


@cache
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def encrypt(text: str, place: str) -> bytes:
    """Encrypt ``text`` for ``place`` ("table.column") under the current key."""
    kid, key = ring("FIELD_KEYS").current
    nonce = os.urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), place.encode())
    return bytes([len(kid)]) + kid.encode() + nonce + sealed


def decrypt(value: bytes, place: str) -> str:
    """Decrypt a stored value; an :class:`Unreadable` marker and an alarm when that fails."""
    try:
        key = ring("FIELD_KEYS").get(key_id(value))
        if key is None:
            raise InvalidTag
        body = value[1 + value[0] :]
        clear = _cipher(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], place.encode())
        return clear.decode()
    except (InvalidTag, ValueError, IndexError):
        # Only the column is named: the value may be anybody's.
        logger.critical("a value of %s cannot be decrypted", place)
        return Unreadable(UNREADABLE_MARK)


def key_id(value: bytes) -> str:
    """The id of the key that a stored value is encrypted under."""
    return value[1 : 1 + value[0]].decode("ascii", "replace") if value else ""


def lookup_key(purpose: str, text: str) -> bytes:
    """The keyed HMAC under the current key by which a value of this purpose is found."""
    return _hmac(ring("LOOKUP_KEYS").current[1], purpose, text)


def lookup_keys(purpose: str, text: str) -> list[bytes]:
    """The same under every key of the ring, current first: what a search looks for."""
    return [_hmac(key, purpose, text) for _, key in ring("LOOKUP_KEYS").keys]


def _hmac(key: bytes, purpose: str, text: str) -> bytes:
    return hmac.new(key, f"{purpose}\x1f{text}".encode(), hashlib.sha256).digest()
