"""A row of everything that the admin shows, of either company and of nobody's, by known words."""

from datetime import date

from django.utils import timezone

from emsar.audit.sealing import seal
from emsar.entities.models import CalendarDay
from emsar.retention.models import (
    DeletionOrder,
    DestructionLine,
    LegalHold,
    NecessityReview,
    Sweep,
)
from emsar.staff.access import approving
from emsar.staff.models import Approval, Role, SecurityReview, User
from emsar.subjects.models import DataSubject
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from tests.dsar.people import Known, known_person
from tests.factories import consulting_user, make_user, solutions_user

SOLUTIONS, CONSULTING, NOBODY, ANY = "solutions", "consulting", "nobody", "any"
SERVICES = {SOLUTIONS: "cybersecurity", CONSULTING: "accounting", NOBODY: "other"}
# Each stands nowhere but in what is personal of that person.
WORDS = {SOLUTIONS: "Solyusonadam", CONSULTING: "Konsaltadam", NOBODY: "Heckiminadam"}


def build() -> None:
    """One person for each company and one for none, with all that can be known of them."""
    for whose, service in SERVICES.items():
        word = WORDS[whose]
        known = known_person(
            name=f"{word} X",
            email=f"{word.lower()}@example.com",
            company=f"{word} MMC",
            project=f"{word} project",
            service=service,
        )
        _mark(known, whose)
    DataSubject.objects.update(blocked_at=None, suspended_at=None)
    LegalHold.objects.filter(released_at__isnull=False).update(released_at=None)
    CalendarDay.objects.create(date=date(2031, 1, 2), name_az="a", name_en="b", name_ru="c")
    _retention()
    officer = make_user(Role.DPO, username="elsewhere")
    asker = make_user(Role.ADMINISTRATOR, username="asker")
    approving.ask(Approval.Kind.MAKE_OFFICER, asker, reason="x", asked_by=asker)
    SecurityReview.objects.create(
        held_on=date(2026, 11, 2),
        next_due=date(2027, 5, 2),
        scope="x",
        findings="x",
        reviewer_words="x",
        written_by=officer,
    )
    seal()


def _retention() -> None:
    sweep = Sweep.objects.create(kind="night")
    line = DestructionLine(sweep=sweep.pk, rule="spam", trigger="S-5c", records=1)
    line.save()
    DeletionOrder.objects.create(
        line=line.uid,
        mailbox="info@emsarsolutions.az",
        message_id="<x@emsargroup.az>",
        reference="AAAA-AAAA",
        copied_at=timezone.now(),
    )
    NecessityReview.objects.create(rule="spam", year=2026, outcome="needed")


def _mark(known: Known, whose: str) -> None:
    word = WORDS[whose]
    Message.objects.filter(request=known.request).update(body=f"{word} calls back.")
    documents = AccountingDocument.objects.filter(subject=known.person)
    documents.update(title=f"{word} invoice", entity_id=whose if whose != NOBODY else SOLUTIONS)
    assert ConsultationRequest.objects.get(pk=known.request.pk).entity_id in {whose, None}


def people() -> dict[str, User]:
    """One of each role, company staff of either company."""
    return {
        SOLUTIONS: solutions_user(username="solutions-one"),
        CONSULTING: consulting_user(username="consulting-one"),
        "dpo": make_user(Role.DPO, username="officer"),
        "administrator": make_user(Role.ADMINISTRATOR, username="administrator"),
        "auditor": make_user(Role.AUDITOR, username="auditor"),
    }
