"""The pages behind the mailed link: what they show, and what is asked twice."""

import io
import zipfile

import pytest
from django.test import Client

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
        for wrong in ({}, {"email": ADDRESS}, {"email": "no address"}):
            assert Client().post(path, wrong).status_code == 422
        identifier.refresh_from_db()
        assert identifier.value == ADDRESS
        right = {"email": "NEW@example.com "}
        assert Client().post(path, right).status_code == 200
        identifier.refresh_from_db()
        assert identifier.value == "new@example.com"
        assert Client().post(path, right).status_code == 422

    def test_who_guesses_the_new_address_is_stopped(self, client, case):
        identifier = DataSubject.objects.get().identifiers.get()
        row = corrections.propose(
            case, "subjects.subjectidentifier", str(identifier.pk), "value", "new@example.com"
        )
        corrections.decide(row, True, by=make_user())
        path = path_in(mails("address")[0])
        for number in range(10):
            client.post(path, {"email": f"guess{number}@example.com"})
        assert client.post(path, {"email": "new@example.com"}).status_code == 422
        identifier.refresh_from_db()
        assert identifier.value == ADDRESS
