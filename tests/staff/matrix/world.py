"""A row of everything that the admin shows, of either company and of nobody's, by known words."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

from consent.models import ConsentEvent
from consent.undertaking.accepting import accept, words
from dsar.models import Case, CaseMessage, Kind, Proposal, Telling
from dsar.services.registering import StaffEntry, register
from emsar.audit.sealing import seal
from emsar.entities.models import CalendarDay
from emsar.outbox.models import OutboundMail
from emsar.retention.models import (
    DeletionOrder,
    DestructionLine,
    LegalHold,
    NecessityReview,
    Sweep,
)
from emsar.staff.access import approving
from emsar.staff.models import Approval, Role, SecurityReview, TotpDevice, User
from emsar.subjects.models import DataSubject
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from tests.dsar.people import Known, known_by
from tests.factories import consulting_user, make_request, make_user, solutions_user

SOLUTIONS, CONSULTING, NOBODY, ANY = "solutions", "consulting", "nobody", "any"
COMPANIES = (SOLUTIONS, CONSULTING)
SERVICES = {SOLUTIONS: "cybersecurity", CONSULTING: "accounting", NOBODY: "other"}
# Each stands nowhere but in what is personal of that person.
WORDS = {SOLUTIONS: "Solyusonadam", CONSULTING: "Konsaltadam", NOBODY: "Heckiminadam"}
STRANGER = "not logged in"
# The columns of the table; company staff stand for both companies.
COLUMN = {SOLUTIONS: "company staff", CONSULTING: "company staff", "dpo": "officer"}
# When a case came in as a colleague says.
SAID_AT = datetime(2026, 11, 2, 6, tzinfo=UTC)
# Whose words each may read, and whose references.
SEEN: dict[str, set[str]] = {
    SOLUTIONS: {SOLUTIONS, NOBODY},
    CONSULTING: {CONSULTING, NOBODY},
    "dpo": {SOLUTIONS, CONSULTING, NOBODY},
    "administrator": set(),
    "auditor": set(),
    STRANGER: set(),
}


@dataclass(frozen=True)
class World:
    """``people`` ask, by their column of the table; ``known`` are asked about, by their company.

    ``letter`` is the case of somebody of Solutions without a mail address: a package and an answer
    wait there to be handed over. ``receipts`` are those of the people's own undertakings.
    """

    people: dict[str, User]
    known: dict[str, Known]
    letter: Case
    receipts: dict[str, ConsentEvent]

    @property
    def references(self) -> dict[str, str]:
        """What a request is called: nothing personal, but nobody else's business either."""
        return {whose: known.request.reference for whose, known in self.known.items()}


def build() -> World:
    """One person for each company and one for none, with all that can be known of them."""
    people = _people()
    by = people["dpo"], people[SOLUTIONS]
    known = {whose: known_by(_request_of(whose), by=by) for whose in SERVICES}
    for whose in known:
        _mark(known[whose], whose)
    Case.objects.filter(pk=known[SOLUTIONS].case.pk).update(said_at=SAID_AT)
    DataSubject.objects.update(blocked_at=None, suspended_at=None)
    LegalHold.objects.filter(released_at__isnull=False).update(released_at=None)
    CalendarDay.objects.create(date=date(2031, 1, 2), name_az="a", name_en="b", name_ru="c")
    _retention()
    _colleagues(people["dpo"])
    world = World(people, known, _letter(people["dpo"]), _receipts(people))
    seal()
    return world


def _people() -> dict[str, User]:
    """One of each role, company staff of either company; all of them can log in."""
    found = {
        SOLUTIONS: solutions_user(username="solutions-one"),
        CONSULTING: consulting_user(username="consulting-one"),
        "dpo": make_user(Role.DPO, username="officer"),
        "administrator": make_user(Role.ADMINISTRATOR, username="administrator"),
        "auditor": make_user(Role.AUDITOR, username="auditor"),
    }
    for user in found.values():
        _with_factor(user)
    return found


def _with_factor(user: User) -> User:
    TotpDevice.objects.create(user=user, confirmed=True, secret="GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    return user


def _request_of(whose: str) -> ConsultationRequest:
    word = WORDS[whose]
    return make_request(
        name=f"{word} X",
        email=f"{word.lower()}@example.com",
        company=f"{word} MMC",
        project=f"{word} project",
        service=SERVICES[whose],
    )


def _mark(known: Known, whose: str) -> None:
    """Whatever is written about somebody says who it is."""
    word, person = WORDS[whose], known.person
    Message.objects.filter(request=known.request).update(body=f"{word} calls back.")
    documents = AccountingDocument.objects.filter(subject=person)
    company = whose if whose != NOBODY else SOLUTIONS
    documents.update(title=f"{word} invoice", text=f"{word}: 900 AZN", entity_id=company)
    person.identifiers.filter(kind="phone").update(value=f"+994 {word}")
    mails = OutboundMail.objects.filter(subject=person)
    mails.update(to_address=f"{word}@example.com", subject_line=word, body=f"Dear {word}")
    of_person = {"file__person": person}
    CaseMessage.objects.filter(**of_person).update(body=f"{word} is complete.")
    Telling.objects.filter(**of_person).update(addressee=word, words=f"{word}: nothing else.")
    Proposal.objects.filter(**of_person).update(value=f"{word} Y")
    assert ConsultationRequest.objects.get(pk=known.request.pk).entity_id in {whose, None}


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


def _colleagues(officer: User) -> None:
    """Logins in each state that a verb of the administrator's is for, and what officers decide."""
    asker = _with_factor(make_user(Role.ADMINISTRATOR, username="asker"))
    make_user(Role.AUDITOR, username="invited")
    make_user(Role.AUDITOR, username="left", is_active=False)
    approving.ask(Approval.Kind.MAKE_OFFICER, asker, reason="x", asked_by=asker)
    SecurityReview.objects.create(
        held_on=date(2026, 11, 2),
        next_due=date(2027, 5, 2),
        scope="x",
        findings="x",
        reviewer_words="x",
        written_by=officer,
    )


def _letter(officer: User) -> Case:
    entry = {
        "channel": "letter",
        "received_at": timezone.now() - timedelta(hours=1),
        "kinds": [Kind.ACCESS],
        "email": "",
        "phone": "",
        "language": "en",
        "details": f"{WORDS[SOLUTIONS]} asks.",
        "proof": "document",
        "proof_note": f"{WORDS[SOLUTIONS]} came.",
        "name": f"{WORDS[SOLUTIONS]} Z",
        "postal": f"{WORDS[SOLUTIONS]} street",
    }
    (case,) = register(StaffEntry(**entry), by=officer)
    Telling.objects.create(
        case=case, file=case.file, key="x", addressee=WORDS[SOLUTIONS], words=WORDS[SOLUTIONS]
    )
    return case


def _receipts(people: dict[str, User]) -> dict[str, ConsentEvent]:
    return {role: accept(user, words("en")) for role, user in people.items()}
