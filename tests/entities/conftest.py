from pathlib import Path
from uuid import UUID

import pytest
import time_machine

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
