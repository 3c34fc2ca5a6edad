"""What the form writes, and what the worker makes of it (E-8j)."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsar.models import Case, CaseEvent, CaseFile, CaseMessage, Intake, Kind, Status
from dsar.services import intake
from dsar.services.intake import look_up, receive
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject, MailedLink, SubjectIdentifier
from tests.dsar.asking import ADDRESS, LANGUAGES, ask, entry, mails, path_in
from tests.factories import make_request

pytestmark = pytest.mark.django_db


class TestReceive:
    def test_writes_one_row_and_looks_nothing_up(self):
        make_request(email="known@example.com")
        statements = []
        for email in ("known@example.com", "unknown@example.com"):
            with CaptureQueriesContext(
                connection,
            ) as found:
                receive(entry(Kind.ACCESS, email=email))
            statements.append([query["sql"].partition("VALUES")[0] for query in found])
        assert statements[0] == statements[1]
        assert len([sql for sql in statements[0] if sql.startswith("INSERT")]) == 1
        assert len(statements[0]) == 1
        assert Intake.objects.count() == 2
        assert Case.objects.count() == 0

    def test_same_page_sent_twice_is_one_entry(self):
        once = entry(Kind.ACCESS, Kind.DELETION, details="Please.")
        receive(once)
        receive(once)
        assert Intake.objects.count() == 1

    @pytest.mark.parametrize(
        "changed",
        [{"kinds": (Kind.DELETION,)}, {"details": "Other."}, {"email": "other@example.com"}],
    )
    def test_same_page_sent_with_other_words_is_another_entry(self, changed):
        nonce = uuid.uuid4()
        receive(entry(Kind.ACCESS, nonce=nonce))
        receive(entry(*changed.pop("kinds", (Kind.ACCESS,)), nonce=nonce, **changed))
        assert Intake.objects.count() == 2

    def test_row_says_nothing_to_whoever_reads_the_table(self):
        receive(entry(Kind.ACCESS, details="A secret of mine."))
        with connection.cursor() as cursor:
            cursor.execute("SELECT email::text || details::text FROM dsar_intake")
            (stored,) = cursor.fetchone()
        for words in (ADDRESS, "secret"):
            assert words.encode().hex() not in stored


class TestLookUp:
    def test_opens_a_case_a_kind_and_leaves_no_row(self):
        receive(entry(Kind.ACCESS, Kind.DELETION, details="Everything, please.", language="ru"))
        assert look_up() == 1
        assert Intake.objects.count() == 0
        cases = Case.objects.order_by("kind")
        assert [case.kind for case in cases] == [Kind.ACCESS, Kind.DELETION]
        for case in cases:
            assert (case.status, case.language, case.channel) == (Status.UNVERIFIED, "ru", "form")
            assert case.file.details == "Everything, please."
            assert case.file.contact.value == ADDRESS
            assert case.subject == case.file.person_id
            assert case.file.pk == case.pk
        assert AuditEvent.objects.filter(action="case.open").count() == 2

    def test_clock_starts_when_the_form_was_sent(self):
        moment = datetime.now(UTC) - timedelta(minutes=7)
        receive(entry(Kind.ACCESS))
        Intake.objects.update(received_at=moment)
        look_up()
        assert Case.objects.get().received_at == moment

    def test_known_person_keeps_one_identity(self):
        known = make_request(email=ADDRESS)
        ask(Kind.ACCESS, email=ADDRESS.upper())
        assert Case.objects.get().subject == known.subject_id
        assert SubjectIdentifier.objects.count() == 1

    def test_same_kind_asked_twice_joins_the_open_case(self):
        ask(Kind.DELETION, details="First.")
        ask(Kind.DELETION, details="Second.")
        case = Case.objects.get()
        assert [row.body for row in CaseMessage.objects.filter(file=case.file)] == ["Second."]
        assert case.file.details == "First."
        events = CaseEvent.objects.filter(case=case).values_list("event", flat=True)
        assert list(events) == ["received", "asked_again"]

    def test_same_kind_asked_after_the_end_is_a_new_case(self):
        ask(Kind.DELETION)
        end(Case.objects.get())
        ask(Kind.DELETION)
        assert Case.objects.count() == 2

    def test_childs_case_waits_for_the_officer_to_pick_the_subject(self):
        ask(Kind.CHILD)
        case = Case.objects.get()
        assert case.subject is None
        assert case.file.person.identifiers.get().value == ADDRESS

    def test_entry_that_fails_stays_and_keeps_no_other_waiting(self, monkeypatch):
        receive(entry(Kind.ACCESS, email="first@example.com"))
        receive(entry(Kind.ACCESS, email="second@example.com"))
        real = intake._act

        def act(row, contact):
            if contact.value.startswith("first"):
                raise RuntimeError("broken")
            real(row, contact)

        monkeypatch.setattr(intake, "_act", act)
        assert look_up() == 1
        assert Intake.objects.get().email == "first@example.com"
        assert Case.objects.count() == 1

    def test_unreadable_entry_waits_for_its_key(self):
        receive(entry(Kind.ACCESS))
        with connection.cursor() as cursor:
            cursor.execute(r"UPDATE dsar_intake SET email = '\x0102'::bytea")
        assert look_up() == 0
        assert Intake.objects.count() == 1

    def test_limit_is_kept(self):
        for number in range(3):
            receive(entry(Kind.ACCESS, email=f"person{number}@example.com"))
        assert look_up(limit=2) == 2
        assert Intake.objects.count() == 1


class TestMailedLink:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_goes_to_the_address_in_the_language_of_the_form(self, language):
        ask(Kind.ACCESS, Kind.DELETION, language=language)
        (mail,) = mails()
        assert mail.to_address == ADDRESS
        assert mail.language == language
        assert path_in(mail).startswith(f"/{language}/my-data/link/")
        for case in Case.objects.all():
            assert case.reference in mail.body
        assert ADDRESS not in mail.body

    def test_tells_nothing_of_what_is_held(self):
        known = make_request(email=ADDRESS, name="Aysel Məmmədova")
        ask(Kind.ACCESS)
        (mail,) = mails()
        for words in ("Aysel", known.reference, known.project):
            assert words not in mail.body + mail.subject_line

    def test_is_stored_hashed(self):
        ask(Kind.ACCESS)
        token = path_in(mails()[0]).rstrip("/").rpartition("/")[2]
        assert len(token) >= 43
        assert token.encode() not in bytes(MailedLink.objects.get().token_hash)

    def test_at_most_one_an_hour(self):
        ask(Kind.ACCESS)
        ask(Kind.DELETION, after=timedelta(minutes=59))
        assert len(mails()) == 1
        ask(Kind.BLOCKING, after=timedelta(minutes=61))
        assert len(mails()) == 2
        assert Case.objects.count() == 3

    def test_at_most_three_a_day(self):
        for hours in range(6):
            ask(Kind.ACCESS, after=timedelta(hours=2 * hours, seconds=hours))
        assert len(mails()) == 3

    def test_limit_is_the_addresses_own(self):
        ask(Kind.ACCESS)
        ask(Kind.ACCESS, email="other@example.com")
        assert [mail.to_address for mail in mails()] == [ADDRESS, "other@example.com"]

    def test_limit_outlives_the_person(self):
        """Deleted and back again within the hour, three times and no more."""
        for _ in range(5):
            ask(Kind.ACCESS)
            CaseFile.objects.all().delete()
            Case.objects.all().delete()
            DataSubject.objects.all().delete()
            kept = [mail for mail in OutboundMail.objects.all() if mail.subject_id]
            assert kept == []
        ask(Kind.ACCESS)
        assert mails() == []

    def test_second_mail_lists_what_the_first_did_and_the_new(self):
        ask(Kind.ACCESS)
        ask(Kind.DELETION, after=timedelta(minutes=61))
        for case in Case.objects.all():
            assert case.reference in mails()[1].body


class TestLinkAlone:
    def test_is_mailed_where_a_case_is_kept(self):
        ask(Kind.ACCESS)
        ask(after=timedelta(hours=2))
        assert len(mails()) == 2
        assert Case.objects.count() == 1

    def test_unknown_address_makes_no_person_and_gets_no_mail(self):
        ask()
        assert (DataSubject.objects.count(), OutboundMail.objects.count()) == (0, 0)
        assert Intake.objects.count() == 0

    def test_person_without_a_case_gets_none(self):
        make_request(email=ADDRESS)
        ask()
        assert mails() == []


def end(case: Case) -> None:
    from dsar.models import Outcome
    from dsar.services.transitions import complete

    complete(case, Outcome.FULFILLED, event="answered", actor=None, allowed=[Status.UNVERIFIED])
