"""A block has no way round it: the pages of company staff, with positive controls (E-8h)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from emsar.outbox.models import OutboundMail
from emsar.retention.admin.frame import LEAVING
from emsar.retention.models import DeletionOrder
from emsar.retention.sweeps import sweep
from requests_inbox.models import AccountingDocument, ConsultationRequest, Message
from requests_inbox.services import contracts, documents, replying
from tests.dsar.blocked import EMAIL, NAME, block_it, make_item, seen
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.contracting import law
from tests.requests_inbox.desk import LIST, address, deliver, fresh, signed_in

pytestmark = pytest.mark.django_db

DOCUMENTS = "admin:requests_inbox_accountingdocument_changelist"


@pytest.fixture
def item() -> ConsultationRequest:
    return make_item()


def with_document(item: ConsultationRequest) -> AccountingDocument:
    contracts.record_contract(item, timezone.localdate(), None, by=solutions_user())
    return documents.class_document(
        fresh(item), None, title="Invoice 7", legal_reference=law(), by=solutions_user()
    )


class TestPagesOfStaff:
    @pytest.mark.parametrize(
        "query",
        [
            {},
            {"q": EMAIL},
            {"q": "memedova aysel"},
            {"q": "azurite"},
            {"status": "open"},
            {"status": "new"},
            {"work": "none"},
            {"company": "solutions"},
            {"language": "en"},
            {"source": "form"},
            {"service": "cybersecurity"},
        ],
    )
    def test_list_search_and_every_filter(self, item, query) -> None:
        user = solutions_user()
        assert NAME in seen(user, reverse(LIST), **query)
        block_it(item)
        assert NAME not in seen(user, reverse(LIST), **query)
        assert NAME in seen(make_user(), reverse(LIST), **query)

    def test_search_by_reference(self, item) -> None:
        user = solutions_user()
        assert NAME in seen(user, reverse(LIST), q=item.reference)
        block_it(item)
        assert NAME not in seen(user, reverse(LIST), q=item.reference)

    @pytest.mark.parametrize("verb", ["change", "history", "close", "hand-over", "withdraw"])
    def test_every_address_of_the_request(self, item, verb) -> None:
        user = solutions_user()
        assert signed_in(user).get(address(verb, item)).status_code in {200, 302}
        block_it(item)
        assert signed_in(user).get(address(verb, item)).status_code == 404

    def test_accounting_documents_and_their_pages(self, item) -> None:
        document, user = with_document(item), solutions_user()
        page = reverse("admin:requests_inbox_accountingdocument_change", args=[document.pk])
        assert "Invoice 7" in seen(user, reverse(DOCUMENTS))
        assert "Invoice 7" in seen(user, page)
        block_it(item)
        assert "Invoice 7" not in seen(user, reverse(DOCUMENTS))
        assert seen(user, page) == ""
        assert "Invoice 7" in seen(make_user(), page)

    def test_what_leaves_soon(self, item) -> None:
        rows = ConsultationRequest.objects.filter(pk=item.pk)
        rows.update(destroy_after=timezone.localdate() + timedelta(days=3))
        user = solutions_user()
        assert item.reference in seen(user, LEAVING.address)
        block_it(item)
        assert item.reference not in seen(user, LEAVING.address)
        assert item.reference in seen(make_user(), LEAVING.address)

    def test_orders_for_the_copies_in_mailboxes(self, item) -> None:
        deliver()
        block_it(item)
        rows = ConsultationRequest.objects.filter(pk=item.pk)
        rows.update(
            destroy_after=timezone.localdate() - timedelta(days=2),
            closed_at=timezone.now(),
            status="closed",
        )
        open_one = make_request()
        deliver()
        rows = ConsultationRequest.objects.filter(pk=open_one.pk)
        rows.update(
            destroy_after=timezone.localdate() - timedelta(days=2),
            closed_at=timezone.now(),
            status="closed",
        )
        sweep("by_hand", only="consultation")
        ordered = set(DeletionOrder.objects.values_list("reference", flat=True))
        assert ordered == {item.reference, open_one.reference}
        page = reverse("admin:retention_deletionorder_changelist")
        shown = seen(solutions_user(), page)
        assert (item.reference in shown, open_one.reference in shown) == (False, True)
        assert item.reference in seen(make_user(), page)
        order = DeletionOrder.objects.filter(reference=item.reference).first()
        one = reverse("admin:retention_deletionorder_change", args=[order.pk])
        assert seen(solutions_user(), one) == ""
        confirm = reverse("admin:retention_deletionorder_confirm")
        data = {"orders": [order.pk], "confirmed": "yes"}
        signed_in(solutions_user()).post(confirm, data)
        order.refresh_from_db()
        assert order.done_at is None

    def test_actions_on_the_list(self, item) -> None:
        block_it(item)
        for action in ("take", "close_as_spam", "close_as_duplicate"):
            data = {"action": action, "_selected_action": [str(item.pk)], "confirmed": "yes"}
            signed_in(solutions_user()).post(reverse(LIST), data)
        now = fresh(item)
        assert (now.status, now.assigned_to) == ("new", None)

    def test_undelivered_replies_on_the_first_page(self, item) -> None:
        message = replying.send_reply(item, "Hello", by=solutions_user())
        Message.objects.filter(pk=message.pk).update(state="failed")
        OutboundMail.objects.filter(pk=message.mail_id).update(status="failed")
        assert item.reference in seen(solutions_user(), reverse("admin:index"))
        block_it(item)
        assert item.reference not in seen(solutions_user(), reverse("admin:index"))
