"""An answer that no server takes is an alarm until the person has been told by another way."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from dsar.mails import final_key
from dsar.models import Case, CaseEvent, Kind, Means, Status
from dsar.panels import cases_panel
from dsar.services import answers, deciding, erasure, identity, messages, residual
from dsar.services.errors import CaseRefusedError, CaseStateError
from emsar.audit.models import AuditEvent
from emsar.outbox import sending
from emsar.outbox.models import BLANK, OutboundMail
from emsar.outbox.sending import TRIES
from tests.dsar.asking import ADDRESS, ask
from tests.dsar.desk import make_case, signed_in, url, verb_url
from tests.dsar.erasing import make_case as deletion_of
from tests.dsar.erasing import make_person
from tests.factories import make_user, solutions_user
from tests.smtp import HOST, MailServer, mail_server

pytestmark = pytest.mark.django_db
Refuse = Callable[[], None]


@pytest.fixture
def officer():
    return make_user()


@pytest.fixture
def refusing(settings) -> Iterator[MailServer]:
    """A mail server that knows no address."""
    with mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = HOST, server.port
        server.keeper.answer_to = lambda address: "550 no such user"
        yield server


def give_up() -> None:
    """What waits has been refused often enough, and is now refused for the last time."""
    OutboundMail.objects.filter(status="queued").update(attempts=TRIES - 1)
    assert sending.send_due() == 0


def answered(officer: Any) -> Case:
    case = make_case(Kind.COMPLAINT)
    deciding.answer(case, "We have looked into it.", by=officer)
    return case


def events(case: Case) -> list[tuple[str, str]]:
    names = (answers.UNDELIVERED, answers.DELIVERED, answers.TOLD)
    found = CaseEvent.objects.filter(case=case, event__in=names).order_by("id")
    return list(found.values_list("event", "reason"))


def test_officer_sees_it_everywhere_until_the_person_is_told(refusing, officer, rf) -> None:
    case = answered(officer)
    give_up()
    assert events(case) == [("answer_undeliverable", "answer")]
    client = signed_in(officer)
    assert url("case_change", case.pk) in client.get(url("case_changelist")).text
    page = client.get(url("case_change", case.pk)).text
    assert "An answer could not be delivered" in page
    assert verb_url(case, "told") in page
    request = rf.get("/")
    request.user = officer
    panel = cases_panel(request)
    assert panel is not None
    assert (panel.tone, panel.context["undelivered"]) == ("alarm", 1)

    assert client.post(verb_url(case, "told"), {"means": ""}).status_code == 422
    assert client.post(verb_url(case, "told"), {"means": Means.PHONE}).status_code == 302
    assert events(case)[1:] == [("answer_told", "phone")]
    assert AuditEvent.objects.get(action="case.told").detail == {"means": "phone"}
    assert url("case_change", case.pk) not in client.get(url("case_changelist")).text
    page = client.get(url("case_change", case.pk)).text
    assert "An answer could not be delivered to" not in page
    assert "The person was told by another way: phone." in page
    assert cases_panel(request).tone != "alarm"


def test_answer_that_arrives_after_all_ends_the_alarm(refusing, officer) -> None:
    case = answered(officer)
    give_up()
    refusing.keeper.answer_to = lambda address: "250 OK"
    assert sending.retry(OutboundMail.objects.get(about=case.pk))
    assert answers.undelivered().get() == case
    assert sending.send_due() == 1
    assert not answers.undelivered().exists()
    assert events(case)[1:] == [("answer_delivered", "answer")]


def test_each_answer_counts_for_itself(refusing, officer) -> None:
    case = make_case(Kind.COMPLAINT)
    for words in ("The first.", "The second."):
        messages.write(case, words, by=officer)
    give_up()
    refusing.keeper.answer_to = lambda address: "250 OK"
    assert sending.retry(OutboundMail.objects.filter(about=case.pk).first())
    sending.send_due()
    assert answers.undelivered().get() == case


def test_what_is_refused_for_now_is_no_alarm_yet(refusing, officer) -> None:
    case = answered(officer)
    sending.send_due()
    assert OutboundMail.objects.get(about=case.pk).status == "queued"
    assert events(case) == []


def test_link_to_an_address_that_nobody_has_proved_is_no_alarm(refusing) -> None:
    ask(Kind.DELETION, email=ADDRESS)
    give_up()
    assert OutboundMail.objects.get().status == "failed"
    assert not answers.undelivered().exists()


def test_last_answer_is_emptied_and_the_case_ends_with_an_alarm(refusing, officer) -> None:
    case = deletion_of(make_person("Leyla Həsənli", "leyla@example.com"))
    OutboundMail.objects.all().delete()
    erasure.approve(case, by=officer)
    give_up()
    mail = OutboundMail.objects.get(key=final_key(case))
    assert (mail.status, *(getattr(mail, name) for name in BLANK)) == ("cancelled", *[None] * 4)
    assert residual.settle(case)
    case.refresh_from_db()
    assert case.status == Status.COMPLETED
    assert events(case) == [("answer_undeliverable", "deleted")]
    page = signed_in(officer).get(url("case_change", case.pk)).text
    assert "it cannot be sent again" in page
    assert verb_url(case, "told") in page


def test_note_to_whoever_proved_nothing_is_emptied_without_an_alarm(refusing) -> None:
    ask(Kind.DELETION, email=ADDRESS)
    OutboundMail.objects.all().delete()
    case = Case.objects.get()
    Case.objects.update(promise_due="2026-01-04", execute_on="2026-01-01")
    assert identity.close_unverified(case.received_at) == 1
    give_up()
    mail = OutboundMail.objects.get()
    assert (mail.status, mail.to_address) == ("cancelled", None)
    assert events(case) == []


def test_only_the_officer_says_that_it_was_told_and_only_once(refusing, officer) -> None:
    case = answered(officer)
    with pytest.raises(CaseStateError):
        answers.told(case, Means.PHONE, by=officer)
    give_up()
    with pytest.raises(CaseRefusedError, match="data protection officer"):
        answers.told(case, Means.PHONE, by=solutions_user())
    with pytest.raises(CaseRefusedError, match="how it was told"):
        answers.told(case, "by pigeon", by=officer)
    answers.told(case, Means.LETTER, by=officer)
    with pytest.raises(CaseStateError):
        answers.told(case, Means.LETTER, by=officer)
    refused = signed_in(officer).post(verb_url(case, "told"), {"means": Means.PHONE})
    assert refused.status_code == 409
