"""What web and worker do all day, done with the rights that their roles have: none is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import mail as sent
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.audit.models import Heartbeat, Seal
from emsar.audit.roles import WEB, WORKER
from emsar.celery import app
from emsar.entities import services as registers
from emsar.entities.models import CalendarDay, Recipient
from emsar.outbox.models import MailCopy, OutboundMail
from emsar.outbox.sending import retry
from emsar.staff import rows
from emsar.staff.counter import hit
from emsar.staff.models import KeyedCount, Role, User
from emsar.subjects.models import DataSubject, Objection
from emsar.subjects.services import block, merge, object_to, unblock
from policies.drafts import content_of, draft_from, save_draft
from policies.models import PolicyVersion
from policies.publishing import publish
from requests_inbox.models import CloseReason, ConsultationRequest, Status, TransferReason
from requests_inbox.services import handling, replying
from tests.consent.undertaking import accepting
from tests.factories import make_request, make_user, solutions_user
from tests.staff.access.entering import give_factor, go_in, link_in, type_password
from tests.staff.access.test_invitation import enrolled

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=60)


@contextmanager
def acting_as(role: str) -> Iterator[None]:
    """Everything within is done with the rights of a role; rolled back with the test."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT {role} TO CURRENT_USER WITH SET TRUE")
        cursor.execute(f"SET LOCAL ROLE {role}")
        yield
        cursor.execute("SET LOCAL ROLE NONE")


def run_all_jobs() -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        app.tasks[entry["task"]]()


def next_version(months: int) -> PolicyVersion:
    """The shipped draft with another term, in force today."""
    draft = PolicyVersion.objects.get(policy="privacy-policy", number="1.1")
    draft.terms = {**draft.terms, "consultation_retention": months}
    draft.save()
    return publish(draft, actor=None, effective=timezone.localdate())


def test_worker_does_every_scheduled_job() -> None:
    with time_machine.travel(timezone.now() - LONG_AGO):
        hit("form", "x", minutes=15)
        late = make_request(service="cybersecurity")
        dpo = make_user(Role.DPO)
        Client().force_login(dpo)
    answered = make_request(service="cybersecurity")
    replying.send_reply(answered, "Salam", by=solutions_user())
    next_version(6)
    before = ConsultationRequest.objects.get(pk=late.pk).destroy_after

    with acting_as(WORKER):
        run_all_jobs()  # reminders are queued
        run_all_jobs()  # and sent

    assert not OutboundMail.objects.exclude(status="sent").exists()
    assert {dpo.email, late.contact.value} <= {mail.to[0] for mail in sent.outbox}
    assert MailCopy.objects.exists()
    assert ConsultationRequest.objects.get(pk=answered.pk).status == Status.REPLIED
    assert ConsultationRequest.objects.get(pk=late.pk).destroy_after < before
    assert Seal.objects.exists()
    assert not KeyedCount.objects.exists()
    assert not Session.objects.exists()
    assert Heartbeat.objects.count() >= 4


def test_worker_notes_a_reply_that_is_given_up(monkeypatch) -> None:
    item = make_request(service="cybersecurity")
    replying.send_reply(item, "Salam", by=solutions_user())
    OutboundMail.objects.filter(purpose="reply").update(subject_line="a\nb")
    with acting_as(WORKER):
        app.tasks["emsar.outbox.tasks.send_due_mail"]()
    assert item.history.last().event == "reply_failed"
    with acting_as(WEB):
        assert retry(OutboundMail.objects.get(purpose="reply"))
    assert item.history.last().event == "reply_queued_again"


def the_form() -> None:
    hit("form", "x", minutes=15)
    hit("form", "x", minutes=15)
    make_request()


def the_desk() -> None:
    user, item = solutions_user(), make_request(service="cybersecurity")
    with rows.of_member(user):
        at_the_desk(user, item)


def at_the_desk(user: User, item: ConsultationRequest) -> None:
    handling.assign(item, user, by=user)
    handling.add_note(item, "note", by=user)
    replying.save_draft(item, "draft", by=user)
    replying.save_draft(item, "", by=user)
    replying.send_reply(item, "Salam", by=user)
    handling.hand_over(item, "consulting", TransferReason.FIELD, by=user)
    handling.close(make_request(), CloseReason.SPAM, by=user)
    handling.withdraw(make_request(), method="staff", actor=user)


def the_persons() -> None:
    kept, doubled = (make_request().subject for _ in range(2))
    with rows.of_member(make_user()):
        object_to(doubled, Objection.Purpose.REPLY, actor=None)
        block(doubled, actor=None)
        unblock(doubled, actor=None, reason="asked")
        merge(kept, doubled, actor=None)
    assert DataSubject.objects.count() == 1


def the_registers() -> None:
    day = CalendarDay(date=date(2031, 1, 2), name_az="a", name_en="b", name_ru="c")
    registers.save_calendar_day(day, actor=make_user().pk)
    registers.save_calendar_day(day, actor=make_user().pk)
    registers.save_recipient(Recipient.objects.first(), actor=make_user().pk)


def the_policies() -> None:
    version = next_version(6)
    draft = draft_from(version, actor=None)
    save_draft(draft, content_of(draft), actor=None)


def a_working_day() -> None:
    """Log in, invite somebody who comes, choose a language, reset a factor, log out."""
    admin = make_user(Role.ADMINISTRATOR, username="admin")
    type_password("admin", "wrong")
    browser = go_in(admin, give_factor(admin))
    accepting(browser)
    words = {"username": "new", "role": "auditor", "language": "az", "email": "new@example.com"}
    browser.post(reverse("admin:staff_user_add"), words)
    invitation = OutboundMail.objects.get(key__startswith="invitation:")
    enrolled(link_in(invitation.body))
    new = User.objects.get(username="new")
    browser.post(reverse("admin:staff_user_factor", args=[new.pk]), {"reason": "lost"})
    browser.post(reverse("admin:forgotten"), {"username": "admin"})
    browser.post(reverse("admin:new_codes"))
    browser.post(reverse("admin:language"), {"language": "ru"})
    assert browser.post(reverse("admin:logout")).status_code == 200
    assert User.objects.filter(username="new").exists()


@pytest.mark.parametrize(
    "work", [the_form, the_desk, the_persons, the_registers, the_policies, a_working_day]
)
def test_web_does(work: Callable[[], None]) -> None:
    with acting_as(WEB):
        work()
