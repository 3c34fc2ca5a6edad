"""Working at the desk: moments of a plain week, addresses of verbs, and the state of a request."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import time_machine
from django.urls import reverse

from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.outbox.sending import _mark, send_due
from emsar.staff.models import User
from emsar.subjects.models import DataSubject
from emsar.subjects.services import block
from requests_inbox.models import ConsultationRequest, HistoryEntry, Message
from tests.desks import signed_in as signed_in

BAKU = ZoneInfo("Asia/Baku")
LIST = "admin:requests_inbox_consultationrequest_changelist"


def at(day: int, hour: int = 10, minute: int = 0) -> datetime:
    """A moment of November 2026 in Baku; the 23rd is a Monday, and that week has no day off."""
    return datetime(2026, 11, day, hour, minute, tzinfo=BAKU)


def travel(day: int, hour: int = 10, minute: int = 0) -> Any:
    """Stand still at that moment."""
    return time_machine.travel(at(day, hour, minute), tick=False)


def address(verb: str, item: ConsultationRequest) -> str:
    """The address of a verb of a request; ``change`` is its page."""
    name = f"admin:requests_inbox_consultationrequest_{verb.replace('-', '_')}"
    return reverse(name, args=[item.pk])


def page_of(user: User, item: ConsultationRequest) -> str:
    """The text of a request's page as a colleague sees it."""
    response = signed_in(user).get(address("change", item))
    assert response.status_code == 200
    return response.content.decode()


def listed(user: User, **query: str) -> list[str]:
    """The names on the list, in its order."""
    response = signed_in(user).get(reverse(LIST), query)
    assert response.status_code == 200
    return [row.name for row in response.context["cl"].result_list]


def fresh(item: ConsultationRequest) -> ConsultationRequest:
    return ConsultationRequest.objects.get(pk=item.pk)


def events(item: ConsultationRequest) -> list[str]:
    """What the history of a request says, oldest first."""
    return list(item.history.values_list("event", flat=True))


def last_line(item: ConsultationRequest) -> HistoryEntry:
    return item.history.last()


def messages(item: ConsultationRequest) -> list[tuple[str, str]]:
    """Kind and text of a request's messages, in order."""
    return [(message.kind, message.body) for message in item.messages.all()]


def message_of(item: ConsultationRequest, kind: str = Message.Kind.OUTGOING) -> Message:
    return item.messages.get(kind=kind)


def replies(item: ConsultationRequest) -> list[OutboundMail]:
    return list(OutboundMail.objects.filter(about=item.pk, purpose=Purpose.REPLY))


def deliver() -> None:
    """Let the worker send everything that is due."""
    send_due()


def give_up(mail: OutboundMail) -> None:
    """Let a mail fail for good, as the worker marks it."""
    OutboundMail.objects.filter(pk=mail.pk).update(status=Status.SENDING)
    mail.refresh_from_db()
    assert _mark(mail, Status.FAILED, error="SMTPRecipientsRefused 550")


def block_person(item: ConsultationRequest) -> None:
    block(DataSubject.objects.get(pk=item.subject_id), actor=None)
