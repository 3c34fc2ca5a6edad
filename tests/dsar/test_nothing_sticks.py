"""No case waits for ever, no alarm falls silent, and nobody waits for whoever waits for them."""

import time
from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from dsar import health, mails
from dsar.models import Case, Kind, Outcome, Status, Telling
from dsar.services import deadlines, deciding, erasure, identity, messages, opening, reminding
from dsar.services import links as case_links
from dsar.services.deadlines import DeadlineMissedError
from dsar.services.residual import settle
from emsar.datamap.rules import rules_of
from emsar.retention.due import due_rows
from emsar.subjects import links
from emsar.subjects.models import DataSubject, MailedLink, SubjectIdentifier
from tests.connections import in_thread
from tests.dsar.desk import make_case
from tests.dsar.people import open_case
from tests.factories import make_request, make_user

DAY = timedelta(days=1)


@pytest.mark.django_db
def test_answer_that_nobody_told_stays_until_it_is_told() -> None:
    case = open_case(DataSubject.objects.create(), Kind.DELETION)
    erasure.approve(case, by=make_user())
    telling = Telling.objects.get()
    assert telling.addressee == case.reference, "nothing else is known of the person"
    Telling.objects.update(at=timezone.now() - 40 * DAY)
    assert not any(due_rows(rule).exists() for rule in rules_of(Telling))
    assert not settle(Case.objects.get(pk=case.pk))
    Case.objects.filter(pk=case.pk).update(executed_at=timezone.now() - DAY)
    assert "residual" not in health.faults(), "it is the officer's alarm, not the site's"
    Telling.objects.update(told_at=timezone.now())
    assert any(due_rows(rule).exists() for rule in rules_of(Telling))
    assert settle(Case.objects.get(pk=case.pk))


@pytest.mark.django_db
@pytest.mark.parametrize("by_officer", [True, False])
def test_copy_is_released_once_the_question_asked_before_the_proof_is_answered(by_officer) -> None:
    make_request(email="aysel@example.com")
    case, officer = make_case(Kind.ACCESS, email="aysel@example.com", verified=False), make_user()
    deciding.pause(case, "Which of your addresses is it about?", by=officer)
    identity.verify(DataSubject.objects.get(pk=case.subject))
    fresh = Case.objects.get(pk=case.pk)
    assert fresh.status == Status.OPEN
    if by_officer:
        deciding.resume(fresh, by=officer)
    else:
        messages.from_person(fresh, "The first one.")
    case.refresh_from_db()
    assert (case.status, case.outcome) == (Status.COMPLETED, Outcome.FULFILLED)


@pytest.mark.django_db
def test_one_unproved_case_that_fails_stops_neither_the_others_nor_the_reminders(
    monkeypatch,
) -> None:
    bad, good = (make_case(Kind.ACCESS, age=age, verified=False) for age in (31, 30))
    closed, reminded = mails.closed_unverified, []

    def failing(case: Case, **more: Any) -> object:
        if case.pk == bad.pk:
            raise RuntimeError("it fails")
        return closed(case, **more)

    monkeypatch.setattr(mails, "closed_unverified", failing)
    monkeypatch.setattr(reminding, "remind", lambda now: reminded.append(now) or 0)
    with pytest.raises(DeadlineMissedError):
        deadlines.run()
    good.refresh_from_db()
    assert good.status == Status.COMPLETED
    assert reminded


def slowly(monkeypatch, module: object, name: str) -> None:
    """Whoever comes in between has the time to."""
    real = getattr(module, name)

    def slow(*given: Any, **more: Any) -> Any:
        time.sleep(1)
        return real(*given, **more)

    monkeypatch.setattr(module, name, slow)


def faults(*works: "Future[Any]") -> list[str]:
    return [repr(problem) for work in works if (problem := work.exception(timeout=30))]


@pytest.mark.django_db(transaction=True)
def test_link_that_is_used_and_an_erasure_do_not_wait_for_each_other(
    filled_db, monkeypatch
) -> None:
    case = make_case(Kind.DELETION)
    person = case.file.person_id
    links.issue(mails.CASE_LINK, person, person, DAY)
    link, email = MailedLink.objects.get(), SubjectIdentifier.objects.get(subject=person).value
    slowly(monkeypatch, identity, "verify")
    used = in_thread(lambda: case_links.use(link, email))
    time.sleep(0.4)
    erased = in_thread(lambda: erasure.execute(Case.objects.get(pk=case.pk)))
    assert faults(used, erased) == []
    assert not DataSubject.objects.filter(pk=person).exists()


@pytest.mark.django_db(transaction=True)
def test_case_that_gives_way_and_a_proof_do_not_wait_for_each_other(filled_db, monkeypatch) -> None:
    case = make_case(Kind.OBJECTION, age=28, verified=False)
    contact = SubjectIdentifier.objects.get(pk=case.file.contact_id)
    asked = {"person": contact.subject, "contact": contact, "language": "en", "channel": "form"}
    slowly(monkeypatch, identity, "give_way")
    opened = in_thread(
        lambda: opening.open_case(Kind.OBJECTION, received_at=timezone.now(), **asked)
    )
    time.sleep(0.4)
    proved = in_thread(lambda: identity.verify(DataSubject.objects.get(pk=contact.subject_id)))
    assert faults(opened, proved) == []
