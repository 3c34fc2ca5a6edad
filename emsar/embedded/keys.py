"""Secrets: for development made once for a data folder, for a real server printed.

``python -m emsar.embedded.keys`` prints fresh values as lines of a ``.env`` file.
"""

import base64
import secrets
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from emsar.embedded.errors import EmbeddedError
from emsar.embedded.files import read_json, write_json


@dataclass(frozen=True)
class Secrets:
    """Keys of the site and passwords of the database roles."""

    secret_key: str
    field_keys: str
    lookup_keys: str
    evidence_keys: str
    superuser_password: str
    owner_password: str
    web_password: str
    worker_password: str
    # A folder made before there was one is given one.
    readyz_token: str = ""

    def environment(self) -> dict[str, str]:
        """The keys under the names that the settings read."""
        return {
            "SECRET_KEY": self.secret_key,
            "FIELD_KEYS": self.field_keys,
            "LOOKUP_KEYS": self.lookup_keys,
            "EVIDENCE_KEYS": self.evidence_keys,
            "READYZ_TOKEN": self.readyz_token,
        }


def make_secrets() -> Secrets:
    """Fresh random values."""
    passwords = {
        field.name: secrets.token_urlsafe(24)
        for field in fields(Secrets)
        if field.name.endswith("_password")
    }
    return Secrets(
        secret_key=secrets.token_urlsafe(64),
        field_keys=make_key("field-1"),
        lookup_keys=make_key("lookup-1"),
        evidence_keys=make_key("evidence-1"),
        readyz_token=make_token(),
        **passwords,
    )


def make_token() -> str:
    """A fresh bearer token."""
    return secrets.token_urlsafe(32)


def make_key(name: str) -> str:
    """One entry of a key list: its id, a colon, base64 of 32 random bytes."""
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def kept_secrets(data_dir: Path) -> Secrets:
    """The secrets of this data folder; raises EmbeddedError when they are lost or damaged."""
    path = data_dir / "secrets.json"
    if not path.exists():
        _refuse_orphaned_data(path)
        write_json(path, asdict(make_secrets()))
    try:
        kept = Secrets(**(read_json(path) or {}))
    except TypeError as error:
        raise EmbeddedError(f"{path} is damaged ({error}). {ADVICE}") from None
    if not kept.readyz_token:
        kept = replace(kept, readyz_token=make_token())
        write_json(path, asdict(kept))
    return kept


ADVICE = "Bring it back from a copy, or remove the whole folder to begin anew."


def _refuse_orphaned_data(path: Path) -> None:
    if (path.parent / "postgres").exists():
        raise EmbeddedError(
            f"{path} is missing, and without its keys the data beside it cannot be read. {ADVICE}"
        )


def as_lines() -> str:
    """Fresh secrets as lines that both a ``.env`` file and a shell understand."""
    made = make_secrets()
    passwords = ("SUPERUSER", "OWNER", "WEB", "WORKER")
    values = made.environment() | {
        f"DATABASE_{name}_PASSWORD": secrets.token_hex(24) for name in passwords
    }
    return "".join(f"{name}={value}\n" for name, value in values.items())


if __name__ == "__main__":
    print(as_lines(), end="")
