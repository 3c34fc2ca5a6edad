"""The second organisation in the test database, for the time of one test.

What is published cannot be deleted, not even by the owner; emptied tables come back when the
test's transaction is rolled back.
"""

from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

from consent.services import forget_stored
from emsar.entities import registry
from emsar.entities.profile import Profile, read_profile
from policies import versions

HERE = Path(__file__).resolve().parent
KEEP = {"django_migrations", "django_content_type", "datamap_keyfingerprint"}


@pytest.fixture
def portal(db, settings, capsys) -> Profile:
    """The e-Social portal as the only organisation, with its policy published."""
    _empty()
    settings.PROFILE_PATH = HERE / "esocial.toml"
    settings.PROFILE = read_profile(settings.PROFILE_PATH)
    call_command("load_organisation", settings.PROFILE_PATH)
    call_command("publish_policies")
    capsys.readouterr()
    return settings.PROFILE


def _empty() -> None:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEEP
    names = ", ".join(connection.ops.quote_name(table) for table in sorted(tables))
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {names} CASCADE")
    registry.reset()
    versions.reset()
    forget_stored()
