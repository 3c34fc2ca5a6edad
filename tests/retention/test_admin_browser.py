"""The pages of retention in a real browser: on a phone, in the dark, and without any script."""

import pytest
from django.urls import reverse

from emsar.retention import banner
from emsar.retention.models import Clearance, DeletionOrder, DestructionLine, LegalHold, Sweep
from tests.accessibility import faults, too_wide
from tests.desks import DARK, PHONE
from tests.factories import make_user, solutions_user
from tests.retention.desk import ends, hold_on, in_days, make_order, url

# What axe looks at is the same as in the first language; what differs is how long words are.
RUSSIAN = dict(PHONE)


def a_full_register() -> list[str]:
    """Something of everything that the pages can show; their addresses."""
    request = ends(-5, answered=False)
    for days in (0, 3, 3, 12, 40, 70):
        ends(days)
    hold = hold_on(ends(2), review_on=in_days(-3))
    ends(-4)
    for company, age in (("solutions", 5), ("solutions", 0), ("", 1)):
        make_order(company, age=age)
    run = Sweep.objects.create(kind="night", records=4, error="spam: OperationalError")
    DestructionLine(
        sweep=run.pk,
        rule="consultation",
        clause="E-7.2a",
        trigger="S-5a",
        records=4,
        counts={"requests_inbox.message": 9},
        first_day=in_days(-9),
        last_day=in_days(-8),
    ).save()
    banner.forget()
    return [
        reverse("admin:index"),
        *(url(name) for name in ("overview", "leaving", "legalhold_changelist", "legalhold_add")),
        url("clear", "consultation", request.pk),
        url("legalhold_release", hold.pk),
        url("deletionorder_changelist"),
        url("necessityreview_changelist"),
        url("necessityreview_sign", "consultation"),
        url("sweep_changelist"),
        url("sweep_change", run.pk),
        url("destructionline_changelist"),
    ]


@pytest.mark.parametrize(("language", "look"), [("az", PHONE), ("en", DARK), ("ru", RUSSIAN)])
def test_pages_are_readable_and_keep_to_their_policy(open_as, language: str, look) -> None:
    page, complaints = open_as(make_user(language=language), **look), []
    addresses = a_full_register()
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for number, address in enumerate(addresses):
        page.goto(address)
        assert page.locator(".banner--stop").count() == 1, address
        assert complaints == [], address
        assert too_wide(page) <= 0, address
        # In the dark only the colours differ; the first pages have all of them.
        is_looked_at = look is PHONE or (look is DARK and number < 4)
        assert not is_looked_at or faults(page) == [], address
        complaints.clear()  # the check's own script may not add its styles here


def test_officer_clears_and_holds_without_any_script(open_as) -> None:
    request, other = ends(-2, answered=False), ends(4)
    page = open_as(make_user(), java_script_enabled=False, locale="en-GB")
    page.goto(url("leaving"))
    page.click("text=Destroy without waiting…")
    page.click("button:has-text('Destroy without waiting')")
    assert Clearance.objects.get().record == request.pk
    page.click("text=Place a hold")
    page.select_option("[name=reason]", "court")
    page.select_option("[name=legal_reference]", index=1)
    page.fill("[name=review_on]", in_days(30).isoformat())
    page.click("text=Place the hold")
    assert LegalHold.objects.get().target == other.pk
    page.click("text=Release…")
    page.click("text=Release the hold")
    assert LegalHold.objects.get().released_at is not None


def test_staff_confirm_orders_without_any_script(open_as) -> None:
    make_order()
    make_order("")
    page = open_as(solutions_user(), java_script_enabled=False, locale="en-GB")
    page.goto(reverse("admin:index"))
    page.click(".figure a[href*=deletionorder] >> nth=0")
    for box in page.query_selector_all("[name=orders]"):
        box.check()
    page.click("text=Deleted by hand…")
    page.click("text=2 messages are deleted")
    assert "2 copies are noted as deleted." in page.inner_text(".messagelist")
    assert not DeletionOrder.objects.filter(done_at__isnull=True).exists()
