"""What the officer decides: questions, extension, refusal, answer, and taking a request back."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from dsar.grounds import Ground
from dsar.models import Case, CaseEvent, CaseMessage, Kind, Outcome, Status
from dsar.services import deciding, messages
from dsar.services.dates import statutory_day
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.entities.registry import registry
from emsar.outbox.models import OutboundMail, Purpose
from tests.dsar.desk import ended, make_case
from tests.factories import make_user, solutions_user
from tests.requests_inbox.desk import at, travel

pytestmark = pytest.mark.django_db

LAW = "personal-data"


@pytest.fixture
def officer():
    return make_user()


def letters(case: Case) -> list[OutboundMail]:
    return list(OutboundMail.objects.filter(about=case.pk).order_by("created_at"))


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def events(case: Case) -> list[str]:
    return list(CaseEvent.objects.filter(case=case).values_list("event", flat=True))


class TestQuestion:
    def test_rests_the_term_of_the_law_and_leaves_the_promise(self, officer) -> None:
        with travel(23):
            case = make_case(Kind.OTHER)
            promised = case.promise_due
            deciding.pause(case, "Which of the two addresses is yours?", by=officer)
        now = fresh(case)
        assert (now.statutory_due, now.promise_due) == (None, promised)
        assert now.paused_since == at(23)
        assert "Which of the two addresses is yours?" in letters(case)[0].body

    def test_answer_of_the_person_ends_it(self, officer) -> None:
        with travel(23):
            case = make_case(Kind.OTHER)
            usual = case.statutory_due
            deciding.pause(case, "Which one?", by=officer)
        with travel(26):
            messages.from_person(fresh(case), "The second one.")
        now = fresh(case)
        assert now.paused_since is None
        # The 24th and the 25th lay within the question: two working days more.
        assert now.statutory_due == statutory_day(now) == usual + timedelta(days=2)
        assert events(case)[-1] == "resumed"

    def test_officer_can_end_it_and_only_once(self, officer) -> None:
        case = make_case(Kind.OTHER)
        deciding.pause(case, "Which one?", by=officer)
        with pytest.raises(CaseRefusedError, match="open already"):
            deciding.pause(fresh(case), "And?", by=officer)
        deciding.resume(fresh(case), by=officer)
        with pytest.raises(CaseRefusedError, match="No question"):
            deciding.resume(fresh(case), by=officer)

    def test_needs_words(self, officer) -> None:
        case = make_case(Kind.OTHER)
        with pytest.raises(CaseRefusedError, match="write something"):
            deciding.pause(case, " \x00\n", by=officer)
        assert fresh(case).paused_since is None


class TestExtension:
    def test_adds_the_days_of_the_profile_once_and_tells_why(self, officer) -> None:
        with travel(23):
            case = make_case(Kind.OTHER)
            before, promised = case.statutory_due, case.promise_due
            deciding.extend(case, "We have to ask our host.", by=officer)
            now = fresh(case)
            with pytest.raises(CaseRefusedError, match="only once"):
                deciding.extend(now, "Again.", by=officer)
        assert now.statutory_due == statutory_day(now) > before
        assert now.promise_due == promised
        (letter,) = letters(case)
        assert "We have to ask our host." in letter.body
        assert registry().authority.website in letter.body

    def test_is_too_late_when_the_term_has_passed(self, officer) -> None:
        case = make_case(Kind.OTHER, age=25)
        with pytest.raises(CaseRefusedError, match="passed already"):
            deciding.extend(case, "Late.", by=officer)
        assert letters(case) == []


class TestRefusal:
    @pytest.mark.parametrize("language", ["az", "en", "ru"])
    def test_names_ground_law_and_authority_in_the_person_s_language(
        self, officer, language
    ) -> None:
        case = make_case(Kind.DELETION, language=language)
        deciding.refuse(case, Ground.LAW_KEEPS, LAW, "The accounts are kept.", by=officer)
        (letter,) = letters(case)
        facts = registry()
        law = next(row for row in facts.references if row.slug == LAW)
        assert letter.language == language
        for words in (
            law.title.get(language),
            facts.authority.name.get(language),
            facts.authority.service.get(language),
            facts.authority.website,
            "The accounts are kept.",
        ):
            assert words in letter.body
        now = fresh(case)
        assert (now.status, now.outcome) == (Status.COMPLETED, Outcome.REFUSED)
        detail = AuditEvent.objects.get(action="case.refuse").detail
        assert detail == {"ground": "law_keeps", "law": LAW}

    @pytest.mark.parametrize(
        ("ground", "law", "words"),
        [("", LAW, "No."), ("mood", LAW, "No."), ("law_keeps", "", "No."), ("law_keeps", LAW, " ")],
    )
    def test_needs_ground_law_and_words(self, officer, ground, law, words) -> None:
        case = make_case(Kind.ACCESS)
        with pytest.raises(CaseRefusedError):
            deciding.refuse(case, ground, law, words, by=officer)
        assert fresh(case).status == Status.OPEN
        assert letters(case) == []

    def test_of_a_case_that_ended_is_refused(self, officer) -> None:
        case = ended(make_case(Kind.ACCESS))
        with pytest.raises(CaseStateError):
            deciding.refuse(case, Ground.REPEATED, LAW, "No.", by=officer)


class TestAnswer:
    def test_of_a_complaint_names_the_authority(self, officer) -> None:
        case = make_case(Kind.COMPLAINT)
        deciding.answer(case, "We are sorry.", by=officer)
        (letter,) = letters(case)
        assert "We are sorry." in letter.body
        assert registry().authority.website in letter.body
        assert (letter.purpose, fresh(case).outcome) == (Purpose.RIGHTS, Outcome.FULFILLED)

    @pytest.mark.parametrize("kind", [Kind.DELETION, Kind.CHILD, Kind.DECEASED, Kind.ACCESS])
    def test_ends_no_case_that_has_to_be_carried_out(self, officer, kind) -> None:
        case = make_case(kind)
        with pytest.raises(CaseRefusedError, match="carried out"):
            deciding.answer(case, "Done.", by=officer)
        assert fresh(case).status == Status.OPEN

    def test_waits_for_the_proof_of_identity(self, officer) -> None:
        case = make_case(Kind.COMPLAINT, verified=False)
        with pytest.raises(CaseRefusedError, match="not proved"):
            deciding.answer(case, "Secret.", by=officer)
        assert letters(case) == []

    @pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.WITHDRAWN, "nice"])
    def test_is_no_way_round_a_refusal(self, officer, outcome) -> None:
        with pytest.raises(CaseRefusedError):
            deciding.answer(make_case(Kind.OTHER), "No.", by=officer, outcome=outcome)


class TestTakingBack:
    def test_ends_the_case_and_tells_the_person(self) -> None:
        case = make_case(Kind.DELETION)
        deciding.withdraw(case)
        assert fresh(case).outcome == Outcome.WITHDRAWN
        assert len(letters(case)) == 1

    def test_is_too_late_once_it_was_carried_out(self) -> None:
        case = make_case(Kind.DELETION)
        Case.objects.filter(pk=case.pk).update(status=Status.EXECUTED)
        with pytest.raises(CaseStateError):
            deciding.withdraw(fresh(case))

    def test_is_nobody_else_s_to_do(self) -> None:
        with pytest.raises(CaseRefusedError):
            deciding.withdraw(make_case(), by_person=False)
        with pytest.raises(CaseRefusedError):
            deciding.withdraw(make_case(), by=solutions_user())


class TestMessages:
    def test_to_the_person_is_mailed_from_the_group_and_passes_a_block(self, officer) -> None:
        case = make_case()
        messages.write(case, "We are working on it.", by=officer)
        (letter,) = letters(case)
        assert "We are working on it." in letter.body
        assert letter.mailbox == registry().default_mailbox.address
        case.file.person.blocked_at = timezone.now() + timedelta(minutes=1)
        case.file.person.save()
        assert letter in OutboundMail.objects.unblocked()

    def test_nothing_is_written_before_identity_is_proved(self, officer) -> None:
        case = make_case(verified=False)
        with pytest.raises(CaseRefusedError, match="proved"):
            messages.write(case, "You told us that…", by=officer)
        assert letters(case) == []
        assert not CaseMessage.objects.exists()

    def test_note_is_mailed_to_nobody(self, officer) -> None:
        case = make_case()
        row = messages.note(case, "Called back.", by=officer)
        assert (row.direction, row.author) == ("note", officer.pk)
        assert letters(case) == []

    def test_of_the_person_reaches_every_officer_without_its_words(self, officer) -> None:
        case = make_case()
        messages.from_person(case, "Please hurry, my name is Aysel.")
        mail = OutboundMail.objects.get(purpose=Purpose.STAFF)
        assert mail.to_address == officer.email
        assert "Aysel" not in mail.body
        assert case.reference in mail.subject_line

    def test_is_cleaned_and_has_an_end(self, officer) -> None:
        row = messages.note(make_case(), "a\x00b\r\nc\x1b ", by=officer)
        assert row.body == "ab\nc"
        with pytest.raises(CaseRefusedError, match="at most"):
            messages.note(make_case(), "x" * (messages.MAX_BODY + 1), by=officer)

    def test_ends_with_the_case(self, officer) -> None:
        case = ended(make_case())
        for write in (
            lambda: messages.write(case, "Hello", by=officer),
            lambda: messages.from_person(case, "Hello"),
        ):
            with pytest.raises(CaseStateError):
                write()


@pytest.mark.parametrize(
    "verb",
    [
        lambda case, by: deciding.pause(case, "Who?", by=by),
        lambda case, by: deciding.resume(case, by=by),
        lambda case, by: deciding.extend(case, "Why", by=by),
        lambda case, by: deciding.refuse(case, "others", LAW, "No", by=by),
        lambda case, by: deciding.answer(case, "Yes", by=by),
        lambda case, by: messages.write(case, "Hello", by=by),
        lambda case, by: messages.note(case, "Hm", by=by),
    ],
)
@pytest.mark.parametrize("role", ["entity_staff", "administrator", "auditor"])
def test_only_the_officer_decides(verb, role) -> None:
    by = solutions_user() if role == "entity_staff" else make_user(role)
    case = make_case(Kind.OTHER)
    with pytest.raises(CaseRefusedError, match="Only the data protection officer"):
        verb(case, by)
    assert events(case) == ["received"]


def test_information_is_released_at_once_unless_the_address_is_shared() -> None:
    alone = make_case(Kind.INFORMATION)
    shared = make_case(Kind.ACCESS, is_shared=True)
    with time_machine.travel(timezone.now(), tick=True):
        deciding.after_verification(alone)
        deciding.after_verification(shared)
    assert (fresh(alone).status, fresh(shared).status) == (Status.COMPLETED, Status.OPEN)
    Case.objects.filter(pk=shared.pk).update(chosen_at=timezone.now())
    deciding.after_verification(fresh(shared))
    assert fresh(shared).status == Status.COMPLETED


def test_nothing_happens_before_identity_is_proved() -> None:
    case = make_case(Kind.INFORMATION, verified=False)
    deciding.after_verification(case)
    assert not deciding.by_deadline(case)
    assert events(case) == ["received"]
