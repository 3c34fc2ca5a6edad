"""The set-up: complete, told in words when it fails, and passed over when nothing changed."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import time_machine

from emsar.embedded import setup, steps
from emsar.embedded.errors import EmbeddedError
from emsar.embedded.postgres import connection_parameters
from emsar.embedded.servers import Claim, servers
from emsar.embedded.setup import fingerprint, read_mark, set_up, write_mark

RUNNER = """
import json, os, sys
for name, *_ in json.loads(sys.argv[1]):
    with open(os.environ["DIARY"], "a") as diary:
        print(name, os.environ["DATABASE_ROLE"], file=diary)
    print("set-up:", name)
    print("line of", name)
    if name == os.environ.get("FAILS"):
        sys.exit(3)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch) -> Path:
    """A small project; whoever is asked to do its set-up only notes the steps."""
    (tmp_path / "emsar").mkdir()
    (tmp_path / "emsar" / "models.py").write_text("one = 1")
    (tmp_path / "profile.toml").write_text("key = 1")
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    monkeypatch.setattr(setup, "RUNNER", (sys.executable, "-c", RUNNER))
    return tmp_path


@pytest.fixture
def environment(project: Path) -> dict[str, str]:
    profile = str(project / "profile.toml")
    return {"DIARY": str(project / "diary"), "ORGANISATION_PROFILE": profile}


@pytest.fixture
def database(claim: Claim) -> Iterator[dict[str, str]]:
    """The connection of a fresh database of our own."""
    with servers(claim, {"REDIS_URL": "redis://h/1"}, durable=False) as added:
        yield connection_parameters(added["DATABASE_URL"])


def diary(project: Path) -> list[str]:
    return (project / "diary").read_text().splitlines()


ORDER = [
    "compile_messages",
    "migrate",
    "setup_roles",
    "register_keys",
    "load_organisation",
    "publish_policies",
    "create_demo_logins",
]


def test_the_steps_are_done_in_order_as_the_owner(
    project: Path, environment, tmp_path: Path, capfd
):
    set_up(environment, tmp_path, None)

    assert capfd.readouterr().out == "".join(f"set-up: {step}\n" for step in ORDER)
    assert diary(project) == [f"{step} owner" for step in ORDER]
    assert "line of migrate" in (tmp_path / "log" / "setup.log").read_text()


def test_a_step_that_fails_ends_the_set_up_and_is_quoted(
    project: Path, environment, tmp_path: Path
):
    with pytest.raises(EmbeddedError) as failure:
        set_up(environment | {"FAILS": "setup_roles"}, tmp_path, None)

    assert diary(project)[-1] == "setup_roles owner"
    assert str(failure.value).startswith("the set-up failed:\n")
    assert "set-up: setup_roles\nline of setup_roles\n" in str(failure.value)
    assert str(tmp_path / "log" / "setup.log") in str(failure.value)


def test_nothing_is_done_twice_while_nothing_changes(
    project: Path, environment, database, claim: Claim
):
    (claim.data_dir / "logins.json").write_text("{}")
    set_up(environment, claim.data_dir, database)

    set_up(environment, claim.data_dir, database)

    assert len(diary(project)) == len(ORDER)


@pytest.mark.parametrize(
    "file", ["emsar/models.py", "emsar/new.toml", "profile.toml", "policies/1.0/az.md"]
)
def test_a_changed_file_is_reason_enough(project: Path, environment, file: str):
    before = fingerprint(environment)

    (project / file).parent.mkdir(parents=True, exist_ok=True)
    (project / file).write_text("two = 2")

    assert fingerprint(environment) != before


def test_another_key_or_origin_is_reason_enough(project: Path, environment):
    before = fingerprint(environment)

    for name in ("FIELD_KEYS", "SITE_ORIGIN"):
        changed = fingerprint(environment | {name: "x"})
        assert changed != before


def test_another_day_is_reason_enough(project: Path, environment):
    with time_machine.travel("2026-11-22T23:59:00Z"):
        before = fingerprint(environment)
        assert fingerprint(environment) == before
    with time_machine.travel("2026-11-23T00:01:00Z"):
        assert fingerprint(environment) != before


def test_the_mark_lives_in_the_database_it_speaks_of(database):
    assert read_mark(database) is None

    write_mark(database, "ab'c")

    assert read_mark(database) == "ab'c"


def test_an_interrupt_ends_the_set_up_at_once(
    project: Path, environment, tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(setup, "RUNNER", (sys.executable, "-c", "import time; time.sleep(60)"))
    before = signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.setitimer(signal.ITIMER_REAL, 0.5)

    try:
        with pytest.raises(KeyboardInterrupt):
            set_up(environment, tmp_path, None)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_a_refusing_command_is_quoted_without_a_trace(monkeypatch, capsys):
    monkeypatch.setattr(django, "setup", lambda: None)

    assert steps.main([["check", "--tag", "none"], ["migrate"]]) == 1

    assert capsys.readouterr().out.splitlines() == [
        "set-up: check",
        'There is no system check with the "none" tag.',
    ]


def test_the_profile_is_the_settings_own(settings):
    assert steps.named(setup.PROFILE) == str(settings.PROFILE_PATH)
    assert steps.named("--json") == "--json"


def test_a_set_up_that_failed_leaves_no_mark(project: Path, environment, database, claim: Claim):
    with pytest.raises(EmbeddedError):
        set_up(environment | {"FAILS": "publish_policies"}, claim.data_dir, database)

    assert read_mark(database) is None


def test_lost_logins_are_made_again(project: Path, environment, database, claim: Claim):
    for _ in range(2):
        set_up(environment, claim.data_dir, database)

    assert len(diary(project)) == 2 * len(ORDER)
