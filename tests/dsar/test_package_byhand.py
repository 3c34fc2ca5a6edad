"""Whoever has no email address: the officer hands over the package and tells the answers."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from dsar.models import Case, CaseEvent, CaseFile, Kind, Means, Outcome, Release, Status, Telling
from dsar.services import byhand, deadlines, deciding, erasure, identity, releases, reminding
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.registering import StaffEntry, register
from dsar.services.residual import settle_all
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose
from emsar.staff.models import Role
from emsar.subjects.models import DataSubject
from tests.dsar.desk import signed_in, url, verb_url
from tests.dsar.unpacking import unpacked
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db
POSTAL = "Nizami küçəsi 10, Bakı"
WORDS = "We cannot do this, because a court forbids it."


def by_letter(kind: str, **fields: Any) -> Case:
    """A letter of somebody without an email address; identity is proved."""
    values = {
        "channel": "letter",
        "received_at": timezone.now() - timedelta(hours=1),
        "kinds": [kind],
        "email": "",
        "phone": "",
        "language": "ru",
        "details": "Всё, что у вас есть.",
        "proof": "document",
        "proof_note": "Passport seen.",
        "name": "Rəna Əliyeva",
        "postal": POSTAL,
    }
    (case,) = register(StaffEntry(**{**values, **fields}), by=make_user())
    return case


def refused(case: Case) -> Telling:
    deciding.refuse(case, "law_keeps", "personal-data", WORDS, by=make_user())
    return Telling.objects.get(case=case)


@pytest.fixture
def officer() -> Client:
    return signed_in(make_user())


def mails_to_persons() -> int:
    return OutboundMail.objects.filter(purpose=Purpose.RIGHTS).count()


class TestTelling:
    @pytest.mark.parametrize("kind", [Kind.COMPLAINT, Kind.CORRECTION, Kind.OTHER])
    def test_answer_waits_on_the_page_with_its_words_and_the_address(self, officer, kind) -> None:
        case = by_letter(kind)
        telling = refused(case)
        assert mails_to_persons() == 0
        page = officer.get(url("case_change", case.pk)).text
        for words in (WORDS, "Rəna Əliyeva", POSTAL, "To be told by letter or phone"):
            assert words in page
        assert case.reference in telling.words
        assert "Здравствуйте" in telling.words, "in the language of the person"
        assert "/my-data/" not in telling.words, "there is no mail with a link for this person"
        assert case.reference in officer.get(url("case_changelist")).text

    def test_phone_number_is_told_too(self) -> None:
        case = by_letter(Kind.COMPLAINT, phone="+994501234567", postal="", name="")
        assert refused(case).addressee == "+994 50 123 45 67"

    def test_once_told_it_is_emptied_and_the_fact_stays(self, officer) -> None:
        case = by_letter(Kind.COMPLAINT)
        telling = refused(case)
        address = verb_url(case, "tell")
        assert WORDS in officer.get(address).text
        data = {"telling": telling.pk, "means": Means.LETTER}
        assert officer.post(address, data).status_code == 422, "the box is not ticked"
        assert officer.post(address, {**data, "sure": "on"}).status_code == 302
        telling.refresh_from_db()
        assert (telling.addressee, telling.words, telling.means) == (None, None, "letter")
        event = AuditEvent.objects.get(action="case.tell")
        assert (event.detail, event.subject) == ({"means": "letter"}, case.subject)
        page = officer.get(url("case_change", case.pk)).text
        assert "The answer was told: by letter." in page or "The answer was told" in page
        assert "To be told by letter or phone" not in page
        assert officer.post(address, {**data, "sure": "on"}).status_code == 409
        assert not byhand.cases_waiting().exists()

    def test_is_told_once_and_by_the_officer_alone(self) -> None:
        telling = refused(by_letter(Kind.COMPLAINT))
        with pytest.raises(CaseRefusedError):
            byhand.tell(telling, Means.PHONE, by=solutions_user())
        with pytest.raises(CaseRefusedError, match="how it was told"):
            byhand.tell(telling, "", by=make_user())
        byhand.tell(telling, Means.PHONE, by=make_user())
        with pytest.raises(CaseStateError):
            byhand.tell(telling, Means.PHONE, by=make_user())
        assert AuditEvent.objects.filter(action="case.tell").count() == 1

    def test_same_answer_waits_once(self) -> None:
        telling = refused(by_letter(Kind.COMPLAINT))
        mail = OutboundMail(key=telling.key, subject_line="x", body="y")
        from dsar.byhand import keep

        keep(telling.case, mail, reach="anybody")
        assert Telling.objects.count() == 1
        assert CaseEvent.objects.filter(event="to_tell").count() == 1

    def test_officer_is_reminded_every_day(self) -> None:
        case = by_letter(Kind.COMPLAINT)
        refused(case)
        now = timezone.now()
        for day in range(3):
            for _ in range(2):
                reminding.remind(now + timedelta(days=day))
        mails = OutboundMail.objects.filter(purpose=Purpose.STAFF, key__contains=":by_hand:")
        assert mails.values("key").distinct().count() >= 3
        assert not any("Rəna" in mail.body or POSTAL in mail.body for mail in mails)

    def test_whoever_has_an_address_gets_mail_and_nothing_waits(self) -> None:
        case = by_letter(Kind.COMPLAINT, email="rena@example.com")
        deciding.refuse(case, "law_keeps", "personal-data", WORDS, by=make_user())
        assert mails_to_persons() >= 1
        assert not Telling.objects.exists()

    def test_goes_with_the_data_of_its_person(self) -> None:
        first = by_letter(Kind.COMPLAINT)
        refused(first)
        later = by_letter(Kind.DELETION)
        from emsar.subjects.services import merge

        kept = DataSubject.objects.get(pk=later.subject)
        merge(kept, DataSubject.objects.get(pk=first.subject), actor=None)
        erasure.approve(Case.objects.get(pk=later.pk), by=make_user())
        assert [row.key for row in Telling.objects.all()] == [f"case:{later.pk}:deleted"]


class TestLastAnswer:
    def test_of_a_deletion_by_the_machine_waits_and_holds_the_case_open(self, officer) -> None:
        case = by_letter(Kind.DELETION)
        deadlines.run(timezone.now() + timedelta(days=27, hours=3))
        case.refresh_from_db()
        assert case.status == Status.EXECUTED
        assert not CaseFile.objects.exists()
        telling = Telling.objects.get()
        assert (telling.file, telling.addressee) == (None, f"Rəna Əliyeva\n{POSTAL}")
        assert settle_all() == 0, "what is not told is not answered"
        assert "Rəna Əliyeva" in officer.get(url("case_change", case.pk)).text
        byhand.tell(telling, Means.LETTER, by=make_user())
        assert settle_all() == 1
        case.refresh_from_db()
        assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.NOTHING_HELD)
        telling.refresh_from_db()
        assert (telling.addressee, telling.words) == (None, None)

    def test_of_what_nobody_proved_waits_after_its_file_is_gone(self) -> None:
        case = by_letter(Kind.DELETION, proof="", proof_note="")
        assert identity.close_unverified(timezone.now() + timedelta(days=31)) == 1
        assert not CaseFile.objects.exists()
        telling = Telling.objects.get(case=case)
        assert telling.addressee == f"Rəna Əliyeva\n{POSTAL}"
        assert case.reference in telling.words


class TestHandingOver:
    @pytest.fixture
    def case(self) -> Case:
        return by_letter(Kind.ACCESS)

    def test_package_of_a_letter_is_released_and_waits_for_the_officer(self, case, officer) -> None:
        assert Release.objects.get().case == case
        assert mails_to_persons() == 0
        assert list(byhand.cases_waiting()) == [case]
        assert case.reference in officer.get(url("case_changelist")).text
        assert verb_url(case, "handover") in officer.get(url("case_change", case.pk)).text

    def test_is_fetched_after_a_second_confirmation_and_noted(self, case, officer) -> None:
        address = verb_url(case, "handover")
        page = officer.get(address)
        assert page.status_code == 200
        assert POSTAL in page.text
        for data in ({}, {"means": "letter"}, {"sure": "on"}, {"means": "phone", "sure": "on"}):
            assert officer.post(address, data).status_code == 422
        assert Release.objects.get().downloads == 0
        response = officer.post(address, {"means": "letter", "sure": "on"})
        assert response.status_code == 200
        assert response.headers["Content-Type"] == "application/zip"
        assert "no-store" in response.headers["Cache-Control"]
        released = Release.objects.get()
        assert (released.downloads, len(released.sha256)) == (1, 64)
        event = AuditEvent.objects.get(action="case.hand_over")
        assert (event.detail["means"], event.detail["number"]) == ("letter", 1)
        assert (event.subject, event.actor is None) == (case.subject, False)
        assert CaseEvent.objects.filter(case=case, event="handed_over", reason="letter").exists()
        assert released.sha256 in officer.get(url("case_change", case.pk)).text
        assert not byhand.cases_waiting().exists()

    def test_holds_what_stands_in_the_letter(self, case) -> None:
        package = byhand.hand_over(case, Means.IN_PERSON, by=make_user())
        files = unpacked(package)
        for words in ("Rəna Əliyeva", POSTAL, "Всё, что у вас есть."):
            assert words in files["my-data.html"].decode()
            assert words in files["my-data.json"].decode()

    def test_limits_are_those_of_the_person(self, case, officer) -> None:
        data = {"means": "in_person", "sure": "on"}
        codes = [officer.post(verb_url(case, "handover"), data).status_code for _ in range(4)]
        assert codes == [200, 200, 200, 409]
        assert Release.objects.get().downloads == 3

    def test_ends_with_its_days(self, case, officer) -> None:
        Release.objects.update(expires_at=timezone.now())
        data = {"means": "letter", "sure": "on"}
        assert officer.post(verb_url(case, "handover"), data).status_code == 409
        with pytest.raises(CaseRefusedError):
            byhand.hand_over(case, Means.LETTER, by=make_user())
        assert not byhand.cases_waiting().exists()

    def test_is_not_for_a_person_who_can_fetch_it(self, officer) -> None:
        make_request(email="rena@example.com")
        case = by_letter(Kind.ACCESS, email="rena@example.com")
        data = {"means": "letter", "sure": "on"}
        assert officer.post(verb_url(case, "handover"), data).status_code == 409
        with override("en"), pytest.raises(CaseRefusedError, match="email address"):
            byhand.hand_over(case, Means.LETTER, by=make_user())
        assert releases.left(case).downloads == 3

    @pytest.mark.parametrize("role", [Role.ENTITY_STAFF, Role.AUDITOR, Role.ADMINISTRATOR])
    @pytest.mark.parametrize("verb", ["handover", "tell"])
    def test_is_the_officers_alone(self, case, role, verb) -> None:
        user = solutions_user() if role == Role.ENTITY_STAFF else make_user(role)
        client = signed_in(user)
        for response in (
            client.get(verb_url(case, verb)),
            client.post(verb_url(case, verb), {"means": "letter", "sure": "on"}),
        ):
            assert response.status_code in {403, 404}
        with pytest.raises(CaseRefusedError):
            byhand.hand_over(case, Means.LETTER, by=user)
        assert Release.objects.get().downloads == 0
