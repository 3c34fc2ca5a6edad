from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.apps import apps
from django.db import connection

from emsar.entities import registry, services
from emsar.entities.profile import Profile, read_profile

ROOT = Path(__file__).resolve().parents[2]
GROUP = ROOT / "emsar" / "entities" / "profiles" / "emsargroup.toml"
PORTAL = ROOT / "tests" / "profiles" / "esocial" / "esocial.toml"
YEARS = (2026, 2027)


@pytest.fixture(autouse=True)
def _nothing_kept():
    registry.reset()
    yield
    registry.reset()


@pytest.fixture(autouse=True)
def _no_organisation(request):
    """These tests load organisations themselves; the one that the session was filled with goes,
    until the test's transaction is rolled back."""
    marked = request.node.get_closest_marker("django_db")
    if marked is None and not {"db", "transactional_db", "loaded"} & set(request.fixturenames):
        return
    request.getfixturevalue("transactional_db" if _commits(marked) else "db")
    names = [model._meta.db_table for model in apps.get_app_config("entities").get_models()]
    with connection.cursor() as cursor:
        # Foreign keys are looked at when a transaction commits, so the order does not matter.
        cursor.execute("".join(f"DELETE FROM {name};" for name in names))


def _commits(marked) -> bool:
    return bool(marked and marked.kwargs.get("transaction"))


@pytest.fixture
def group() -> Profile:
    return read_profile(GROUP)


@pytest.fixture
def portal() -> Profile:
    return read_profile(PORTAL)


@pytest.fixture
def loaded(db, group) -> Profile:
    services.load(group, years=YEARS)
    return group


@pytest.fixture
def staff_uuid() -> UUID:
    """Somebody of staff, for services that only write down who it was."""
    return UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def time_machine_at():
    """Travel to a moment, written as in ISO 8601; back again after the test."""
    travels = []

    def travel(moment: str) -> None:
        travels.append(time_machine.travel(moment, tick=False))
        travels[-1].start()

    yield travel
    for journey in travels:
        journey.stop()
