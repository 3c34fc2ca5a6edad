"""Who asks is proved before anything is told or done (E-8j)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.models import Case, CaseFile, CaseMessage, Channel, Intake, Kind, Outcome, Proof, Status
from dsar.services import identity, links, sharing
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.intake import look_up, receive
from dsar.services.opening import open_case
from emsar.audit.models import AuditEvent
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.retention.models import DeletionOrder, DestructionLine, LedgerEntry
from emsar.subjects.identifiers import find_or_create
from emsar.subjects.models import DataSubject, SubjectIdentifier
from tests.dsar.asking import ADDRESS, ask, entry, mails, path_in
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db


def person() -> DataSubject:
    return DataSubject.objects.get(identifiers__kind="email")


def link():
    token = path_in(mails()[-1]).rstrip("/").rpartition("/")[2]
    return links.open_link(token)


def by_staff(kind: str = Kind.CORRECTION, **fields) -> Case:
    """A case that a colleague entered for a request by phone."""
    contact = SubjectIdentifier.objects.select_related("subject").get(
        pk=find_or_create("phone", "+994501234567").pk
    )
    defaults = {
        "person": contact.subject,
        "contact": contact,
        "language": "az",
        "channel": Channel.PHONE,
        "received_at": timezone.now() - timedelta(days=2),
        "by": fields.pop("by", None) or make_user(),
    }
    return open_case(kind, **{**defaults, **fields})


class TestLink:
    def test_opens_every_case_that_its_mail_listed(self):
        ask(Kind.CORRECTION, Kind.COMPLAINT)
        assert links.use(link(), ADDRESS) == person()
        for case in Case.objects.all():
            assert case.status == Status.OPEN
            assert case.verified_at is not None
            assert case.file.proof == Proof.LINK

    def test_does_not_open_what_came_in_after_its_mail(self):
        """Somebody else's deletion is not confirmed by my click on my mail."""
        ask(Kind.CORRECTION)
        mine = link()
        receive(entry(Kind.DELETION))
        look_up()
        links.use(mine, ADDRESS)
        assert Case.objects.get(kind=Kind.CORRECTION).status == Status.OPEN
        assert Case.objects.get(kind=Kind.DELETION).status == Status.UNVERIFIED

    def test_leaves_what_the_person_did_not_tick(self):
        ask(Kind.CORRECTION, Kind.DELETION)
        wanted = Case.objects.get(kind=Kind.CORRECTION)
        links.use(link(), ADDRESS, [wanted.reference])
        assert Case.objects.get(kind=Kind.DELETION).status == Status.UNVERIFIED
        assert Case.objects.get(kind=Kind.CORRECTION).status == Status.OPEN

    def test_needs_the_address_however_it_is_written(self):
        ask(Kind.CORRECTION)
        found = link()
        assert links.use(found, "somebody@example.com") is None
        assert Case.objects.get().status == Status.UNVERIFIED
        assert links.use(found, " AYSEL@Example.com ") == person()

    def test_is_spent_once(self):
        ask(Kind.CORRECTION)
        found = link()
        assert links.use(found, ADDRESS)
        assert links.use(found, ADDRESS) is None
        assert links.open_link(path_in(mails()[-1]).split("/")[-2]) is None

    def test_cannot_be_guessed_open(self):
        ask(Kind.CORRECTION)
        found = link()
        for number in range(links.MOST_TRIES):
            assert links.use(found, f"guess{number}@example.com") is None
        assert links.use(found, ADDRESS) is None

    @pytest.mark.parametrize(("days", "lives"), [(6, True), (8, False)])
    def test_lives_as_long_as_the_schedule_says(self, days, lives):
        ask(Kind.CORRECTION)
        token = path_in(mails()[-1]).split("/")[-2]
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=False):
            assert bool(links.open_link(token)) is lives

    def test_of_another_purpose_is_none_of_ours(self):
        request = make_request(email=ADDRESS)
        from emsar.subjects.links import issue

        assert links.open_link(issue("withdrawal", request.subject_id, request.pk)) is None

    def test_shared_address_is_noticed(self):
        make_request(email=ADDRESS, name="Aysel Məmmədova")
        make_request(email=ADDRESS, name="Rəşad Əliyev")
        ask(Kind.ACCESS)
        links.use(link(), ADDRESS)
        case = Case.objects.get()
        assert case.is_shared
        assert case.status == Status.OPEN
        assert sharing.needs_choice(case)

    def test_acknowledges_what_stays_open_and_says_by_when(self):
        ask(Kind.COMPLAINT)
        links.use(link(), ADDRESS)
        mail = OutboundMail.objects.get(key__endswith=":acknowledged")
        assert mail.to_address == ADDRESS
        case = Case.objects.get()
        assert case.reference in mail.body
        assert f"{case.promise_due.day} {case.promise_due:%B %Y}" in mail.body

    def test_what_is_released_at_once_is_not_acknowledged_besides(self):
        ask(Kind.ACCESS)
        links.use(link(), ADDRESS)
        assert Case.objects.get().status == Status.COMPLETED
        assert not OutboundMail.objects.filter(key__endswith=":acknowledged").exists()

    def test_is_an_audit_event_without_anything_personal(self):
        ask(Kind.COMPLAINT)
        links.use(link(), ADDRESS)
        event = AuditEvent.objects.get(action="case.verify")
        assert (event.subject, event.detail) == (person().pk, {"proof": "link"})


