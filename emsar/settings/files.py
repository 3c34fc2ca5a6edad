"""Secrets out of files: ``NAME_FILE`` names a file whose content is the value of ``NAME``.

The content is taken without the white space around it, and without the mark of byte order that some
editors put in front. An error names the variable, never a value.
"""

from collections.abc import Mapping
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "FIELD_KEYS",
    "LOOKUP_KEYS",
    "EVIDENCE_KEYS",
    "DATABASE_URL",
    "DATABASE_URL_WEB",
    "DATABASE_URL_WORKER",
    "REDIS_URL",
    "EMAIL_URL",
    "LEDGER_TOKEN",
    "READYZ_TOKEN",
    "SENTRY_DSN",
)


def with_files(given: Mapping[str, str]) -> dict[str, str]:
    """The environment with the secrets that stand in files, and without the files' names.

    Raises ImproperlyConfigured for a secret that is given twice or cannot be read.
    """
    named = {name: given.get(f"{name}_FILE", "") for name in SECRETS}
    twice = [name for name, path in named.items() if path and given.get(name)]
    if twice:
        raise ImproperlyConfigured(f"{twice[0]} and {twice[0]}_FILE are both set; one is enough")
    rest = {name: value for name, value in given.items() if name not in _file_names()}
    return rest | {name: _content(name, Path(path)) for name, path in named.items() if path}


def _file_names() -> frozenset[str]:
    return frozenset(f"{name}_FILE" for name in SECRETS)


def _content(name: str, path: Path) -> str:
    try:
        value = path.read_text("utf-8-sig").strip()
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise ImproperlyConfigured(f"{name}_FILE cannot be read ({reason})") from None
    except ValueError:
        # The fault of decoding would quote what stands in the file.
        raise ImproperlyConfigured(f"{name}_FILE holds no text") from None
    if not value:
        raise ImproperlyConfigured(f"{name}_FILE names an empty file")
    return value
