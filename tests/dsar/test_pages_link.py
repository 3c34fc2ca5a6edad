"""The mailed link and the session behind it: nobody else's, kept by nobody."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from dsar import session
from dsar.models import Case, Kind, Status
from emsar.subjects.models import DataSubject
from tests.dsar.asking import ADDRESS, LANGUAGES, ask, enter, mails, path_in, text_of, verified
from tests.factories import make_request

pytestmark = pytest.mark.django_db
CASES = "/en/my-data/cases/"


def page_of(case: Case) -> str:
    return f"{CASES}{case.reference}/"


class TestLink:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_opening_changes_nothing_and_tells_nothing_personal(self, client, language):
        make_request(email=ADDRESS, name="Aysel Məmmədova")
        ask(Kind.CORRECTION, language=language)
        path = path_in(mails()[-1])
        for method in (client.get, client.head, client.get):
            response = method(path)
            assert response.status_code == 200
            assert not response.cookies
            assert response.headers["Referrer-Policy"] == "no-referrer"
            assert "no-store" in response.headers["Cache-Control"]
        assert ADDRESS not in response.text
        assert "Aysel" not in response.text
        assert Case.objects.get().status == Status.UNVERIFIED

    def test_button_without_the_address_opens_nothing(self, client):
        ask(Kind.CORRECTION)
        path = path_in(mails()[-1])
        for fields in ({}, {"email": ""}, {"email": "other@example.com"}):
            response = client.post(path, fields)
            assert response.status_code == 422
            assert session.COOKIE not in response.cookies
        assert Case.objects.get().status == Status.UNVERIFIED

    def test_leads_to_an_address_without_the_token(self, client):
        ask(Kind.CORRECTION)
        response = enter(client, ADDRESS.upper())
        assert (response.status_code, response.headers["Location"]) == (303, CASES)
        cookie = response.cookies[session.COOKIE]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert ADDRESS not in cookie.value
        assert Case.objects.get().status == Status.OPEN

    def test_unticked_is_not_confirmed(self, client):
        ask(Kind.CORRECTION, Kind.DELETION)
        mine = Case.objects.get(kind=Kind.CORRECTION)
        enter(client, listed="1", mine=[mine.reference])
        assert Case.objects.get(kind=Kind.DELETION).status == Status.UNVERIFIED
        assert Case.objects.get(kind=Kind.CORRECTION).status == Status.OPEN

    def test_used_forged_and_old_links_look_the_same(self, client):
        ask(Kind.CORRECTION)
        path = path_in(mails()[-1])
        enter(client)
        used = Client().get(path)
        forged = Client().get(path[:-5] + "AAAA/")
        assert (used.status_code, forged.status_code) == (404, 404)
        assert used.content.replace(path.encode(), b"") == forged.content.replace(
            (path[:-5] + "AAAA/").encode(), b""
        ) or text_of(used.text) == text_of(forged.text)
        assert Client().post(path, {"email": ADDRESS}).status_code == 404

    def test_foreign_page_cannot_press_the_button(self, client):
        ask(Kind.CORRECTION)
        response = client.post(
            path_in(mails()[-1]), {"email": ADDRESS}, headers={"sec-fetch-site": "cross-site"}
        )
        assert response.status_code == 403
        assert Case.objects.get().status == Status.UNVERIFIED


class TestSession:
    def test_nobody_enters_without_a_link(self, client):
        case = verified(Client(), Kind.CORRECTION)
        paths = [CASES, page_of(case), f"{page_of(case)}copy/", f"{page_of(case)}take-back/"]
        for path in paths:
            response = client.get(path)
            assert response.status_code == 403
            assert "Correct my data" not in response.text
            assert not response.cookies
        assert client.post(f"{page_of(case)}message/", {"body": "x"}).status_code == 403

    @pytest.mark.parametrize("value", ["", "nonsense", "signed"])
    def test_forged_cookie_is_nobodys(self, client, value):
        if value == "signed":
            value = signing.dumps("x", salt=session.SALT)
        client.cookies[session.COOKIE] = value
        assert client.get(CASES).status_code == 403

    def test_cookie_of_another_purpose_is_nobodys(self, client):
        verified(Client(), Kind.CORRECTION)
        number = str(DataSubject.objects.get().pk)
        client.cookies[session.COOKIE] = signing.dumps(number, salt="other")
        assert client.get(CASES).status_code == 403
        client.cookies[session.COOKIE] = signing.dumps(number, salt=session.SALT)
        assert client.get(CASES).status_code == 200

    def test_ends_after_half_an_hour_without_a_click(self, client):
        verified(client, Kind.CORRECTION)
        start = datetime.now(UTC)
        for minutes, status in ((29, 200), (58, 200), (89, 403)):
            with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
                assert client.get(CASES).status_code == status

    def test_ends_with_the_person(self, client):
        case = verified(client, Kind.CORRECTION)
        case.file.delete()
        DataSubject.objects.all().delete()
        assert client.get(CASES).status_code == 403

    def test_can_be_closed(self, client):
        verified(client, Kind.CORRECTION)
        assert client.post(f"{CASES}leave/").status_code == 303
        assert client.get(CASES).status_code == 403

    def test_serves_every_language(self, client):
        verified(client, Kind.CORRECTION)
        for language in LANGUAGES:
            assert client.get(f"/{language}/my-data/cases/").status_code == 200

    def test_case_of_somebody_else_is_not_there(self, client):
        foreign = verified(Client(), Kind.CORRECTION, email="other@example.com")
        verified(client, Kind.COMPLAINT)
        assert foreign.reference not in client.get(CASES).text
        for path in ("", "copy/", "take-back/"):
            assert client.get(page_of(foreign) + path).status_code == 404
        for path in ("message/", "propose/", "confirm/", "agree/", "copy/", "take-back/"):
            assert client.post(page_of(foreign) + path, {"body": "x"}).status_code == 404
        assert client.get(f"{CASES}AAAA-AAAA/").status_code == 404
        foreign.refresh_from_db()
        assert foreign.status == Status.OPEN
