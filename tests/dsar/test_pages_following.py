"""The mailed link and what is behind it: nobody else's, kept by nobody, asked twice."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import signing
from django.test import Client

from dsar import session
from dsar.models import Case, CaseMessage, Kind, Outcome, Proposal, Release, Status
from dsar.services import corrections, messages
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.dsar.asking import ADDRESS, LANGUAGES, ask, enter, mails, path_in, text_of, verified
from tests.factories import make_request, make_user

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


class TestPages:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_show_where_a_case_stands_and_both_dates(self, client, language):
        case = verified(client, Kind.COMPLAINT, language=language, details="<b>Why?</b>")
        response = client.get(f"/{language}/my-data/cases/{case.reference}/")
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in response.headers["Cache-Control"]
        page = text_of(response.text)
        assert case.reference in page
        for day in (case.promise_due, case.statutory_due):
            assert f"{day.day} " in page
            assert str(day.year) in page
        assert "&lt;b&gt;Why?&lt;/b&gt;" in response.text
        assert ADDRESS not in response.text

    def test_messages_go_both_ways_and_notes_stay_with_us(self, client):
        case = verified(client, Kind.COMPLAINT)
        sent = client.post(f"{page_of(case)}message/", {"body": "When?"})
        assert (sent.status_code, sent.headers["Location"]) == (303, page_of(case))
        officer = make_user()
        messages.write(case, "Tomorrow.", by=officer)
        messages.note(case, "A note of ours.", by=officer)
        page = text_of(client.get(page_of(case)).text)
        assert "When?" in page
        assert "Tomorrow." in page
        assert "A note of ours." not in page
        assert officer.get_full_name() not in page

    def test_empty_message_is_not_sent(self, client):
        case = verified(client, Kind.COMPLAINT)
        assert client.post(f"{page_of(case)}message/", {"body": " "}).status_code == 422
        assert CaseMessage.objects.count() == 0

    def test_what_came_in_later_is_confirmed_on_the_page(self, client):
        verified(client, Kind.COMPLAINT)
        ask(Kind.CORRECTION)
        later = Case.objects.get(kind=Kind.CORRECTION)
        page = client.get(page_of(later))
        assert "Yes, I asked for this" in page.text
        assert "id_body" not in page.text
        assert client.post(f"{page_of(later)}confirm/").status_code == 303
        later.refresh_from_db()
        assert later.status == Status.OPEN
        assert client.post(f"{page_of(later)}confirm/").status_code == 409

    def test_request_is_taken_back_after_a_second_question(self, client):
        case = verified(client, Kind.COMPLAINT)
        assert client.get(f"{page_of(case)}take-back/").status_code == 200
        case.refresh_from_db()
        assert case.status == Status.OPEN
        assert client.post(f"{page_of(case)}take-back/").status_code == 303
        case.refresh_from_db()
        assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.WITHDRAWN)
        assert client.post(f"{page_of(case)}take-back/").status_code == 409

    def test_foreign_page_cannot_act(self, client):
        case = verified(client, Kind.COMPLAINT)
        for path in ("message/", "take-back/", "copy/"):
            response = client.post(
                page_of(case) + path, {"body": "x"}, headers={"sec-fetch-site": "cross-site"}
            )
            assert response.status_code == 403
        case.refresh_from_db()
        assert case.status == Status.OPEN

    def test_scanner_of_mails_finds_no_address_or_name_in_any_path(self, client):
        case = verified(client, Kind.COMPLAINT)
        page = client.get(page_of(case)).text
        assert ADDRESS.partition("@")[0] not in page


class TestCopy:
    def test_is_fetched_after_a_second_confirmation(self, client):
        known = make_request(email=ADDRESS)
        case = verified(client, Kind.ACCESS)
        asked = client.get(f"{page_of(case)}copy/")
        assert "Yes, fetch it now" in asked.text
        assert Release.objects.get().downloads == 0
        response = client.post(f"{page_of(case)}copy/")
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/zip"
        assert "attachment" in response.headers["Content-Disposition"]
        assert "no-store" in response.headers["Cache-Control"]
        with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
            assert known.reference in archive.read("my-data.json").decode()
        assert Release.objects.get().downloads == 1

    def test_is_fetched_three_times_at_most(self, client):
        case = verified(client, Kind.ACCESS)
        Release.objects.update(downloads=2)
        assert client.post(f"{page_of(case)}copy/").status_code == 200
        assert client.post(f"{page_of(case)}copy/").status_code == 409
        assert "Fetch your copy</a>" not in client.get(page_of(case)).text

    def test_is_not_there_before_its_release(self, client):
        case = verified(client, Kind.COMPLAINT)
        assert client.post(f"{page_of(case)}copy/").status_code == 409

    def test_mail_about_it_holds_a_link_of_its_own(self, client):
        verified(client, Kind.ACCESS)
        other = Client()
        assert enter(other).status_code == 303
        assert other.get(CASES).status_code == 200


class TestCorrection:
    @pytest.fixture
    def case(self, client) -> Case:
        make_request(email=ADDRESS, name="Aysel Mamadova")
        return verified(client, Kind.CORRECTION)

    def field(self) -> str:
        request = ConsultationRequest.objects.get()
        return f"requests_inbox.consultationrequest|{request.pk}|name"

    def test_person_sees_the_values_and_proposes_a_better_one(self, client, case):
        page = client.get(page_of(case)).text
        assert "Aysel Mamadova" in page
        sent = client.post(
            f"{page_of(case)}propose/", {"field": self.field(), "value": "Aysel Məmmədova"}
        )
        assert sent.status_code == 303
        row = Proposal.objects.get()
        assert (row.value, row.state, row.proposed_by) == ("Aysel Məmmədova", "proposed", None)
        assert ConsultationRequest.objects.get().name == "Aysel Mamadova"

    @pytest.mark.parametrize(
        ("field", "value"),
        [("", "x"), ("staff.user|1|full_name", "x"), (None, ""), (None, "Aysel Mamadova")],
    )
    def test_impossible_proposal_is_refused(self, client, case, field, value):
        wanted = self.field() if field is None else field
        sent = client.post(f"{page_of(case)}propose/", {"field": wanted, "value": value})
        assert sent.status_code == 422
        assert Proposal.objects.count() == 0

    def test_person_approves_what_the_officer_proposed(self, client, case):
        row = self.proposed(case)
        page = client.get(page_of(case)).text
        assert "Yes, correct it" in page
        sent = client.post(f"{page_of(case)}agree/", {"proposal": row.pk, "answer": "yes"})
        assert sent.status_code == 303
        assert ConsultationRequest.objects.get().name == "Aysel Məmmədova"

    def test_person_says_no(self, client, case):
        row = self.proposed(case)
        client.post(f"{page_of(case)}agree/", {"proposal": row.pk, "answer": "no"})
        row.refresh_from_db()
        assert row.state == Proposal.State.REJECTED
        assert ConsultationRequest.objects.get().name == "Aysel Mamadova"
        again = client.post(f"{page_of(case)}agree/", {"proposal": row.pk, "answer": "yes"})
        assert again.status_code == 409

    def test_person_does_not_decide_on_their_own_proposal(self, client, case):
        row = corrections.propose(case, *self.field().split("|"), "Aysel Məmmədova")
        sent = client.post(f"{page_of(case)}agree/", {"proposal": row.pk, "answer": "yes"})
        assert sent.status_code == 409
        assert ConsultationRequest.objects.get().name == "Aysel Mamadova"

    @pytest.mark.parametrize("number", ["", "x", "00000000-0000-0000-0000-000000000000"])
    def test_unknown_proposal_is_not_there(self, client, case, number):
        assert client.post(f"{page_of(case)}agree/", {"proposal": number}).status_code == 404

    def proposed(self, case: Case) -> Proposal:
        officer = make_user()
        return corrections.propose(case, *self.field().split("|"), "Aysel Məmmədova", by=officer)

    def test_new_address_is_confirmed_by_its_own_link(self, client, case):
        identifier = DataSubject.objects.get().identifiers.get()
        row = corrections.propose(
            case, "subjects.subjectidentifier", str(identifier.pk), "value", "new@example.com"
        )
        corrections.decide(row, True, by=make_user())
        (mail,) = mails("address")
        assert mail.to_address == "new@example.com"
        path = path_in(mail)
        assert client.get(path).status_code == 200
        identifier.refresh_from_db()
        assert identifier.value == ADDRESS
        assert Client().post(path).status_code == 200
        identifier.refresh_from_db()
        assert identifier.value == "new@example.com"
        assert Client().post(path).status_code == 404