class TestStaff:
    def test_clocks_start_when_it_was_received(self):
        case = by_staff()
        assert (case.promise_due - timezone.localdate(case.received_at)).days == 30
        assert case.registered_by is not None
        assert case.status == Status.UNVERIFIED

    def test_moment_to_come_is_refused(self):
        with pytest.raises(CaseRefusedError):
            by_staff(received_at=timezone.now() + timedelta(minutes=1))

    def test_proof_is_noted_with_who_saw_it(self):
        officer, case = make_user(), by_staff()
        identity.prove(case, Proof.DOCUMENT, "Identity card, number checked.", by=officer)
        file = CaseFile.objects.get(pk=case.pk)
        assert (file.proof, file.proof_by) == (Proof.DOCUMENT, officer.pk)
        assert file.proof_note == "Identity card, number checked."
        assert Case.objects.get(pk=case.pk).status == Status.OPEN
        assert AuditEvent.objects.get(action="case.verify").actor == officer.pk

    @pytest.mark.parametrize(("proof", "note"), [("link", "seen"), ("document", "  ")])
    def test_proof_that_is_none_is_refused(self, proof, note):
        case = by_staff()
        with pytest.raises(CaseRefusedError):
            identity.prove(case, proof, note, by=make_user())
        assert Case.objects.get().status == Status.UNVERIFIED

    def test_second_proof_finds_the_case_open(self):
        case = by_staff()
        identity.prove(case, Proof.CALL_BACK, "Called back.", by=make_user())
        with pytest.raises(CaseStateError):
            identity.prove(case, Proof.CALL_BACK, "Called back.", by=make_user())

    def test_entry_of_a_colleague_joins_with_its_words_as_the_persons(self):
        case = by_staff(details="First.")
        again = by_staff(details="Second.", by=make_user())
        assert again.pk == case.pk
        assert CaseMessage.objects.get().direction == CaseMessage.Direction.FROM_PERSON

    def test_words_of_the_form_are_marked_once_a_case_is_proved(self):
        """Whoever knows the address may fill in the form; that proves nothing."""
        ask(Kind.COMPLAINT)
        links.use(link(), ADDRESS)
        ask(Kind.COMPLAINT, details="Write to my new address.")
        row = CaseMessage.objects.get()
        assert row.direction == CaseMessage.Direction.NOTE
        assert row.body.endswith("Write to my new address.")
        assert row.body != "Write to my new address."

    @pytest.mark.parametrize("kind", [Kind.CHILD, Kind.DECEASED])
    def test_subject_is_left_to_the_officer(self, kind):
        case = by_staff(kind)
        identity.prove(case, Proof.DOCUMENT, "Seen.", by=make_user())
        found = Case.objects.get()
        assert (found.subject, found.status) == (None, Status.OPEN)


class TestConfirm:
    def test_opens_what_came_in_after_the_mail(self):
        ask(Kind.DELETION)
        identity.confirm(person(), Case.objects.get())
        assert Case.objects.get().status == Status.OPEN

    def test_case_of_somebody_else_stays_closed(self):
        ask(Kind.DELETION)
        stranger = DataSubject.objects.create()
        with pytest.raises(CaseStateError):
            identity.confirm(stranger, Case.objects.get())
        assert Case.objects.get().status == Status.UNVERIFIED


class TestNeverProved:
    def last_day(self) -> datetime:
        case = Case.objects.get()
        return datetime.combine(case.promise_due, datetime.min.time(), UTC)

    def test_is_left_alone_before_the_last_promised_day(self):
        ask(Kind.DELETION)
        assert identity.close_unverified(self.last_day() - timedelta(hours=5)) == 0

    def test_is_answered_closed_and_destroyed_on_it(self):
        ask(Kind.DELETION, details="Something personal.")
        now = self.last_day()
        assert identity.close_unverified(now) == 1
        case = Case.objects.get()
        assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.UNVERIFIED)
        assert CaseFile.objects.count() == 0
        assert DataSubject.objects.count() == 0
        assert SubjectIdentifier.objects.count() == 0
        (mail,) = OutboundMail.objects.all()
        assert mail.to_address == ADDRESS
        assert (mail.subject_id, mail.about) == (None, None)
        assert case.reference in mail.body
        assert identity.close_unverified(now) == 0

    def test_destruction_is_certified_and_entered_in_the_ledger(self):
        ask(Kind.DELETION)
        case, subject = Case.objects.get(), person().pk
        identity.close_unverified(self.last_day())
        line = DestructionLine.objects.get()
        assert (line.case, line.rule) == (case.pk, identity.UNVERIFIED_RULE)
        assert line.counts["dsar.casefile"] == 1
        assert line.counts["subjects.datasubject"] == 1
        ledger = LedgerEntry.objects.get()
        assert (ledger.records, ledger.subjects) == ([case.pk], [subject])

    def test_copies_in_mailboxes_become_orders(self):
        ask(Kind.DELETION)
        case = Case.objects.get()
        MailCopy.objects.create(
            mailbox="office@example.org",
            message_id="<1@example.org>",
            reference=case.reference,
            about=case.pk,
            at=timezone.now(),
        )
        identity.close_unverified(self.last_day())
        assert DeletionOrder.objects.get().message_id == "<1@example.org>"

    def test_person_with_a_record_stays(self):
        known = make_request(email=ADDRESS)
        ask(Kind.DELETION)
        identity.close_unverified(self.last_day())
        assert DataSubject.objects.get().pk == known.subject_id

    def test_proved_case_is_not_closed(self):
        ask(Kind.COMPLAINT)
        links.use(link(), ADDRESS)
        assert identity.close_unverified(self.last_day()) == 0
        assert Case.objects.get().status == Status.OPEN
        assert Intake.objects.count() == 0
