"""Who may open which page of retention: by role, in three languages, and nothing changes by it."""

import uuid

import pytest
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.retention.models import Clearance, DestructionLine, NecessityReview, Sweep
from emsar.staff.models import User
from tests.factories import consulting_user, make_user
from tests.retention.desk import (
    ROLES,
    ends,
    hold_on,
    in_days,
    make_order,
    signed_in,
    someone,
    today,
    url,
)

pytestmark = pytest.mark.django_db

OPENED = {
    "overview": {"dpo", "auditor"},
    "leaving": {"dpo", "entity_staff"},
    "clear": {"dpo"},
    "legalhold_changelist": {"dpo"},
    "legalhold_add": {"dpo"},
    "legalhold_change": {"dpo"},
    "legalhold_release": {"dpo"},
    "deletionorder_changelist": {"dpo", "entity_staff"},
    "deletionorder_change": {"dpo", "entity_staff"},
    "necessityreview_changelist": {"dpo", "auditor"},
    "necessityreview_change": {"dpo", "auditor"},
    "necessityreview_sign": {"dpo"},
    "sweep_changelist": {"dpo", "auditor", "administrator"},
    "sweep_change": {"dpo", "auditor", "administrator"},
    "destructionline_changelist": {"dpo", "auditor"},
    "destructionline_change": {"dpo", "auditor"},
}


@pytest.fixture
def addresses() -> dict[str, str]:
    """Every page, about rows that are really there."""
    request = ends(-1, answered=False)
    ends(3)
    hold = hold_on(ends(-2))
    run = Sweep.objects.create(kind=Sweep.Kind.NIGHT, records=2)
    line = DestructionLine(
        sweep=run.pk,
        rule="consultation",
        clause="E-7.2a",
        trigger="S-5a",
        records=2,
        counts={"requests_inbox.consultationrequest": 2, "gone.table": 1},
        first_day=in_days(-3),
        last_day=in_days(-2),
    )
    line.save()
    review = NecessityReview.objects.create(
        rule="spam", year=today().year, outcome="needed", signed_by=make_user().pk
    )
    arguments = {
        "clear": ("consultation", request.pk),
        "legalhold_change": (hold.pk,),
        "legalhold_release": (hold.pk,),
        "deletionorder_change": (make_order().pk,),
        "necessityreview_change": (review.pk,),
        "necessityreview_sign": ("consultation",),
        "sweep_change": (run.pk,),
        "destructionline_change": (line.pk,),
    }
    return {name: url(name, *arguments.get(name, ())) for name in OPENED}


@pytest.mark.parametrize("role", ROLES)
def test_pages_open_to_their_roles_alone(addresses: dict[str, str], role: str) -> None:
    client = signed_in(someone(role))
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    expected = {name: 200 if role in roles else 403 for name, roles in OPENED.items()}
    # Whoever may not see the rules is led to the first page that is theirs.
    expected["overview"] = 200 if role in OPENED["overview"] else 302
    assert found == expected


@pytest.mark.parametrize(
    ("role", "first"),
    [("administrator", "sweep_changelist"), ("entity_staff", "leaving")],
)
def test_others_are_led_from_the_rules_to_their_own_page(role: str, first: str) -> None:
    response = signed_in(someone(role)).get(url("overview"))
    assert response.headers["Location"] == url(first)


def test_page_of_the_rules_stands_at_the_apps_own_address() -> None:
    assert reverse("admin:app_list", args=["retention"]) == url("overview")


@pytest.mark.parametrize("language", ["az", "en", "ru"])
@pytest.mark.parametrize("role", ROLES)
def test_pages_render_in_each_language(addresses, role: str, language: str) -> None:
    user = someone(role)
    User.objects.filter(pk=user.pk).update(language=language)
    client = signed_in(user)
    for name, roles in OPENED.items():
        if role in roles:
            response = client.get(addresses[name])
            assert response.status_code == 200, name
            assert f'lang="{language}"' in response.text, name
    assert client.get(reverse("admin:index")).status_code == 200


def test_looking_changes_nothing_but_the_audit(addresses: dict[str, str]) -> None:
    client = signed_in(make_user())
    for address in addresses.values():
        client.get(address)
        client.head(address)
    assert (Clearance.objects.count(), NecessityReview.objects.count()) == (0, 1)
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert not actions & {"hold.release", "hold.place", "retention.clear", "retention.review"}
    assert {"hold.view", "retention.list", "retention.view", "deletion_order.list"} <= actions


@pytest.mark.parametrize(
    "name", ["legalhold", "deletionorder", "necessityreview", "sweep", "destructionline"]
)
def test_nothing_is_deleted_or_added_by_django_s_own_pages(name: str, addresses) -> None:
    client = signed_in(make_user())
    change = addresses[f"{name}_change"]
    assert client.post(change.replace("change/", "delete/")).status_code == 403
    if name != "legalhold":
        assert client.get(url(f"{name}_add")).status_code == 403
    assert client.post(change, {"records": "5"}).status_code in {403, 405}


@pytest.mark.parametrize(
    "page",
    ["legalhold_change", "legalhold_release", "deletionorder_change", "clear", "nobody"],
)
def test_what_is_not_there_is_not_found(page: str) -> None:
    arguments = {
        "deletionorder_change": (0,),
        "clear": ("consultation", uuid.uuid4()),
        "nobody": ("no-such-rule", uuid.uuid4()),
    }.get(page, (uuid.uuid4(),))
    name = "clear" if page == "nobody" else page
    assert signed_in(make_user()).get(url(name, *arguments)).status_code == 404


def test_odd_keys_are_not_found_either() -> None:
    client = signed_in(make_user())
    for address in (url("legalhold_change", "nonsense"), url("necessityreview_sign", "nonsense")):
        assert client.get(address).status_code == 404


def test_staff_see_no_order_of_another_company() -> None:
    order = make_order("solutions")
    assert (
        signed_in(consulting_user()).get(url("deletionorder_change", order.pk)).status_code == 404
    )
