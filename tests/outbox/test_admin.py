"""Outgoing mail in the admin: the DPO sees whose it is, the administrator only how the queue is."""

import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.admin import COLUMNS, personal_columns
from emsar.outbox.models import MailCopy, OutboundMail, Status
from emsar.staff.mailing import tell
from emsar.subjects.services import block
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

LIST = "admin:outbox_outboundmail_changelist"
COPIES = "admin:outbox_mailcopy_changelist"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def failed_mail(**fields) -> OutboundMail:
    """A mail to a person that the server refused for good."""
    make_request(name="Aysel", email="aysel@example.com", **fields)
    mail = OutboundMail.objects.get(purpose="acknowledgement")
    OutboundMail.objects.filter(pk=mail.pk).update(
        status=Status.FAILED, attempts=8, last_error="SMTPRecipientsRefused 550"
    )
    return OutboundMail.objects.get(pk=mail.pk)


def text_of(user, **query: str) -> str:
    response = signed_in(user).get(reverse(LIST), query)
    assert response.status_code == 200
    return response.content.decode()


def send_again(user, *mails: OutboundMail) -> list[str]:
    data = {"action": "send_again", "_selected_action": [str(mail.pk) for mail in mails]}
    response = signed_in(user).post(reverse(LIST), data, follow=True)
    return [str(message) for message in response.context["messages"]]


def test_dpo_sees_what_was_mailed_why_and_about_which_request() -> None:
    mail = failed_mail()
    text = text_of(make_user())

    for words in (mail.reference, "acknowledgement", "not delivered", "SMTPRecipientsRefused 550"):
        assert words in text


def test_administrator_sees_the_state_of_the_queue_and_nothing_personal() -> None:
    mail = failed_mail()
    text = text_of(make_user("administrator"))

    assert "SMTPRecipientsRefused 550" in text
    assert "not delivered" in text
    for personal in (mail.reference, str(mail.subject_id), str(mail.about), "aysel", "Aysel"):
        assert personal not in text
    assert f"/outboundmail/{mail.pk}/" not in text


def test_columns_of_the_administrator_follow_the_data_map() -> None:
    client = signed_in(make_user("administrator"))
    shown = client.get(reverse(LIST)).context["cl"].list_display

    hidden = {name for name, column in COLUMNS.items() if column in personal_columns()}
    assert hidden == {"purpose", "reference", "sent"}
    assert set(shown) - {"action_checkbox"} == set(COLUMNS) - hidden


@pytest.mark.parametrize(
    "query", [{"q": "7K3Q-9WXF"}, {"purpose__exact": "reply"}, {"reference": "7K3Q-9WXF"}]
)
def test_administrator_learns_nothing_from_the_address_line(query) -> None:
    failed_mail()
    response = signed_in(make_user("administrator")).get(reverse(LIST), query)

    if "q" in query:
        assert response.context["cl"].result_count == OutboundMail.objects.count()
    else:
        assert response.status_code == 400


def test_page_of_a_mail_is_for_the_dpo_and_is_an_event() -> None:
    mail, dpo = failed_mail(), make_user()
    url = reverse("admin:outbox_outboundmail_change", args=[mail.pk])
    assert signed_in(make_user("administrator")).get(url).status_code == 403
    assert not AuditEvent.objects.filter(action="mail.view").exists()

    text = signed_in(dpo).get(url).content.decode()
    assert "aysel@example.com" in text
    assert mail.subject_line in text
    event = AuditEvent.objects.get(action="mail.view")
    assert (event.actor, event.subject) == (dpo.pk, mail.subject_id)


def test_text_of_a_mail_to_staff_is_shown_to_nobody() -> None:
    """A link in it would open somebody's login."""
    tell([make_user(username="new")], "staff_new_password", {"link": "/secret/"}, key="x")
    mail = OutboundMail.objects.get()
    url = reverse("admin:outbox_outboundmail_change", args=[mail.pk])
    text = signed_in(make_user()).get(url).text
    assert "/secret/" in mail.body
    assert "/secret/" not in text
    assert "shown to nobody but their reader" in text


@pytest.mark.parametrize("role", ["dpo", "administrator"])
def test_failed_mail_is_sent_again(role: str) -> None:
    mail, user = failed_mail(), make_user(role)

    assert send_again(user, mail) == ["1 mail is sent again."]
    mail.refresh_from_db()
    assert (mail.status, mail.attempts) == (Status.QUEUED, 0)
    event = AuditEvent.objects.get(action="mail.retry")
    assert (event.actor, event.subject, event.object_id) == (
        user.pk,
        mail.subject_id,
        str(mail.pk),
    )


def test_mail_that_has_not_failed_is_left_alone() -> None:
    mail = failed_mail()
    waiting = OutboundMail.objects.exclude(pk=mail.pk).get()

    words = send_again(make_user(), mail, waiting)
    assert words == [
        "1 mail is sent again.",
        "1 mail cannot be sent again: it has not failed, or it is blocked.",
    ]
    assert AuditEvent.objects.filter(action="mail.retry").count() == 1


def test_mail_to_blocked_persons_is_not_sent_again() -> None:
    mail = failed_mail()
    block(mail.subject, actor=None)

    assert "cannot be sent again" in send_again(make_user(), mail)[0]
    mail.refresh_from_db()
    assert mail.status == Status.FAILED


@pytest.mark.parametrize("who", [solutions_user, lambda: make_user("auditor")])
def test_others_see_no_mail(who) -> None:
    mail, client = failed_mail(), signed_in(who())

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(COPIES)).status_code == 403
    url = reverse("admin:outbox_outboundmail_change", args=[mail.pk])
    assert client.get(url).status_code in {403, 404}
    client.post(reverse(LIST), {"action": "send_again", "_selected_action": [str(mail.pk)]})
    mail.refresh_from_db()
    assert mail.status == Status.FAILED


def test_nothing_is_changed_or_deleted_here() -> None:
    mail, client = failed_mail(), signed_in(make_user())
    for verb in ("change", "delete"):
        url = reverse(f"admin:outbox_outboundmail_{verb}", args=[mail.pk])
        assert client.post(url, {"post": "yes"}).status_code == 403
    assert client.get(reverse("admin:outbox_outboundmail_add")).status_code == 403
    assert OutboundMail.objects.filter(pk=mail.pk).exists()


def test_each_list_page_is_an_event() -> None:
    failed_mail()
    dpo = make_user()
    text_of(dpo)

    event = AuditEvent.objects.get(action="mail.list")
    assert (event.actor, event.detail) == (dpo.pk, {"rows": 2})


def test_copies_in_mailboxes_are_for_the_dpo() -> None:
    MailCopy.objects.create(
        mailbox="info@example.com",
        message_id="<a@example.com>",
        reference="7K3Q-9WXF",
        about=uuid.uuid4(),
        at=timezone.now() - timedelta(days=1),
    )
    dpo = make_user()
    text = signed_in(dpo).get(reverse(COPIES)).content.decode()

    assert "7K3Q-9WXF" in text
    assert signed_in(make_user("administrator")).get(reverse(COPIES)).status_code == 403
    assert AuditEvent.objects.get(action="mail_copy.list").actor == dpo.pk
    url = reverse("admin:outbox_mailcopy_change", args=[MailCopy.objects.get().pk])
    assert "&lt;a@example.com&gt;" in signed_in(dpo).get(url).content.decode()


def test_dpo_filters_by_what_is_personal() -> None:
    failed_mail()
    response = signed_in(make_user()).get(reverse(LIST), {"purpose__exact": "routing"})

    assert [mail.purpose for mail in response.context["cl"].result_list] == ["routing"]
