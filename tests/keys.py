"""Keys for tests: the same name gives the same key, another name another one."""

import base64
import hashlib


def make_key(kid: str, *, secret: str = "") -> str:
    """One entry of a key ring; ``secret`` makes another key under the same id."""
    key = hashlib.sha256(f"test key {secret or kid}".encode()).digest()
    return f"{kid}:{base64.b64encode(key).decode()}"
