"""Every address of the admin is closed to whoever is not logged in, by whatever method."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RegexPattern, RoutePattern

from emsar.staff.models import Role
from tests.factories import make_request, make_user

pytestmark = pytest.mark.django_db

ANYTHING = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000001"}
CONVERTER = re.compile(r"<(?:(?P<kind>\w+):)?\w+>")
# What stands open: the way in, whose pages look for themselves who comes (tests/staff/access), and
# the way out, which leads to the login.
OPEN = {
    *("login", "logout", "login_code", "invitation", "second_factor"),
    *("forgotten", "new_password"),
}


def addresses() -> dict[str, str]:
    """Every pattern below /admin/, filled in with arguments that fit, by the pattern itself."""
    return dict(_walk(reverse("admin:index"), admin.site.get_urls()))


def _walk(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            for part in _filled(entry.pattern):
                yield from _walk(prefix + part, entry.url_patterns)
        else:
            for part in _filled(entry.pattern):
                name = entry.name or str(entry.pattern)
                if name not in OPEN:
                    yield f"{name} {part}", prefix + part


def _filled(pattern: object) -> list[str]:
    if isinstance(pattern, RoutePattern):
        return [CONVERTER.sub(lambda found: ANYTHING.get(found["kind"], "1"), str(pattern))]
    assert isinstance(pattern, RegexPattern), pattern
    choices = re.fullmatch(r"\^\(\?P<app_label>([\w|]+)\)/\$", str(pattern))
    if choices:
        return [f"{label}/" for label in choices[1].split("|")]
    assert str(pattern) == "(?P<url>.*)$", f"say how {pattern} is to be filled in"
    return ["nowhere/at/all/"]


def test_walk_finds_every_page_of_every_model() -> None:
    found = addresses()
    names = {name.split()[0] for name in found}
    for model in admin.site._registry:
        base = f"{model._meta.app_label}_{model._meta.model_name}"
        for page in ("changelist", "add", "change", "delete", "history"):
            assert f"{base}_{page}" in names
    assert {"index", "autocomplete", "jsi18n", "password_change", "language", "app_list"} <= names
    resolver = get_resolver()
    for address in found.values():
        assert resolver.resolve(address).namespace == "admin"


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
def test_anonymous_is_led_to_the_login_from_everywhere(client, method) -> None:
    login = reverse("admin:login")
    for name, address in addresses().items():
        response = getattr(client, method)(address)
        where = f"{method} {name} → {response.status_code}"
        assert response.status_code == 302, where
        assert response.headers["Location"].startswith(f"{login}?next="), where
        assert not response.content, where


def test_anonymous_is_led_to_the_login_from_real_rows_too(client) -> None:
    request = make_request()
    for page in ("change", "history", "delete"):
        name = f"admin:requests_inbox_consultationrequest_{page}"
        response = client.get(reverse(name, args=[request.pk]))
        assert response.status_code == 302
        assert str(request.reference) not in response.text


def test_somebody_who_left_is_led_to_the_login_too(client) -> None:
    user = make_user(Role.DPO)
    client.force_login(user)
    assert client.get(reverse("admin:index")).status_code == 200
    type(user).objects.filter(pk=user.pk).update(is_active=False)
    for name, address in addresses().items():
        assert client.get(address).status_code == 302, name


def test_login_page_shows_nothing_of_the_inside(client) -> None:
    response = client.get(reverse("admin:login"))
    assert response.status_code == 200
    assert 'type="password"' in response.text
    for model in admin.site._registry:
        assert f"/admin/{model._meta.app_label}/{model._meta.model_name}/" not in response.text


def test_way_out_leads_back_to_the_login(client) -> None:
    response = client.post(reverse("admin:logout"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("admin:login"))
