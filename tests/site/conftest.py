from pathlib import Path

import pytest
from django.conf import settings
from django.test import RequestFactory

from emsar.entities import registry, services
from emsar.entities.models import Organisation
from emsar.entities.profile import Profile, read_profile
from tests.production import Proxied, as_in_production

ROOT = Path(__file__).resolve().parents[2]
GROUP = ROOT / "emsar" / "entities" / "profiles" / "emsargroup.toml"
PORTAL = ROOT / "tests" / "profiles" / "esocial" / "esocial.toml"
LANGUAGES = ("az", "en", "ru")


@pytest.fixture(autouse=True)
def _nothing_kept():
    registry.reset()
    yield
    registry.reset()


@pytest.fixture
def rf() -> RequestFactory:
    return RequestFactory(SERVER_NAME=settings.PROFILE.main_host)


@pytest.fixture
def group() -> Profile:
    return read_profile(GROUP)


@pytest.fixture
def portal() -> Profile:
    return read_profile(PORTAL)


@pytest.fixture
def loaded(db, group) -> Profile:
    """The group's profile in the database."""
    services.load(group, years=(2026,))
    return group


@pytest.fixture
def loaded_portal(db, portal, settings) -> Profile:
    """The second profile: one controller and no form."""
    # The session's database belongs to the group, and a loader rightly refuses to take it over.
    Organisation.objects.all().delete()
    services.load(portal, years=(2026,))
    settings.PROFILE = portal
    return portal


@pytest.fixture
def served(settings) -> Proxied:
    """A visitor of the main host under production's settings, behind the proxy."""
    as_in_production(settings)
    return Proxied(settings.PROFILE.main_host)
