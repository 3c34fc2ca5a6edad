"""The real module in a process of its own: what it takes, what it refuses, what it sets."""

import hashlib
import secrets

import pytest

from tests.production import environment, production_settings, start

LOAD = "from emsar.settings import production"
# Looks like random, and is the same in every process of the tests.
RANDOM = hashlib.sha256(b"tests").hexdigest()
WEAK = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("SECRET_KEY", "tests-only-" + "x" * 50, "xxxx"),
        ("SECRET_KEY_FALLBACKS", "weak-but-long-" * 5, "weak-but"),
        ("FIELD_KEYS", f"f1:{WEAK}", WEAK),
        ("EVIDENCE_KEYS", "e1:c2hvcnQ=", "c2hvcnQ="),
        ("DATABASE_URL_WEB", "postgres://emsar_web:hunter2@db/emsar", "hunter2"),
        ("DATABASE_URL", "postgres://owner@db/emsar", "owner@"),
        ("DATABASE_URL_WORKER", "", "postgres://"),
        ("REDIS_URL", "", "redis://"),
        ("EMAIL_URL", "", "smtp://"),
        ("SECRET_KEY", f"django-insecure-{RANDOM}", RANDOM),
        ("EMAIL_URL", "smtp+tls://user:password@mail.real.az:587", "real.az"),
        ("EMAIL_URL", "consolemail://", "consolemail"),
        ("EMAIL_URL", "smtp://user:hunter2/x@mail.real.az", "hunter2"),
        ("DATABASE_URL_WEB", "postgres://emsar_web:hunter2/x@db:5432/emsar", "hunter2"),
        ("READYZ_TOKEN", "hunter2-hunter2", "hunter2"),
        ("READYZ_TOKEN", "hunter2-" * 5, "hunter2"),
        ("LEDGER_TOKEN", "hunter2-hunter2", "hunter2"),
        ("SITE_ORIGIN", "http://emsargroup.az", "emsargroup"),
        ("HSTS_PRELOAD", "ture", "ture"),
        ("DSAR_SECOND_APPROVAL", "jawohl", "jawohl"),
        ("TRUSTED_PROXIES", "0.0.0.0/1,128.0.0.0/1", "128.0"),
        ("EXTRA_HOSTS", "127.0.0.1,*", "127.0.0.1"),
        ("TRUSTED_PROXIES", "1", "'1'"),
        ("DEBUG", "true", "true"),
    ],
)
def test_start_is_refused_without_telling_the_value(name, value, secret):
    done = start(LOAD, environment(**{name: value}))
    assert done.returncode == 1
    told = done.stderr.strip().splitlines()[-1]
    assert told.startswith(f"django.core.exceptions.ImproperlyConfigured: {name}")
    assert secret not in done.stderr


@pytest.mark.parametrize("name", ["SECRET_KEY_FALLBACKS", "READYZ_TOKEN", "LEDGER_TOKEN"])
def test_secret_that_is_the_secret_key_is_refused(name):
    given = environment()
    done = start(LOAD, given | {name: given["SECRET_KEY"]})
    assert done.returncode == 1
    told = done.stderr.strip().splitlines()[-1]
    assert told.startswith(
        f"django.core.exceptions.ImproperlyConfigured: {name} repeats SECRET_KEY"
    )
    assert given["SECRET_KEY"] not in done.stderr


def test_token_of_the_ledger_goes_to_a_store_outside_by_https_alone():
    given = environment(LEDGER_TOKEN=RANDOM, LEDGER_URL="http://store.real.az/bucket")
    done = start(LOAD, given)
    assert "ImproperlyConfigured: LEDGER_TOKEN is sent, so LEDGER_URL must begin" in done.stderr
    assert RANDOM not in done.stderr
    assert "real.az" not in done.stderr
    assert start(LOAD, given | {"LEDGER_URL": "https://store.real.az/bucket"}).returncode == 0


def test_what_is_strong_is_taken():
    given = environment(
        EMAIL_URL=f"smtp+tls://user:{RANDOM}@mail.real.az:587",
        LEDGER_TOKEN=RANDOM,
        LEDGER_URL="https://store.real.az/bucket",
        SECRET_KEY_FALLBACKS=secrets.token_urlsafe(64),
        SITE_ORIGIN="https://emsargroup.az",
        HSTS_PRELOAD="no",
        TRUSTED_PROXIES="10.0.0.0/8,fd00::/8",
    )
    done = start(LOAD, given)
    assert (done.returncode, done.stderr) == (0, "")


def test_empty_key_is_no_key():
    done = start(LOAD, environment() | {"SECRET_KEY": ""})
    assert done.returncode == 1
    assert "ImproperlyConfigured: SECRET_KEY" in done.stderr


def test_debug_page_cannot_be_turned_on_from_another_module(tmp_path):
    (tmp_path / "hurried.py").write_text("from emsar.settings.production import *\nDEBUG = True\n")
    given = environment(DJANGO_SETTINGS_MODULE="hurried", PYTHONPATH=str(tmp_path))
    done = start("import django; django.setup()", given)
    assert "ImproperlyConfigured: DEBUG must not be on in production" in done.stderr


def test_cookies_are_bound_to_host_https_and_every_path():
    found = production_settings()
    for kind in ("SESSION", "CSRF"):
        assert found[f"{kind}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{kind}_COOKIE_SECURE"] is found[f"{kind}_COOKIE_HTTPONLY"] is True
        assert found[f"{kind}_COOKIE_PATH"] == "/"
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert f"{kind}_COOKIE_DOMAIN" not in found


def test_preload_is_off_until_asked_for():
    assert production_settings()["SECURE_HSTS_PRELOAD"] is False
    show = f"{LOAD} as p; print(p.SECURE_HSTS_PRELOAD, p.SILENCED_SYSTEM_CHECKS)"
    assert start(show, environment(HSTS_PRELOAD="true")).stdout == "True []\n"


CHECK = "import django; django.setup(); from django.core.management import call_command as c; "
CHECK += 'c("check", deploy=True, fail_level="WARNING", tags=["security"])'


def test_deployment_check_wants_a_proxy_to_be_named():
    given = environment(DJANGO_SETTINGS_MODULE="emsar.settings.production")
    assert start(CHECK, given).returncode == 0
    done = start(CHECK, {name: v for name, v in given.items() if name != "TRUSTED_PROXIES"})
    assert done.returncode == 1


IMPORTED = "import django, sys; django.setup(); print('sentry_sdk' in sys.modules)"


@pytest.mark.parametrize("dsn", ["", "http://key@127.0.0.1:9/1"])
def test_reporting_is_imported_only_where_it_is_wanted(dsn):
    given = environment(DJANGO_SETTINGS_MODULE="emsar.settings.production", SENTRY_DSN=dsn)
    assert start(IMPORTED, given).stdout == f"{bool(dsn)}\n"
