"""The files that are looked at: what runs, and what is shown; tests are not among them."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

PACKAGES = ("emsar", "policies", "consent", "requests_inbox", "dsar")
# From the bottom of the house to its top; each room may know those before it.
ROOMS = (
    *("datamap", "audit", "entities", "staff", "subjects", "outbox", "retention"),
    *("statistics", "site", "policies", "consent", "requests_inbox", "dsar"),
)


def root() -> Path:
    return Path(settings.BASE_DIR)


def python_files() -> Iterator[Path]:
    yield root() / "manage.py"
    for package in PACKAGES:
        yield from sorted((root() / package).rglob("*.py"))


def templates() -> Iterator[Path]:
    for folder in (root() / "templates", *(root() / package for package in PACKAGES)):
        for kind in ("*.html", "*.txt"):
            yield from sorted(folder.rglob(kind))


def shown(path: Path) -> str:
    """A file's name as it stands in the project."""
    return str(path.relative_to(root()))
