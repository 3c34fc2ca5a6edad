"""What production refuses of its ways out and in; no message tells a value."""

from pathlib import Path
from typing import Any

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from emsar.settings.outside import (
    database,
    is_near,
    mail_server,
    refuse_foreign_origin,
    refuse_open_ledger,
    refuse_open_mail,
    refuse_unclear_word,
)

HOSTS = ("emsargroup.az", "emsarsolutions.az", "emsarconsulting.az")
NEAR = ["localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "::1", "mail", "mail_relay", "10.0.0.5"]
NEAR += ["192.168.1.1", "fd00::1", "::ffff:10.0.0.5"]
FAR = ["mail.example", "localhost.example", "mail.", "8.8.8.8", "2001:4860:4860::8888"]
# Other ways of writing 8.8.8.8, two of which have no dot.
FAR += ["::ffff:8.8.8.8", "134744072", "0x08080808", ""]


def environment(**given: str) -> environ.Env:
    env = environ.Env()
    env.ENVIRON = given
    return env


def mail(url: str) -> dict[str, Any]:
    return mail_server(environment(EMAIL_URL=url), "EMAIL_URL")


@pytest.mark.parametrize("host", NEAR)
def test_own_machine_and_networks_are_near(host):
    assert is_near(host)


@pytest.mark.parametrize("host", FAR)
def test_everything_else_is_far(host):
    assert not is_near(host)


@pytest.mark.parametrize(
    "url",
    [
        *("smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:25", "smtp://mail:25"),
        *("smtp+tls://me:Xo4-password-of-mine@mail.example:587", "smtp+ssl://mail.example"),
        *("smtps://mail.example", "smtp://mail.example?email_use_tls=1"),
    ],
)
def test_mail_server_is_taken(url):
    refuse_open_mail("EMAIL_URL", mail(url))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("smtp+tls://user:password@mail.real.az:587", "the password of the example"),
        ("smtp+tls://somebody:Pass%77ord@mail.real.az:587", "the password of the example"),
        ("smtp://user:password@localhost", "the password of the example"),
        ("consolemail:", "must name a mail server"),
        ("consolemail://", "must name a mail server"),
        ("filemail:///tmp/mail", "must name a mail server"),
        ("memorymail://", "must name a mail server"),
        ("dummymail://", "must name a mail server"),
        ("smtp://", "must name a mail server"),
        ("smtp://mail.real.az:25", "must begin with smtp"),
        ("smtp://8.8.8.8", "must begin with smtp"),
        ("smtp://134744072", "must begin with smtp"),
        # Said in the address, and taken back behind it.
        ("smtp+tls://mail.real.az?email_use_tls=0", "must begin with smtp"),
    ],
)
def test_mail_that_is_not_sent_or_sent_in_the_clear_is_refused(url, reason):
    with pytest.raises(ImproperlyConfigured, match=f"^EMAIL_URL .*{reason}") as refused:
        refuse_open_mail("EMAIL_URL", mail(url))
    assert "real.az" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    ["smtp://user:hunter2/x@mail.example:587", "smtp://[u:hunter2@x", "hunter2:x", "hunter2"],
)
def test_faulty_address_of_a_mail_server_is_not_quoted(url):
    with pytest.raises(ImproperlyConfigured) as refused:
        mail(url)
    assert str(refused.value) == "EMAIL_URL is no address of a mail server"
    assert refused.value.__suppress_context__ is True


def test_faulty_address_of_a_database_is_not_quoted():
    given = environment(DATABASE_URL_WEB="postgres://u:hunter2/x@db:5432/d")
    with pytest.raises(ImproperlyConfigured) as refused:
        database(given, "DATABASE_URL_WEB")
    assert str(refused.value) == "DATABASE_URL_WEB is no address of a database"
    assert refused.value.__suppress_context__ is True


def test_database_that_is_not_named_is_missed_by_its_name():
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL_WORKER"):
        database(environment(), "DATABASE_URL_WORKER")


@pytest.mark.parametrize(
    ("url", "token"),
    [
        ("file:///data/ledger/erasures.jsonl", ""),
        ("https://store.example/bucket", "t"),
        ("https://u:p@store.example/bucket", ""),
        ("http://localhost:9000/bucket", "t"),
        ("http://u:p@store:9000/bucket", ""),
        # Nothing secret goes there.
        ("http://store.example/bucket", ""),
    ],
)
def test_store_of_the_ledger_is_taken(url, token):
    refuse_open_ledger(url, token)


@pytest.mark.parametrize(
    ("url", "token", "reason"),
    [
        ("http://store.example/bucket", "hunter2", "^LEDGER_TOKEN is sent, so LEDGER_URL must"),
        ("HTTP://8.8.8.8/bucket", "hunter2", "^LEDGER_TOKEN is sent, so LEDGER_URL must"),
        ("http://u:hunter2@store.example/bucket", "", "^LEDGER_URL has a password, so it must"),
        ("http://store:hunter2/bucket", "", "^LEDGER_URL is no address$"),
    ],
)
def test_store_that_would_be_shown_a_secret_in_the_clear_is_refused(url, token, reason):
    with pytest.raises(ImproperlyConfigured, match=reason) as refused:
        refuse_open_ledger(url, token)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "origin",
    [*(f"https://{host}" for host in HOSTS), "https://EmsarGroup.az", "https://emsargroup.az:8443"],
)
def test_own_origin_is_taken(origin):
    refuse_foreign_origin("SITE_ORIGIN", origin, HOSTS)


@pytest.mark.parametrize(
    "origin",
    [
        *("http://emsargroup.az", "emsargroup.az", "//emsargroup.az", "", "ftp://emsargroup.az"),
        *(
            "https://evil.example",
            "https://www.emsargroup.az",
            "https://emsargroup.az.evil.example",
        ),
        *("https://emsargroup.az@evil.example", "https://user@emsargroup.az"),
        *("https://emsargroup.az/", "https://emsargroup.az/az", "https://emsargroup.az?x"),
        *("https://emsargroup.az#x", "https://emsargroup.az.", "https://[emsargroup.az"),
        *("https://emsargroup.az:x", "https://localhost:8000", "https://127.0.0.1"),
    ],
)
def test_foreign_or_open_origin_is_refused(origin):
    with pytest.raises(ImproperlyConfigured, match=r"^SITE_ORIGIN (must be https://|is no addr)"):
        refuse_foreign_origin("SITE_ORIGIN", origin, HOSTS)


@pytest.mark.parametrize(
    "word", ["", "true", "True", " yes ", "on", "1", "y", "ok", "false", "No", "off", "0", "n"]
)
def test_word_for_yes_or_no_is_taken(word):
    refuse_unclear_word("HSTS_PRELOAD", word)


@pytest.mark.parametrize("word", ["ture", "2", "-1", "enabled", "да", "none", "false;"])
def test_word_that_is_neither_is_refused(word):
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unclear_word("HSTS_PRELOAD", word)
    assert str(refused.value) == "HSTS_PRELOAD must be true or false"


def test_example_has_the_password_that_is_refused():
    """Should the example change, what is refused has to change with it."""
    lines = (Path(__file__).resolve().parents[2] / ".env.example").read_text()
    assert "\nEMAIL_URL=smtp+tls://user:password@" in lines
