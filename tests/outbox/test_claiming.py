"""Claims and leases: no mail is taken by two workers, none is lost with one (idea 7)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail, Purpose, Status
from emsar.outbox.sending import claim
from emsar.subjects.models import DataSubject
from tests.connections import in_thread, second_connection
from tests.outbox.conftest import deliver


@pytest.mark.django_db
def test_claim_leases_the_mail_that_has_waited_longest(queue, settings) -> None:
    now = timezone.now()
    queue(due_at=now)
    oldest = queue(due_at=now - timedelta(minutes=5))
    claimed = claim(now)
    assert (claimed.pk, claimed.status, claimed.attempts) == (oldest.pk, Status.SENDING, 1)
    stored = OutboundMail.objects.get(pk=oldest.pk)
    assert (stored.status, stored.attempts) == (Status.SENDING, 1)
    assert stored.due_at == now + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def test_lease_is_longer_than_any_step_of_the_mail_server(settings) -> None:
    assert settings.OUTBOX_LEASE_SECONDS > 4 * settings.EMAIL_TIMEOUT
    assert settings.OUTBOX_LEASE_SECONDS < settings.CELERY_TASK_TIME_LIMIT


@pytest.mark.django_db
def test_claimed_mail_is_nobody_elses_until_the_lease_runs_out(queue, settings) -> None:
    settings.OUTBOX_LEASE_SECONDS = 30
    now = timezone.now()
    mail = queue(due_at=now)
    assert claim(now).pk == mail.pk
    assert claim(now) is None
    assert claim(now + timedelta(seconds=29)) is None
    again = claim(now + timedelta(seconds=30))
    assert (again.pk, again.attempts) == (mail.pk, 2)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.SENT, Status.FAILED, Status.CANCELLED])
def test_finished_mail_is_never_claimed(queue, status) -> None:
    queue(status=status, due_at=timezone.now() - timedelta(days=1))
    assert claim(timezone.now()) is None


@pytest.mark.django_db
def test_mark_of_a_worker_whose_lease_ran_out_does_not_count(smtp, queue, monkeypatch) -> None:
    told = []
    monkeypatch.setitem(sending._HANDLERS, (Purpose.REPLY, Status.SENT), told.append)
    now = timezone.now()
    queue(due_at=now, copy_in="office@example.org", about="00000000-0000-4000-8000-000000000001")
    slow = claim(now)
    quick = claim(now + timedelta(hours=1))

    assert deliver(quick)
    assert not deliver(slow)
    assert [mail.attempts for mail in told] == [2]
    assert MailCopy.objects.count() == 1
    stored = OutboundMail.objects.get()
    assert (stored.status, stored.attempts) == (Status.SENT, 2)


@pytest.mark.django_db
def test_failure_of_a_worker_whose_lease_ran_out_does_not_count(smtp, queue) -> None:
    now = timezone.now()
    queue(due_at=now)
    slow = claim(now)
    quick = claim(now + timedelta(hours=1))
    smtp.refuse("451 later")
    assert not deliver(slow)
    assert OutboundMail.objects.get().status == Status.SENDING
    assert deliver(quick)
    assert OutboundMail.objects.get().status == Status.SENT


def test_claim_steps_over_a_mail_that_another_worker_is_claiming(filled_db, queue) -> None:
    """Two real connections: the second worker neither waits nor takes the same mail."""
    now = timezone.now()
    first, second = queue(due_at=now - timedelta(minutes=1)), queue(due_at=now)
    with second_connection() as other:
        other.execute("SELECT 1 FROM outbox_outboundmail WHERE id = %s FOR UPDATE", [first.pk])
        assert claim(now).pk == second.pk
        assert claim(now) is None
    assert claim(now).pk == first.pk


def test_claim_is_not_held_up_by_a_locked_person(filled_db, queue) -> None:
    person = DataSubject.objects.create()
    mail = queue(subject=person)
    with second_connection() as other:
        other.execute("SELECT 1 FROM subjects_datasubject FOR UPDATE")
        assert claim(timezone.now()).pk == mail.pk


def test_four_workers_take_each_mail_once(filled_db, queue) -> None:
    mails = [queue() for _ in range(40)]
    now = timezone.now()

    def claim_all() -> list[object]:
        return [mail.pk for mail in iter(lambda: claim(now), None)]

    workers = [in_thread(claim_all) for _ in range(4)]
    claimed = [pk for worker in workers for pk in worker.result(30)]
    assert len(claimed) == 40
    assert set(claimed) == {mail.pk for mail in mails}
    assert set(OutboundMail.objects.values_list("attempts", flat=True)) == {1}
