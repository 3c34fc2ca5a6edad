"""Secrets out of files, as container platforms hand them over."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from emsar.settings.files import SECRETS, with_files
from tests.production import environment, start

VALUE = "a value that must not be told"


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_may_stand_in_a_file(name: str, tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text(f"\n  {VALUE}\t\n")
    assert with_files({f"{name}_FILE": str(file), "PATH": "/bin"}) == {name: VALUE, "PATH": "/bin"}


def test_mark_of_byte_order_is_no_part_of_a_secret(tmp_path: Path):
    """Some editors write it; a key with it in front would be another key."""
    file = tmp_path / "secret"
    file.write_bytes(f"\ufeff{VALUE}\r\n".encode())
    assert with_files({"SECRET_KEY_FILE": str(file)}) == {"SECRET_KEY": VALUE}


def test_what_is_no_secret_is_left_alone():
    given = {"GA_CREDENTIALS_FILE": "/run/key.json", "SECRET_KEY": "k", "X_FILE": "/x"}
    assert with_files(given) == given


def test_empty_names_and_values_count_as_left_out(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text(VALUE)
    assert with_files({"SECRET_KEY_FILE": "", "REDIS_URL": "r"}) == {"REDIS_URL": "r"}
    assert with_files({"SECRET_KEY": "", "SECRET_KEY_FILE": str(file)}) == {"SECRET_KEY": VALUE}


def test_a_secret_given_twice_is_refused(tmp_path: Path):
    file = tmp_path / "secret"
    file.write_text(VALUE)
    with pytest.raises(ImproperlyConfigured) as refused:
        with_files({"FIELD_KEYS": VALUE, "FIELD_KEYS_FILE": str(file)})
    assert str(refused.value) == "FIELD_KEYS and FIELD_KEYS_FILE are both set; one is enough"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "SENTRY_DSN_FILE cannot be read (No such file or directory)"),
        ("folder", "SENTRY_DSN_FILE cannot be read (Is a directory)"),
        (b" \n", "SENTRY_DSN_FILE names an empty file"),
        (b"\xef\xbb\xbf\r\n", "SENTRY_DSN_FILE names an empty file"),
        (b"\xff\xfe secret", "SENTRY_DSN_FILE holds no text"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_by_its_variable(tmp_path: Path, content, reason):
    file = tmp_path / "hidden"
    if content == "folder":
        file.mkdir()
    elif content is not None:
        file.write_bytes(content)
    with pytest.raises(ImproperlyConfigured) as refused:
        with_files({"SENTRY_DSN_FILE": str(file)})
    assert str(refused.value) == reason
    # What decoding says quotes the file; what could be in a context that is not suppressed.
    problem = refused.value
    assert (problem.__suppress_context__, problem.__cause__) == (
        problem.__context__ is not None,
        None,
    )


SHOW = """
import os
from emsar.settings import production as p
same = p.SECRET_KEY == open(os.environ["COPY"]).read()
print(same, "SECRET_KEY" in os.environ, len(p.FIELD_KEYS))
"""


def test_production_starts_with_files_and_keeps_them_out_of_the_environment(tmp_path: Path):
    given = environment()
    for name in ("SECRET_KEY", "FIELD_KEYS", "DATABASE_URL_WEB", "REDIS_URL"):
        (tmp_path / name).write_text(given.pop(name))
        given[f"{name}_FILE"] = str(tmp_path / name)
    done = start(SHOW, given | {"COPY": str(tmp_path / "SECRET_KEY")})
    assert (done.returncode, done.stdout) == (0, "True False 1\n"), done.stderr
