"""A process with a wrong key refuses to start, before it writes what nobody can read."""

import os
import subprocess
import sys
from io import StringIO

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection

from emsar.celery import refuse_wrong_keys
from emsar.datamap.fingerprints import register_keys, verify_keys
from emsar.datamap.keys import RINGS, ring
from emsar.datamap.models import KeyFingerprint
from tests.keys import make_key

pytestmark = pytest.mark.django_db


def test_keys_of_the_set_up_are_registered_and_right() -> None:
    verify_keys()
    known = KeyFingerprint.objects.values_list("ring", "kid")
    assert set(known) == {(name, ring(name).current[0]) for name in RINGS}


def test_another_key_under_a_known_id_is_refused(settings) -> None:
    kid = ring("FIELD_KEYS").current[0]
    settings.FIELD_KEYS = [make_key(kid, secret="wrong")]
    with pytest.raises(ImproperlyConfigured) as caught:
        verify_keys()
    assert str(caught.value) == f"FIELD_KEYS {kid} is not the key this database was made with"


def test_another_key_is_refused_wherever_it_stands_in_the_ring(settings) -> None:
    kid = ring("EVIDENCE_KEYS").current[0]
    settings.EVIDENCE_KEYS = [make_key("new"), make_key(kid, secret="wrong")]
    register = KeyFingerprint.objects.count()
    with pytest.raises(ImproperlyConfigured, match=f"^EVIDENCE_KEYS {kid} is not the key"):
        register_keys()
    assert KeyFingerprint.objects.count() == register


def test_key_that_is_not_registered_is_refused_with_the_command_to_run(settings) -> None:
    settings.LOOKUP_KEYS = [make_key("next"), *settings.LOOKUP_KEYS]
    with pytest.raises(ImproperlyConfigured) as caught:
        verify_keys()
    assert str(caught.value) == (
        "LOOKUP_KEYS next is not registered here: run manage.py register_keys"
    )

    told = StringIO()
    call_command("register_keys", stdout=told)
    assert told.getvalue() == "1 new keys registered\n"
    verify_keys()
    assert register_keys() == 0


def test_register_holds_no_key() -> None:
    for row in KeyFingerprint.objects.all():
        assert ring(row.ring).get(row.kid).hex() not in row.fingerprint


def test_worker_refuses_a_wrong_key(settings) -> None:
    refuse_wrong_keys()
    settings.FIELD_KEYS = [make_key(ring("FIELD_KEYS").current[0], secret="wrong")]
    with pytest.raises(ImproperlyConfigured):
        refuse_wrong_keys()


def start_web(**environment: str) -> "subprocess.CompletedProcess[str]":
    """Import the WSGI application in a process of its own, on the test database."""
    url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    given = {
        "DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}",
        "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
    }
    return subprocess.run(
        [sys.executable, "-c", "import emsar.wsgi"],
        env=os.environ | given | environment,
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
    )


def test_web_server_refuses_a_wrong_key() -> None:
    wrong = make_key(ring("FIELD_KEYS").current[0], secret="wrong")
    refused = start_web(FIELD_KEYS=wrong)
    assert refused.returncode == 1
    assert "is not the key this database was made with" in refused.stderr
    assert wrong.partition(":")[2] not in refused.stderr


def test_web_server_starts_without_a_database() -> None:
    """It answers 503 then, and recovers without a restart."""
    url, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    started = start_web(DATABASE_URL=f"{url}/no_such_database")
    assert started.returncode == 0
    assert "keys not compared: OperationalError" in started.stderr
