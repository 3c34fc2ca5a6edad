"""kill -9 at any moment of an assembly: nothing is counted, nothing is left, the next one works."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection

from dsar.models import Case, Release
from dsar.services import releases
from dsar.services.errors import CaseRefusedError
from emsar.audit.models import AuditEvent
from tests.dsar.people import open_case
from tests.factories import make_request


@pytest.fixture
def case(filled_db) -> Case:
    case = open_case(make_request().subject)
    releases.release(case)
    return case


def fetch(case: Case, fatal: int) -> "subprocess.CompletedProcess[str]":
    """A fetch by a process of its own, under the web's login."""
    url, _, _ = settings.DATABASE_ROLE_URLS["emsar_web"].rpartition("/")
    environment = {
        "DATABASE_ROLE": "web",
        "DATABASE_URL_WEB": f"{url}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.dsar.downloading", str(case.pk), str(fatal)],
        cwd=settings.BASE_DIR,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_killed_assembly_counts_nothing_and_the_next_one_is_whole(case) -> None:
    for fatal in (3, 12, 25, -1):
        assert fetch(case, fatal).returncode == -9
        assert Release.objects.get(case=case).downloads == 0
        assert not AuditEvent.objects.filter(action="case.download").exists()
    done = fetch(case, 0)
    assert done.returncode == 0, done.stderr
    released = Release.objects.get(case=case)
    assert (released.downloads, released.sha256) == (1, done.stdout.split()[0])
    assert AuditEvent.objects.filter(action="case.download").count() == 1


def test_clicks_at_once_never_give_more_than_three(case) -> None:
    def click(_number: int) -> bool:
        try:
            releases.download(Case.objects.get(pk=case.pk))
        except CaseRefusedError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as clicks:
        assert sum(clicks.map(click, range(6))) == 3
    assert Release.objects.get(case=case).downloads == 3
