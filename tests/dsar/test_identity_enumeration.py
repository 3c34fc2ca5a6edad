"""Nobody learns from an answer, its length or its statements whom we know (E-8j)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsar.models import Case, Kind, Status
from dsar.services.intake import look_up
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import MailedLink
from tests.dsar.asking import ADDRESS, LANGUAGES, ask, mails, path_in, verified
from tests.factories import make_request

pytestmark = pytest.mark.django_db
# Values, and the names of savepoints.
VALUES = re.compile(r"""'(?:[^']|'')*'|"s\d+_x\d+"|\b\d+\b""")
COUNTER = "entities_publicationcounter"
KNOWN, STRANGE = "known@example.com", "never@example.com"
Asked = tuple[int, int, list[tuple[str, str]], list[str]]


def asked(client: Client, act: Callable[[Client], Any]) -> Asked:
    """Status, bytes, headers and the text of the statements of an answer."""
    with CaptureQueriesContext(connection) as found:
        response = act(client)
    # Whether anything was published is asked once a second, whoever comes.
    asked_for = (query["sql"] for query in found if COUNTER not in query["sql"])
    texts = [VALUES.sub("?", statement) for statement in asked_for]
    # Neither the second of the answer nor its number is about anybody.
    aside = {"Expires", "X-Request-ID"}
    headers = sorted(pair for pair in response.headers.items() if pair[0] not in aside)
    return response.status_code, len(response.content), headers, texts


def compared(act: Callable[[Client, str], Any]) -> list[Asked]:
    """The same with an address that we know and one that we do not; once before, for caches."""
    make_request(email=KNOWN)
    verified(Client(), Kind.COMPLAINT, email=KNOWN)
    act(Client(), "third@example.com")
    return [asked(Client(), lambda c, e=email: act(c, e)) for email in (KNOWN, STRANGE)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "data",
    [
        {"kind": ["access", "deletion"], "details": "Everything."},
        {"kind": ["child"], "details": ""},
        {"again": "1"},
        {"kind": []},
        {"kind": ["access"], "details": "x" * 5001},
    ],
    ids=["two rights", "child", "link again", "no right", "too long"],
)
def test_form_answers_alike(language, data) -> None:
    known, strange = compared(
        lambda client, email: client.post(
            f"/{language}/my-data/", {"website": "", "nonce": "", **data, "email": email}
        )
    )
    # What was typed stands on a page with a fault, so both addresses are of one length.
    assert known == strange


@pytest.mark.parametrize("typed", [KNOWN, STRANGE, "nobody"])
def test_link_of_somebody_else_answers_alike_whatever_is_typed(typed) -> None:
    make_request(email=KNOWN)
    ask(Kind.CORRECTION)
    path = path_in(mails()[-1])
    Client().post(path, {"email": "third@example.com"})
    response = Client().post(path, {"email": typed})
    assert response.status_code == 422
    assert Case.objects.get(file__contact__key__isnull=False).status == Status.UNVERIFIED


def test_typed_address_that_we_know_asks_as_much_as_one_that_we_do_not() -> None:
    make_request(email=KNOWN)
    ask(Kind.CORRECTION)
    path = path_in(mails()[-1])
    Client().post(path, {"email": "third@example.com"})
    known, strange = (
        asked(Client(), lambda client, email=email: client.post(path, {"email": email}))
        for email in (KNOWN, STRANGE)
    )
    assert known == strange


def test_unknown_links_answer_alike_and_open_nothing() -> None:
    """Forged, used, expired, of another purpose, and of a person who is gone."""
    client = Client()
    ask(Kind.CORRECTION)
    used = path_in(mails()[-1])
    token = used.rstrip("/").rpartition("/")[2]
    client.post(used, {"email": ADDRESS})
    forged = used.replace(token, "A" * len(token))
    for act in ("get", "post"):
        answers = [
            asked(Client(), lambda c, p=path, a=act: getattr(c, a)(p, {"email": ADDRESS}))
            for path in (used, forged, forged)
        ]
        assert {answer[0] for answer in answers} == {404}
        assert len({answer[1] for answer in answers}) == 1, "by size"
        assert len({len(answer[3]) for answer in answers}) == 1, "by statements"


@pytest.mark.parametrize("change", ["expired", "foreign", "used"])
def test_link_that_no_longer_counts_opens_nothing(change) -> None:
    ask(Kind.CORRECTION)
    path = path_in(mails()[-1])
    links = MailedLink.objects.filter(purpose="case")
    if change == "expired":
        links.update(expires_at="2020-01-01T00:00:00Z")
    elif change == "foreign":
        links.update(purpose="withdraw")
    else:
        links.update(used_at="2020-01-01T00:00:00Z")
    for response in (Client().get(path), Client().post(path, {"email": ADDRESS})):
        assert response.status_code == 404
        assert not response.cookies
    assert Case.objects.get().status == Status.UNVERIFIED


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_scanner_spends_no_link_and_confirms_nothing(method) -> None:
    ask(Kind.DELETION)
    path = path_in(mails()[-1])
    for _ in range(3):
        assert getattr(Client(), method)(path).status_code in {200, 405}
    assert MailedLink.objects.get(purpose="case").used_at is None
    assert Case.objects.get().status == Status.UNVERIFIED


@pytest.mark.parametrize("path", ["copy/", "take-back/"])
def test_looking_at_a_page_with_a_button_presses_no_button(path) -> None:
    client = Client()
    case = verified(client, Kind.ACCESS if path == "copy/" else Kind.COMPLAINT)
    before = Case.objects.filter(pk=case.pk).values().get()
    for method in (client.get, client.head):
        assert method(f"/en/my-data/cases/{case.reference}/{path}").status_code == 200
    assert Case.objects.filter(pk=case.pk).values().get() == before
    assert not hasattr(case, "release") or case.release.downloads == 0


def test_worker_mails_nobody_who_is_not_known_and_asks_for_a_link() -> None:
    """The only difference is in the mailbox of whoever has the address."""
    make_request(email=KNOWN)
    verified(Client(), Kind.COMPLAINT, email=KNOWN)
    MailedLink.objects.all().delete()
    before = OutboundMail.objects.count()
    for email in (KNOWN, STRANGE):
        Client().post("/en/my-data/", {"again": "1", "email": email, "website": ""})
    assert look_up() == 2
    assert OutboundMail.objects.count() == before + 1
