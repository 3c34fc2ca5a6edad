"""What the officer and colleagues do in the admin is done with the rights of the web's own role."""

import pytest
from django.urls import reverse

from emsar.audit.roles import WEB
from emsar.entities.models import LegalReference
from emsar.retention.models import Clearance, DeletionOrder, LegalHold, NecessityReview
from tests.audit.test_roles_at_work import acting_as
from tests.factories import make_user, solutions_user
from tests.retention.desk import ends, hold_on, in_days, make_order, signed_in, url

pytestmark = pytest.mark.django_db

PAGES = (
    *("overview", "leaving", "legalhold_changelist", "deletionorder_changelist"),
    *("necessityreview_changelist", "sweep_changelist", "destructionline_changelist"),
)


def test_officer_needs_no_more_than_the_web_may() -> None:
    waiting, held = ends(-1, answered=False), hold_on(ends(-2))
    client = signed_in(make_user())
    ground = {
        "scope": "rule:spam",
        "reason": "law",
        "legal_reference": LegalReference.objects.filter(active=True).first().pk,
        "review_on": in_days(9).isoformat(),
    }
    posts = {
        url("clear", "consultation", waiting.pk): {},
        url("legalhold_add"): ground,
        url("legalhold_release", held.pk): {},
        url("necessityreview_sign", "spam"): {"outcome": "needed"},
    }
    with acting_as(WEB):
        for address in (reverse("admin:index"), *map(url, PAGES)):
            assert client.get(address).status_code == 200, address
        for address, data in posts.items():
            assert client.get(address).status_code == 200, address
            assert client.post(address, data).status_code == 302, address
    assert Clearance.objects.get().record == waiting.pk
    assert NecessityReview.objects.get().rule == "spam"
    assert LegalHold.objects.get(released_at__isnull=True).code == "spam"


def test_colleague_needs_no_more_than_the_web_may() -> None:
    order, client = make_order(), signed_in(solutions_user())
    with acting_as(WEB):
        client.get(url("deletionorder_changelist"))
        data = {"orders": [order.pk], "confirmed": "yes"}
        assert client.post(url("deletionorder_confirm"), data).status_code == 302
    assert DeletionOrder.objects.filter(done_at__isnull=False).exists()
