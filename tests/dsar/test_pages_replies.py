"""What the answers of a person's pages have in common: nobody keeps them, only we post to them."""

import pytest

from dsar import session
from dsar.models import Case, CaseMessage, Intake, Kind
from tests.dsar.asking import ADDRESS, ask, enter, mails, path_in, verified

pytestmark = pytest.mark.django_db
CASES = "/en/my-data/cases/"
# Browsers of before 2023 on a page without a referrer.
OLD = {"origin": "null"}
FOREIGN = [
    {"origin": "https://evil.example"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"origin": "null", "sec-fetch-site": "same-site"},
]


def kept_to_itself(response) -> bool:
    headers = response.headers
    return headers["Referrer-Policy"] == "no-referrer" and "no-store" in headers["Cache-Control"]


def test_every_answer_keeps_to_itself(client):
    assert kept_to_itself(client.get(CASES)), "nobody is signed in"
    case = verified(client, Kind.COMPLAINT)
    base = f"{CASES}{case.reference}/"
    for path in ("/en/my-data/", "/en/my-data/sent/", "/en/my-data/link/x/", CASES, base):
        assert kept_to_itself(client.get(path)), path
    for path in (f"{CASES}NONE-SUCH/", f"{base}take-back/", f"{base}copy/", f"{base}message/"):
        assert kept_to_itself(client.get(path)), path
    assert kept_to_itself(client.post("/en/my-data/", {})), "a fault is told"


def test_older_browser_can_use_the_form_and_the_link(client):
    fields = {"email": ADDRESS, "kind": ["complaint"]}
    assert client.post("/en/my-data/", fields, headers=OLD).status_code == 303
    assert Intake.objects.count() == 1
    ask(Kind.COMPLAINT)
    response = client.post(path_in(mails()[-1]), {"email": ADDRESS}, headers=OLD)
    assert response.status_code == 303
    # What makes that safe: no form of a foreign page brings this cookie along.
    assert response.cookies[session.COOKIE]["samesite"] == "Lax"


@pytest.mark.parametrize("headers", FOREIGN)
def test_foreign_page_can_post_nothing(client, headers):
    fields = {"email": ADDRESS, "kind": ["complaint"]}
    assert client.post("/en/my-data/", fields, headers=headers).status_code == 403
    assert not Intake.objects.exists()
    case = verified(client, Kind.COMPLAINT)
    sent = client.post(f"{CASES}{case.reference}/message/", {"body": "Hi"}, headers=headers)
    assert sent.status_code == 403
    assert client.post(f"{CASES}leave/", headers=headers).status_code == 403
    assert not CaseMessage.objects.exists()


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("step", ["confirm", "message", "propose", "agree"])
def test_address_of_a_form_leads_to_the_case_when_it_is_opened(client, language, step):
    """As the links to the other languages do, on the page that tells a fault."""
    case = verified(client, Kind.CORRECTION)
    page = f"/{language}/my-data/cases/{case.reference}/"
    for open_it in (client.get, client.head):
        response = open_it(f"{page}{step}/")
        assert (response.status_code, response.headers["Location"]) == (303, page)
    assert list(Case.objects.values_list("status", flat=True)) == ["open"]


def test_address_of_a_form_of_somebody_else_leads_nowhere(client):
    case = verified(client, Kind.COMPLAINT)
    ask(Kind.COMPLAINT, email="other@example.com")
    assert enter(client, "other@example.com").status_code == 303
    assert client.get(f"{CASES}{case.reference}/message/").status_code == 404
