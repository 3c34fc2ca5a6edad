"""What is erased, in a real browser: from the form to the end of the scan (E-7.2e, E-11d, S-5b)."""

from datetime import timedelta

from django.utils import timezone

from dsar.models import Case, CaseFile, Channel, Kind, Outcome, Proof, ResidualTrace, Status
from emsar.entities.businessdays import BAKU
from emsar.retention.models import DestructionLine
from emsar.subjects.identifiers import IdentifierKind, find
from emsar.subjects.models import DataSubject
from requests_inbox.models import ConsultationRequest
from tests.dsar.asking import ADDRESS, mails
from tests.dsar.browsing import Colleague, asked, facts, told, work
from tests.dsar.desk import url
from tests.factories import make_request, solutions_user

CHILD, HEIR, DEAD = "kid@example.com", "heir@example.com", "dead@example.com"


def approve(officer: Colleague, case: Case, request: ConsultationRequest) -> None:
    """The officer reads what would go, says yes, and it is gone at once."""
    officer.open(case)
    officer.page.click("a[href$='/approve/']")
    assert "1" in (officer.page.text_content(".sheet--erase") or "")
    assert ConsultationRequest.objects.filter(pk=request.pk).exists()
    officer.page.check("[name=sure]")
    officer.page.click("form.sheet .buttons button")
    assert facts(case) == (Status.EXECUTED, "")
    assert not ConsultationRequest.objects.filter(pk=request.pk).exists()


def ended(case: Case) -> bool:
    """Whether it ended with a certificate, after a scan that found nothing of its subject."""
    work(case)
    lines = DestructionLine.objects.filter(case=case.pk, rule="consultation")
    assert facts(case) == (Status.COMPLETED, Outcome.FULFILLED)
    assert [line.records for line in lines] == [1]
    gone = not DataSubject.objects.filter(pk=case.subject).exists()
    return gone and not ResidualTrace.objects.exists()


def pick(officer: Colleague, case: Case, address: str) -> None:
    """The officer says whose data it is about; the machine never does."""
    case.refresh_from_db()
    assert case.subject is None
    officer.verb(case, "subject", person=address)
    officer.page.click("button[name=confirmed]")
    case.refresh_from_db()
    found = find(IdentifierKind.EMAIL, address)
    assert found is not None
    assert case.subject == found.subject_id


def test_deletion_is_previewed_approved_carried_out_checked_and_told(person, colleague) -> None:
    request = make_request("az", email=ADDRESS)
    other = make_request("az", email="other@example.com")
    reader = person("az")
    case = asked(reader, Kind.DELETION, "Hamısını silin.")
    reader.reads("Məlumatlarımı silin", "Hamısını silin.", "üzərində iş gedir")
    approve(colleague(), case, request)
    letter = told(case)
    assert "saxladığımız hər şeyi" in letter
    assert case.reference in letter
    assert ended(case)
    assert list(ConsultationRequest.objects.all()) == [other]
    assert find(IdentifierKind.EMAIL, ADDRESS) is None
    assert not CaseFile.objects.exists()
    assert mails() == []
    reader.look(case)
    reader.reads("Səhifəniz bağlıdır")


def test_data_of_a_child_are_deleted_once_the_officer_has_picked_whose(person, colleague) -> None:
    request, officer = make_request("en", email=CHILD), colleague()
    reader = person("en")
    case = asked(reader, Kind.CHILD, f"My daughter wrote to you from {CHILD}.")
    reader.reads("You hold data of a child", "My daughter wrote to you")
    assert facts(case) == (Status.OPEN, "")
    pick(officer, case, CHILD)
    approve(officer, case, request)
    assert "we have deleted everything that we held" in told(case)
    assert ended(case)
    assert find(IdentifierKind.EMAIL, CHILD) is None
    reader.look(case)
    reader.reads("The deletion was approved.", "It was carried out, and is being checked.")


def note_down(clerk: Colleague) -> Case:
    """A letter of the heir, and the certificate that was shown, as staff of a company enter it."""
    came = timezone.localtime(timezone.now() - timedelta(days=2), BAKU)
    clerk.page.goto(url("case_add"))
    clerk.fill(
        channel=Channel.LETTER,
        received_at=came.strftime("%Y-%m-%dT%H:%M"),
        kinds=Kind.DECEASED,
        email=HEIR,
        language="ru",
        details="Мой отец умер, удалите его данные.",
        proof=Proof.DOCUMENT,
        proof_note="Death certificate seen on the counter.",
    )
    clerk.press()
    case = Case.objects.get()
    assert case.reference in (clerk.page.text_content("ul.messagelist") or "")
    assert case.promise_due == came.date() + timedelta(days=30)
    assert (case.channel, case.registered_by) == (Channel.LETTER, clerk.user.pk)
    return case


def test_data_of_the_dead_are_deleted_for_the_heir_who_proved_it(colleague) -> None:
    request, officer = make_request("ru", email=DEAD), colleague()
    case = note_down(colleague(solutions_user()))
    assert facts(case) == (Status.UNVERIFIED, "")
    # What the colleague saw stands there, to be confirmed.
    officer.verb(case, "prove")
    assert facts(case) == (Status.OPEN, "")
    pick(officer, case, DEAD)
    approve(officer, case, request)
    letter = told(case, HEIR)
    assert "мы удалили всё" in letter
    assert case.reference in letter
    assert ended(case)
    assert find(IdentifierKind.EMAIL, DEAD) is None
