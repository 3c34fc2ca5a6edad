"""A mail that is out is marked as sent even if PostgreSQL lets somebody else go first."""

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, QueryCanceled

from emsar.outbox import sending
from emsar.outbox.models import MailCopy, OutboundMail, Purpose, Status
from tests.factories import make_request

pytestmark = pytest.mark.django_db


def failing_once(fault: type[Exception]):
    left = [1]

    def handle(mail: OutboundMail) -> None:
        if left and left.pop():
            raise OperationalError from fault()

    return handle


def test_marking_is_tried_once_more_after_a_deadlock(monkeypatch, mailoutbox) -> None:
    request = make_request()
    OutboundMail.objects.filter(about=request.pk).exclude(purpose=Purpose.ROUTING).delete()
    key = (Purpose.ROUTING, Status.SENT)
    monkeypatch.setitem(sending._HANDLERS, key, failing_once(DeadlockDetected))
    assert sending.send_due() == 1
    assert len(mailoutbox) == 1
    mail = OutboundMail.objects.get()
    assert (mail.status, mail.body) == (Status.SENT, None)
    assert MailCopy.objects.filter(about=request.pk).exists()
    assert sending.send_due() == 0


def test_another_fault_of_the_database_is_not_hidden(monkeypatch) -> None:
    make_request()
    key = (Purpose.ROUTING, Status.SENT)
    monkeypatch.setitem(sending._HANDLERS, key, failing_once(QueryCanceled))
    with pytest.raises(OperationalError):
        sending.send_due()
