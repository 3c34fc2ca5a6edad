"""The admin speaks the language of whoever works there; public pages do not ask the session."""

import pytest
from django.urls import reverse

from emsar.staff.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_admin_is_shown_in_the_language_of_the_login(client, language) -> None:
    client.force_login(make_user(language=language))
    response = client.get(reverse("admin:index"), headers={"Accept-Language": "en"})
    assert response.headers["Content-Language"] == language
    assert f'lang="{language}"' in response.text


def test_choice_is_kept_with_the_login(client) -> None:
    user = make_user(language="az")
    client.force_login(user)
    response = client.post(reverse("admin:language"), {"language": "ru"})
    assert response.status_code == 302
    assert User.objects.get(pk=user.pk).language == "ru"
    assert client.get(reverse("admin:index")).headers["Content-Language"] == "ru"


@pytest.mark.parametrize("posted", [{}, {"language": "de"}, {"language": "../x"}])
def test_choice_of_an_unknown_language_changes_nothing(client, posted) -> None:
    user = make_user(language="ru")
    client.force_login(user)
    assert client.post(reverse("admin:language"), posted).status_code == 302
    assert User.objects.get(pk=user.pk).language == "ru"


def test_choice_is_made_by_a_posted_form_only(client) -> None:
    client.force_login(make_user())
    assert client.get(reverse("admin:language")).status_code == 405


@pytest.mark.parametrize(
    "page", ["//elsewhere.example/", "https://elsewhere.example/", "/az/", "x"]
)
def test_choice_never_leads_out_of_the_admin(client, page) -> None:
    client.force_login(make_user())
    response = client.post(reverse("admin:language"), {"language": "en", "next": page})
    assert response.headers["Location"] == reverse("admin:index")


def test_anonymous_is_asked_to_log_in(client) -> None:
    response = client.post(reverse("admin:language"), {"language": "ru"})
    assert response.headers["Location"].startswith(reverse("admin:login"))


def test_public_pages_take_no_language_from_a_login(client) -> None:
    client.force_login(make_user(language="ru"))
    response = client.get("/en/", follow=True)
    assert '<html lang="en"' in response.text
    assert not response.cookies


@pytest.mark.parametrize("language", ["az", "ru"])
def test_way_out_is_shown_in_the_language_of_the_login(client, language) -> None:
    """The request belongs to nobody any more when its answer comes back."""
    client.force_login(make_user(language=language))
    response = client.post(reverse("admin:logout"))
    assert response.status_code == 200
    assert response.headers["Content-Language"] == language
    assert client.get(reverse("admin:index")).status_code == 302


def test_error_page_in_the_admin_is_in_the_language_of_the_login(client) -> None:
    client.force_login(make_user(language="ru"))
    response = client.get("/admin/no/such/page/", headers={"accept-language": "en"})
    assert (response.status_code, response.headers["Content-Language"]) == (404, "ru")
