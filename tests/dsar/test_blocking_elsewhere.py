"""A block has no way round it: other roles, verbs, mail, figures, and a new request (E-8h)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.outbox.sending import retry, send_due
from emsar.staff.models import Role
from emsar.subjects.services import object_to, unblock
from requests_inbox.models import ConsultationRequest, Transfer
from requests_inbox.reminders import remind
from requests_inbox.services import contracts, documents, handling, replying
from requests_inbox.services.errors import BlockedError
from tests.dsar.blocked import EMAIL, NAME, block_it, make_item, seen
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.contracting import law
from tests.requests_inbox.desk import LIST, address, at, deliver, fresh, signed_in, travel

pytestmark = pytest.mark.django_db


@pytest.fixture
def item() -> ConsultationRequest:
    return make_item()


class TestPagesOfOthers:
    def test_outgoing_mail_of_the_administrator(self, item) -> None:
        user = make_user(Role.ADMINISTRATOR)
        page = reverse("admin:outbox_outboundmail_changelist")

        def rows(user) -> int:
            return len(signed_in(user).get(page).context["cl"].result_list)

        assert rows(user) == 2
        block_it(item)
        assert (rows(user), rows(make_user())) == (0, 2)

    def test_administrator_s_sending_again(self, item) -> None:
        mails = OutboundMail.objects.filter(about=item.pk)
        mails.update(status=Status.FAILED)
        block_it(item)
        data = {"action": "send_again", "_selected_action": [str(mails[0].pk)]}
        page = reverse("admin:outbox_outboundmail_changelist")
        signed_in(make_user(Role.ADMINISTRATOR)).post(page, data)
        assert set(mails.values_list("status", flat=True)) == {Status.FAILED}

    def test_audit_of_the_auditor(self, item) -> None:
        user, page = make_user(Role.AUDITOR), reverse("admin:audit_auditevent_changelist")
        assert str(item.pk) in seen(user, page)
        block_it(item)
        assert str(item.pk) not in seen(user, page)
        assert str(item.pk) not in seen(user, page, q=str(item.subject_id))
        event = AuditEvent.objects.filter(subject=item.subject_id).first()
        one = reverse("admin:audit_auditevent_change", args=[event.pk])
        assert seen(user, one) == ""
        assert str(item.pk) in seen(make_user(), page)

    @pytest.mark.parametrize("role", [Role.ENTITY_STAFF, Role.ADMINISTRATOR, Role.AUDITOR])
    @pytest.mark.parametrize(
        "name",
        [
            "outbox_mailcopy",
            "subjects_datasubject",
            "requests_inbox_transfer",
            "consent_consentevent",
            "dsar_case",
            "dsar_disclosure",
            "retention_legalhold",
        ],
    )
    def test_pages_that_only_the_officer_has(self, item, role, name) -> None:
        deliver()
        handling.hand_over(item, "consulting", "field", by=make_user())
        user = solutions_user() if role == Role.ENTITY_STAFF else make_user(role)
        block_it(item)
        response = signed_in(user).get(reverse(f"admin:{name}_changelist"))
        text = response.content.decode()
        assert response.status_code in {403, 404} or item.reference not in text
        assert str(item.subject_id) not in text


VERBS = {
    "reply": lambda item, by: replying.send_reply(item, "Hello", by=by),
    "writing": lambda item, by: replying.claim_writing(item, by=by),
    "draft": lambda item, by: replying.save_draft(item, "Hello", by=by),
    "answered": lambda item, by: replying.answered_elsewhere(
        item, at=timezone.now(), channel="phone", note="Called", by=by
    ),
    "received": lambda item, by: replying.message_received(
        item, at=timezone.now(), channel="phone", body="Called", by=by
    ),
    "note": lambda item, by: handling.add_note(item, "Note", by=by),
    "assign": lambda item, by: handling.assign(item, by, by=by),
    "close": lambda item, by: handling.close(item, "spam", by=by),
    "hand over": lambda item, by: handling.hand_over(item, "consulting", "field", by=by),
    "contract": lambda item, by: contracts.record_contract(item, timezone.localdate(), None, by=by),
    "document": lambda item, by: documents.class_document(
        item, None, title="Invoice", legal_reference=law(), by=by
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_no_verb_passes_not_even_the_officer_s(item, verb) -> None:
    block_it(item)
    before = (fresh(item).status, item.messages.count(), item.history.count())
    with pytest.raises(BlockedError):
        VERBS[verb](fresh(item), make_user())
    assert (fresh(item).status, item.messages.count(), item.history.count()) == before
    assert not Transfer.objects.exists()


class TestMail:
    def test_nothing_leaves_that_was_queued_before(self, item, mailoutbox) -> None:
        replying.send_reply(item, "Hello", by=solutions_user())
        block_it(item)
        assert send_due() == 0
        assert mailoutbox == []
        unblock(item.subject, actor=None, reason="asked")
        assert send_due() == OutboundMail.objects.filter(about=item.pk).count() == 3

    def test_what_serves_rights_leaves(self, item) -> None:
        block_it(item)
        handling.withdraw(item, method="withdrawal_link", actor=None)
        due = OutboundMail.objects.due(timezone.now())
        assert set(due.values_list("purpose", flat=True)) == {Purpose.RIGHTS}

    def test_failed_mail_is_not_tried_again(self, item) -> None:
        mail = OutboundMail.objects.filter(about=item.pk).first()
        OutboundMail.objects.filter(pk=mail.pk).update(status=Status.FAILED)
        block_it(item)
        assert not retry(mail)

    def test_no_reminder_is_written(self) -> None:
        make_user()
        with travel(2):
            item = make_request()
            block_it(item)
        assert remind(at(20)) == 0
        unblock(item.subject, actor=None, reason="asked")
        assert remind(at(20)) == 1

    def test_reminder_that_waits_is_held_back(self) -> None:
        make_user()
        with travel(2):
            item = make_request()
        remind(at(20))
        notices = OutboundMail.objects.filter(purpose=Purpose.STAFF)
        assert notices.unblocked().count() == 1
        block_it(item)
        assert notices.unblocked().count() == 0


class TestStatistics:
    def test_no_figure_counts_it_for_anybody(self, item) -> None:
        officer = make_user()

        def figures() -> tuple[int, int, int]:
            panels = signed_in(officer).get(reverse("admin:index")).context["panels"]
            found = next(one for one in panels if one.template == "admin/inbox/panel.html")
            shown = found.context["figures"]
            return shown.open, shown.overdue, found.context["mine"]

        handling.assign(item, officer, by=officer)
        assert figures() == (1, 0, 1)
        block_it(item)
        assert figures() == (0, 0, 0)
        page = signed_in(officer).get(reverse(LIST))
        assert page.context["figures"].open == 0

    def test_median_of_replies_leaves_it_out(self, item) -> None:
        moment = timezone.now()
        rows = ConsultationRequest.objects.filter(pk=item.pk)
        rows.update(first_replied_at=moment, replied_at=moment, status="replied")
        page = signed_in(make_user()).get(reverse(LIST))
        assert page.context["figures"].median is not None
        block_it(item)
        page = signed_in(make_user()).get(reverse(LIST))
        assert page.context["figures"].median is None


class TestNewRequest:
    def test_of_the_same_person_proceeds_on_every_path(self, item) -> None:
        block_it(item)
        later = make_request(email=EMAIL, name="Aysel Again")
        assert later.subject_id == item.subject_id
        user = solutions_user()
        shown = seen(user, reverse(LIST))
        assert ("Aysel Again" in shown, NAME in shown) == (True, False)
        replying.send_reply(later, "Hello", by=user)
        due = OutboundMail.objects.due(timezone.now())
        assert set(due.values_list("about", flat=True)) == {later.pk}

    def test_page_of_it_tells_nothing_of_the_blocked_one(self, item) -> None:
        block_it(item)
        later = make_request(email=EMAIL, name="Aysel Again")
        text = seen(solutions_user(), address("change", later))
        assert later.reference in text
        assert (item.reference in text, NAME in text) == (False, False)


def test_objection_of_a_blocked_person_is_kept_all_the_same(item) -> None:
    block_it(item)
    object_to(item.subject, "reply", actor=None)
    assert fresh(item).status == "objected"
