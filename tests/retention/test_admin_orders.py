"""Copies that colleagues delete by hand: listed by mailbox, confirmed once, by whoever may."""

import pytest
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.entities.registry import registry
from emsar.retention.models import DeletionOrder
from tests.factories import consulting_user, make_user, solutions_user
from tests.retention.desk import make_order, said, signed_in, url

pytestmark = pytest.mark.django_db

LIST = "deletionorder_changelist"
CONFIRM = "deletionorder_confirm"


def boxes(user) -> dict[str, list[DeletionOrder]]:
    found = signed_in(user).get(url(LIST)).context["boxes"]
    return {box.address: [line.order for line in box.lines] for box in found}


def mailbox(entity: str) -> str:
    return registry().mailbox_of(entity).address


def confirm(user, *orders: DeletionOrder, **more: str):
    data = {"orders": [order.pk for order in orders], **more}
    return signed_in(user).post(url(CONFIRM), data, follow=True)


def test_orders_stand_by_mailbox_the_oldest_first() -> None:
    young, old = make_order(age=1), make_order(age=2)
    of_the_group = make_order("")
    make_order("consulting")
    assert boxes(solutions_user()) == {
        mailbox("solutions"): [old, young],
        mailbox(""): [of_the_group],
    }


def test_officer_sees_all_and_other_companies_their_own() -> None:
    make_order("solutions")
    make_order("consulting")
    assert set(boxes(make_user())) == {mailbox("solutions"), mailbox("consulting")}
    assert set(boxes(consulting_user())) == {mailbox("consulting")}


def test_what_was_done_last_can_be_looked_up() -> None:
    done, other = make_order(), make_order("consulting", reference="REQ-9")
    confirm(solutions_user(), done, confirmed="yes")
    confirm(consulting_user(), other, confirmed="yes")
    response = signed_in(solutions_user()).get(url(LIST))
    assert response.context["done"] == [done]
    assert "deleted by hand" in response.text
    assert other not in response.context["done"]


def test_order_says_how_the_copy_is_found() -> None:
    order = make_order(reference="REQ-7781")
    text = signed_in(solutions_user()).get(url(LIST)).text
    for part in (
        order.message_id.strip("<>"),
        "REQ-7781",
        "15 January 2025, 08:00",
        "search field",
    ):
        assert part in text


def test_order_open_for_more_than_three_days_is_an_alarm() -> None:
    make_order(age=2)
    assert "open for more than three days" not in signed_in(make_user()).get(url(LIST)).text
    make_order(age=4)
    text = signed_in(make_user()).get(url(LIST)).text
    assert text.count("open for more than three days") == 1


def test_several_are_confirmed_after_a_question() -> None:
    first, second, left, user = make_order(), make_order(""), make_order(), solutions_user()
    page = confirm(user, first, second)
    assert "cannot be taken back" in page.text
    assert "2 messages are deleted" in page.text
    assert not DeletionOrder.objects.filter(done_at__isnull=False).exists()
    response = confirm(user, first, second, confirmed="yes")
    assert said(response) == ["2 copies are noted as deleted."]
    done = DeletionOrder.objects.filter(done_at__isnull=False)
    assert set(done) == {first, second}
    assert {(order.done_by, order.method) for order in done} == {(user.pk, "by_hand")}
    assert boxes(user) == {mailbox("solutions"): [left]}
    assert AuditEvent.objects.get(action="retention.copies_deleted").detail == {"count": 2}


def test_second_confirmation_changes_nothing() -> None:
    order, first, second = make_order(), solutions_user(), solutions_user()
    confirm(first, order, confirmed="yes")
    assert said(confirm(second, order, confirmed="yes")) == ["No open order was chosen."]
    order.refresh_from_db()
    assert order.done_by == first.pk
    assert AuditEvent.objects.filter(action="retention.copies_deleted").count() == 1


def test_order_of_another_company_is_not_confirmed() -> None:
    mine, foreign = make_order("consulting"), make_order("solutions")
    confirm(consulting_user(), mine, foreign, confirmed="yes")
    foreign.refresh_from_db()
    mine.refresh_from_db()
    assert (foreign.done_at is None, mine.done_at is None) == (True, False)


@pytest.mark.parametrize("keys", [[], ["nonsense"], ["0"], ["-1"], ["9" * 40], ["²"], ["1\0"]])
def test_what_is_no_order_is_told_in_words(keys: list[str]) -> None:
    order = make_order()
    data = {"orders": keys, "confirmed": "yes"}
    response = signed_in(solutions_user()).post(url(CONFIRM), data, follow=True)
    assert said(response) == ["No open order was chosen."]
    order.refresh_from_db()
    assert order.done_at is None


@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_others_confirm_nothing(role: str) -> None:
    order = make_order()
    data = {"orders": [order.pk], "confirmed": "yes"}
    assert signed_in(make_user(role)).post(url(CONFIRM), data).status_code == 403
    order.refresh_from_db()
    assert order.done_at is None


def test_confirming_is_no_matter_of_following_a_link() -> None:
    order = make_order()
    address = f"{url(CONFIRM)}?orders={order.pk}&confirmed=yes"
    assert signed_in(solutions_user()).get(address).status_code == 405
    order.refresh_from_db()
    assert order.done_at is None


def test_long_list_has_pages_that_one_form_can_send() -> None:
    for _number in range(51):
        make_order()
    client = signed_in(solutions_user())
    assert "?page=2" in client.get(url(LIST)).text
    page = client.get(url(LIST), {"page": "2"})
    assert [len(box.lines) for box in page.context["boxes"]] == [1]
    keys = list(DeletionOrder.objects.values_list("pk", flat=True)[:50])
    response = client.post(url(CONFIRM), {"orders": keys, "confirmed": "yes"}, follow=True)
    assert said(response) == ["50 copies are noted as deleted."]


@pytest.mark.parametrize(("role", "shown"), [("dpo", 2), ("entity_staff", 1), ("auditor", 2)])
def test_first_page_counts_what_is_open(role: str, shown: int) -> None:
    make_order("solutions", age=5)
    make_order("consulting")
    user = solutions_user() if role == "entity_staff" else make_user(role)
    panels = signed_in(user).get(reverse("admin:index")).context["panels"]
    panel = next(one for one in panels if one.title == "Copies to delete in mailboxes")
    assert (panel.context["count"], panel.context["late"], panel.tone) == (shown, 1, "alarm")


@pytest.mark.parametrize("role", ["administrator", "dpo"])
def test_first_page_has_no_panel_without_orders(role: str) -> None:
    if role == "administrator":
        make_order()
    panels = signed_in(make_user(role)).get(reverse("admin:index")).context["panels"]
    assert "Copies to delete in mailboxes" not in [panel.title for panel in panels]
