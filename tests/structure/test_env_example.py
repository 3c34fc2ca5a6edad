""".env.example names every variable that the site reads, and no other."""

import json
import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

from emsar.settings.files import SECRETS
from tests.production import environment

ROOT = Path(__file__).resolve().parents[2]
LINE = re.compile(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$")
# Read by `make run` itself rather than by the settings.
RUN = {"PORT"}
# Set by the image or by compose for a part of the site, never by the user.
COMPOSE_ONLY = {
    "SITE_HOSTS",
    "PROXY_NETWORK",
    "DATABASE_SUPERUSER_PASSWORD",
    "DATABASE_OWNER_PASSWORD",
    "DATABASE_WEB_PASSWORD",
    "DATABASE_WORKER_PASSWORD",
}

# django-environ asks for every variable in one method, whatever its type.
RECORD = """
import importlib, json, os, sys
import environ
asked = set()
real = environ.Env.get_value
def get_value(self, var, *arguments, **options):
    asked.add(str(var))
    return real(self, var, *arguments, **options)
environ.Env.get_value = get_value
importlib.import_module(sys.argv[1])
print(json.dumps(sorted(asked)))
"""


def documented() -> set[str]:
    """The variables of .env.example, commented out or not."""
    return {match[2] for match in map(LINE.match, _lines()) if match}


def _lines() -> list[str]:
    return (ROOT / ".env.example").read_text().splitlines()


def read_by(settings: str, role: str) -> set[str]:
    """The variables that a process with these settings and this database role asks for."""
    owner = f"postgres://emsar_owner:{secrets.token_hex(16)}@localhost/d"
    given = environment(DATABASE_URL=owner, DATABASE_ROLE=role)
    done = subprocess.run(
        [sys.executable, "-c", RECORD, settings],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


@pytest.fixture(scope="module")
def asked() -> set[str]:
    """All that any process of the site asks for."""
    found = {"DATABASE_URL"} if "DATABASE_URL" in read_by("emsar.settings.dev", "owner") else set()
    for role in ("web", "worker"):
        found |= read_by("emsar.settings.production", role)
    return found


def test_every_variable_of_the_settings_is_documented(asked: set[str]):
    assert asked - documented() == set()


def test_nothing_is_documented_that_nobody_reads(asked: set[str]):
    assert documented() - asked - RUN - COMPOSE_ONLY == set()


def test_the_compose_variables_are_used_there():
    compose = (ROOT / "docker-compose.yml").read_text()

    assert {name for name in COMPOSE_ONLY if f"${{{name}" not in compose} == set()


def test_each_variable_is_explained_in_a_sentence():
    previous = ""
    for line in _lines():
        if LINE.match(line):
            assert re.match(r"# .{20,}", previous), f"no sentence above {line}"
        previous = line


def test_each_variable_stands_once():
    names = [match[2] for match in map(LINE.match, _lines()) if match]

    assert sorted(names) == sorted(set(names))


def test_no_secret_has_a_value():
    values = {match[2]: match[3] for match in map(LINE.match, _lines()) if match}
    kinds = ("_KEY", "_KEYS", "_PASSWORD", "_TOKEN", "FALLBACKS")
    secret = [name for name in values if name.endswith(kinds)]

    assert len(secret) == 11
    assert {name for name in secret if values[name]} == set()


def test_every_secret_that_may_stand_in_a_file_is_named_at_the_top():
    head = " ".join(_lines()).split("# --- Secrets")[0]

    assert set(SECRETS) <= documented()
    assert {name for name in SECRETS if not re.search(rf"\b{name}\b", head)} == set()


def test_the_printed_secrets_fill_every_empty_line():
    from emsar.embedded.keys import as_lines

    empty = {m[2] for m in map(LINE.match, _lines()) if m and not m[1] and not m[3]}
    printed = dict(line.split("=", 1) for line in as_lines().splitlines())

    assert set(printed) == empty
    assert all(re.fullmatch(r"[\w:+/=.-]{32,}", value) for value in printed.values())
