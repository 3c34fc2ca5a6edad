import logging
import tempfile
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from emsar.site.logs import JsonLines, WithoutPersons
from tests.smtp import HOST, MailServer, mail_server


@pytest.fixture
def smtp(settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
        yield server


@pytest.fixture
def console() -> Iterator[StringIO]:
    """What the site writes, as it writes it on a developer's machine and in production.

    The handler of the settings holds the stream of the moment in which it was made.
    """
    written = StringIO()
    plain = next(one for one in logging.root.handlers if any(map(_is_ours, one.filters)))
    assert isinstance(plain, logging.StreamHandler)
    # Not by its own method: that writes to the old stream once more, which is closed by now.
    before, plain.stream = plain.stream, written
    lines = logging.StreamHandler(written)
    lines.setFormatter(JsonLines())
    lines.addFilter(WithoutPersons())
    logging.root.addHandler(lines)
    yield written
    logging.root.removeHandler(lines)
    plain.stream = before


def _is_ours(one: object) -> bool:
    return isinstance(one, WithoutPersons)


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """Where whatever wants a temporary file puts it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def content_of_folder(folder: Path) -> str:
    return "".join(
        f"{path.name}\n{path.read_bytes().decode('utf-8', 'backslashreplace')}"
        for path in folder.rglob("*")
        if path.is_file()
    )
