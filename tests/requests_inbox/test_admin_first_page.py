"""The first page of the admin: what waits for me today, in my language."""

import pytest
from django.test import Client
from django.urls import reverse

from emsar.staff import panels
from emsar.staff.models import User
from requests_inbox.services import handling, replying
from tests.factories import PASSWORD, consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.desk import (
    LIST,
    address,
    block_person,
    deliver,
    give_up,
    replies,
    signed_in,
    travel,
)
from tests.staff.access.entering import code_now, give_factor

pytestmark = pytest.mark.django_db


def panel_of(user):
    shown = signed_in(user).get(reverse("admin:index")).context["panels"]
    return next((panel for panel in shown if panel.template == "admin/inbox/panel.html"), None)


def figures_of(user) -> tuple[int, int, int, int]:
    context = panel_of(user).context
    found = context["figures"]
    return context["mine"], found.open, found.due_today, found.overdue


def test_panel_counts_mine_and_what_is_due() -> None:
    user = solutions_user()
    with travel(20, 9):
        make_request(service="cybersecurity")
        make_request(service="customs")
    with travel(23, 9):
        item = make_request(service="other")
    with travel(24, 9):
        handling.assign(item, user, by=user)
        assert figures_of(user) == (1, 2, 1, 1)
        assert figures_of(consulting_user()) == (0, 2, 1, 1)
        assert figures_of(make_user()) == (0, 3, 1, 2)


def test_panel_links_to_the_filtered_lists() -> None:
    text = signed_in(solutions_user()).get(reverse("admin:index")).content.decode()

    for query in ("status=open&amp;work=mine", "status=open", "due=today", "due=overdue"):
        assert f'href="{reverse(LIST)}?{query}"' in text


def test_overdue_is_an_alarm_and_stands_first() -> None:
    with travel(20, 9):
        make_request()
    with travel(23, 9):
        assert panel_of(solutions_user()).tone == "info"
    with travel(24, 9):
        shown = signed_in(make_user()).get(reverse("admin:index")).context["panels"]
        assert (shown[0].template, shown[0].tone) == ("admin/inbox/panel.html", "alarm")


def test_dpo_sees_what_each_company_owes() -> None:
    with travel(20, 9):
        for service in ("cybersecurity", "infrastructure", "customs"):
            make_request(service=service)
    with travel(24, 9):
        lines = panel_of(make_user()).context["overdue"]
        assert panel_of(solutions_user()).context["overdue"] == []

    assert [(line["slug"], line["count"]) for line in lines] == [
        ("solutions", 2),
        ("consulting", 1),
        ("none", 0),
    ]


def test_blocked_requests_raise_no_alarm() -> None:
    with travel(20, 9):
        block_person(make_request())
    with travel(24, 9):
        assert panel_of(make_user()).tone == "info"


def test_undelivered_replies_are_named_until_they_are_sent() -> None:
    user, item = solutions_user(), make_request()
    replying.send_reply(item, "Text", by=user)
    give_up(replies(item)[0])
    text = signed_in(user).get(reverse("admin:index")).content.decode()
    assert f'href="{address("change", item)}">{item.reference}</a>' in text
    assert panel_of(consulting_user()).context["undelivered"] == []

    signed_in(user).post(address("retry", item), {"message": str(item.messages.get().pk)})
    deliver()
    assert panel_of(user).context["undelivered"] == []


@pytest.mark.parametrize("role", ["administrator", "auditor"])
def test_roles_that_see_no_requests_have_no_panel(role) -> None:
    assert panel_of(make_user(role)) is None


def test_panels_of_other_rooms_are_shown(monkeypatch) -> None:
    def build(request):
        return panels.Panel("From another room", "admin/inbox/empty.html", {}, "warning")

    monkeypatch.setattr(panels, "_PANELS", [*panels._PANELS, build])
    text = signed_in(make_user("auditor")).get(reverse("admin:index")).content.decode()

    assert "From another room" in text
    assert "to be seen to" in text


def test_first_page_bears_the_brand_and_no_log_of_djangos() -> None:
    text = signed_in(solutions_user()).get(reverse("admin:index")).content.decode()

    assert "<span>EMSAR GROUP</span>" in text
    assert "Recent actions" not in text


def test_rooms_stand_in_the_order_of_the_house() -> None:
    apps = signed_in(make_user()).get(reverse("admin:index")).context["app_list"]
    labels = [app["app_label"] for app in apps]

    assert labels[:2] == ["dsar", "requests_inbox"]
    assert labels.index("subjects") < labels.index("entities") < labels.index("audit")


def switch(user: User, language: str, next_page: str = ""):
    data = {"language": language, "next": next_page}
    return signed_in(user).post(reverse("admin:language"), data)


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_language_is_switched_and_the_page_stays(language) -> None:
    user, item = solutions_user(), make_request()
    response = switch(user, language, address("change", item))

    assert response["Location"] == address("change", item)
    assert User.objects.get(pk=user.pk).language == language


@pytest.mark.parametrize(
    "elsewhere",
    ["", "https://elsewhere.example/admin/", "//elsewhere.example/admin/", "/en/", "javascript:1"],
)
def test_language_switch_leads_nowhere_else(elsewhere) -> None:
    assert switch(solutions_user(), "ru", elsewhere)["Location"] == reverse("admin:index")


def test_every_page_has_the_language_switch() -> None:
    item = make_request()
    for page in (reverse("admin:index"), reverse(LIST), address("change", item)):
        text = signed_in(solutions_user()).get(page).content.decode()
        assert f'name="next" value="{page}"' in text
        assert 'value="en" title="English" aria-current="true"' in text


def test_login_page_bears_the_brand_and_leads_in() -> None:
    user, item = solutions_user(), make_request()
    client = Client()
    page = client.get(address("change", item), follow=True)
    assert "EMSAR GROUP" in page.content.decode()

    data = {"username": user.username, "password": PASSWORD, "next": address("change", item)}
    client.post(reverse("admin:login"), data)
    code = {"code": code_now(give_factor(user))}
    response = client.post(reverse("admin:login_code"), code)
    assert response["Location"] == address("change", item)


def test_refused_login_says_so_and_names_nobody() -> None:
    user = solutions_user()
    for name in (user.username, "nobody"):
        data = {"username": name, "password": "wrong", "next": "/admin/"}
        response = Client().post(reverse("admin:login"), data)
        assert response.status_code == 200
        assert 'role="alert"' in response.content.decode()
