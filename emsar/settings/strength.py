"""What production refuses: secrets that are missing, typed, repeated or known to others.

Every function raises ImproperlyConfigured. Its message names the variable and what to do, never a
value: what stops the start is printed and kept by whatever collects the output.
"""

import base64
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_LENGTH = 50
# A lower bound of what fifty random letters hold; repeated or counted-up ones hold far less.
SECRET_KEY_BITS = 128
# Random characters hardly shrink; words and patterns do. Few of them do not shrink at all.
LEAST_PACKED = 0.6
LEAST_PACKED_SHORT = 0.8
KEY_BYTES = 32
# Thirty on average; fewer than twenty different ones do not happen by chance.
DIFFERENT_BYTES = 20
PASSWORD_LENGTH = 16
DIFFERENT_LETTERS = 6
# Shorter ones stand in random letters by chance.
LEAST_WORD = 6
TOKEN_LENGTH = 32
# The lower bound of thirty-two random hexadecimal digits.
TOKEN_BITS = 90
# What Django writes before the key of a new project, which may stand in a public repository.
MADE_FOR_DEVELOPMENT = "django-insecure-"
ADVICE = "`python -m emsar.embedded.keys` prints fresh ones"


def refuse_weak_secret_key(name: str, key: str) -> None:
    """Refuse what is short, has a pattern, or was made for development."""
    if len(key) < SECRET_KEY_LENGTH:
        raise ImproperlyConfigured(f"{name} must be at least {SECRET_KEY_LENGTH} characters")
    if key.lower().startswith(MADE_FOR_DEVELOPMENT):
        raise ImproperlyConfigured(f"{name} was made for development; {ADVICE}")
    if not is_random(key, SECRET_KEY_BITS):
        raise ImproperlyConfigured(f"{name} is not random; {ADVICE}")


def is_random(text: str, least_bits: float) -> bool:
    """Whether a text says as much as that, and has no pattern that packing would find."""
    packed = len(zlib.compress(text.encode(), 9)) / len(text.encode())
    least = LEAST_PACKED if len(text) >= SECRET_KEY_LENGTH else LEAST_PACKED_SHORT
    return bits(text) >= least_bits and packed >= least


def bits(text: str) -> float:
    """How much the letters of a text say at most, in bits, from how often each of them stands."""
    counts = Counter(text).values()
    return -sum(count * math.log2(count / len(text)) for count in counts)


def refuse_weak_keys(rings: Mapping[str, Sequence[str]]) -> None:
    """Refuse key rings (``kid:base64`` each) with a key that is malformed, typed or used twice.

    The keys of the tests are printable, so they are refused as typed ones.
    """
    seen: set[bytes] = set()
    for name, entries in rings.items():
        for entry in filter(None, (entry.strip() for entry in entries)):
            key = _key(name, entry)
            if key in seen:
                raise ImproperlyConfigured(f"{name} repeats a key; each needs its own: {ADVICE}")
            seen.add(key)


def _key(name: str, entry: str) -> bytes:
    try:
        key = base64.b64decode(entry.partition(":")[2], validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name}: each key is id:base64 of exactly {KEY_BYTES} bytes")
    is_typed = all(32 <= byte < 127 for byte in key)
    is_counted = len({(b - a) % 256 for a, b in pairwise(key)}) == 1
    if is_typed or is_counted or len(set(key)) < DIFFERENT_BYTES:
        raise ImproperlyConfigured(f"{name} holds a key that is not random; {ADVICE}")
    return key


def refuse_weak_passwords(urls: Mapping[str, str]) -> None:
    """Refuse the databases' addresses without a password of its own for each role."""
    seen: dict[str, str] = {}
    for name, url in urls.items():
        password = _password(name, url)
        if password in seen:
            raise ImproperlyConfigured(f"{name} has the password of {seen[password]}")
        seen[password] = name


def _password(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
    except ValueError:
        raise ImproperlyConfigured(f"{name} is no address of a database") from None
    if not password:
        raise ImproperlyConfigured(f"{name} has no password")
    weak = len(password) < PASSWORD_LENGTH or len(set(password)) < DIFFERENT_LETTERS
    known = [word for word in ("password", user.lower()) if len(word) >= LEAST_WORD]
    if weak or any(word in password.lower() for word in known):
        raise ImproperlyConfigured(
            f"{name} has a weak password; at least {PASSWORD_LENGTH} random characters are needed"
        )
    return password


def refuse_weak_token(name: str, token: str) -> None:
    """Refuse a bearer token that could be guessed; an empty one lets nobody in."""
    if token and (len(token) < TOKEN_LENGTH or not is_random(token, TOKEN_BITS)):
        raise ImproperlyConfigured(f"{name} must be at least {TOKEN_LENGTH} random characters")


def refuse_repeats(given: Iterable[tuple[str, str]]) -> None:
    """Refuse a secret that is given twice: whoever learns one of them would have the other."""
    seen: dict[str, str] = {}
    for name, value in given:
        if value and value in seen:
            raise ImproperlyConfigured(
                f"{name} repeats {seen[value]}; each needs its own: {ADVICE}"
            )
        seen[value] = name


def refuse_wide_hosts(name: str, hosts: Iterable[str]) -> None:
    """Refuse patterns among the names of hosts: a name is one name."""
    if any("*" in host or host.startswith(".") for host in hosts):
        raise ImproperlyConfigured(f"{name} must name each host; patterns are not taken")
