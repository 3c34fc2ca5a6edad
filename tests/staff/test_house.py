"""What every page of the admin has in common: titles, counts, and keys that are none."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format

from dsar.models import Case
from emsar.audit.sealing import seal
from emsar.entities.businessdays import BAKU
from emsar.entities.models import CalendarDay, Recipient
from emsar.entities.wording import capital
from emsar.outbox.models import OutboundMail
from emsar.staff.house import HouseAdmin, in_house
from emsar.staff.models import Role, User
from emsar.staff.permissions import of_role
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db

NOTHING_CHOSEN = (
    "Items must be selected in order to perform actions on them. No items have been changed."
)
NOVEMBER = datetime(2026, 11, 22, 10, 0, tzinfo=BAKU)
LONG_NUMBER = "9" * 40


def page(model, what: str = "changelist", *args: object) -> str:
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{what}", args=args)


def title(text: str) -> str:
    """The first heading of a page."""
    return re.search(r"<h1>(.*?)</h1>", text)[1].strip()


@pytest.fixture
def dpo(client) -> User:
    user = make_user(Role.DPO)
    client.force_login(user)
    return user


def test_every_page_of_every_room_is_of_this_house() -> None:
    for page_of in admin.site._registry.values():
        assert isinstance(page_of, HouseAdmin), page_of


def test_page_that_is_of_the_house_already_stays_as_it_is() -> None:
    once = in_house(admin.ModelAdmin)
    assert in_house(once) is once
    assert once.__name__ == "ModelAdmin"


def test_list_is_called_by_the_plural_of_what_it_lists(dpo, client) -> None:
    for model, its_page in admin.site._registry.items():
        if f"{model._meta.app_label}.view_{model._meta.model_name}" in of_role(dpo.role):
            found = client.get(page(model)).text
            if model is Case:
                continue  # the board is more than a list, and has a title of its own
            with translation.override("en"):
                assert title(found) == capital(str(model._meta.verbose_name_plural)), its_page
            assert "to change" not in found
            assert "to view" not in found


@pytest.mark.parametrize("language", ["en", "az", "ru"])
def test_page_of_a_row_is_called_by_its_kind_and_its_own_name(client, language) -> None:
    client.force_login(make_user(Role.DPO, language=language))
    day = CalendarDay.objects.first()
    context = client.get(page(CalendarDay, "change", day.pk)).context
    with translation.override(language):
        assert context["title"] == capital(str(CalendarDay._meta.verbose_name))
    assert context["subtitle"].startswith(f"{day.date:%d.%m.%Y} ")


def test_page_for_a_new_row_says_so(dpo, client) -> None:
    text = client.get(page(CalendarDay, "add")).text
    assert title(text) == "Calendar day: new entry"


def test_count_stands_without_a_noun(dpo, client) -> None:
    make_request()
    for model in (OutboundMail, CalendarDay):
        count = model.objects.count()
        text = re.sub(r"\s+", " ", client.get(page(model)).text)
        assert f"{count} in all" in text
        assert f"{count} {model._meta.verbose_name_plural}" not in text


def test_choice_of_all_rows_stands_without_a_noun(dpo, client, monkeypatch) -> None:
    make_request()
    monkeypatch.setattr(admin.site._registry[OutboundMail], "list_per_page", 1)
    text = client.get(page(OutboundMail)).text
    assert "Select all 2</a>" in text
    assert "outgoing mail</a></span>" not in text


def test_button_for_a_new_row_stands_without_a_noun(dpo, client) -> None:
    text = client.get(page(CalendarDay)).text
    assert re.search(r'class="addlink">Add</a>', text)


@pytest.mark.parametrize("index", [{"index": "0"}, {}])
@pytest.mark.parametrize("key", ["notauuid", "a\0b", "", LONG_NUMBER, "' OR 1=1"])
def test_key_that_can_be_none_counts_as_not_chosen(dpo, client, key, index) -> None:
    make_request()
    posted = {"action": "send_again", ACTION_CHECKBOX_NAME: [key], **index}
    response = client.post(page(OutboundMail), posted)
    assert response.status_code == 302
    assert [str(message) for message in get_messages(response.wsgi_request)] == [NOTHING_CHOSEN]


def test_good_keys_beside_a_bad_one_are_acted_on(dpo, client) -> None:
    make_request()
    mail = OutboundMail.objects.first()
    OutboundMail.objects.filter(pk=mail.pk).update(status="failed")
    posted = {"action": "send_again", ACTION_CHECKBOX_NAME: ["notauuid", str(mail.pk)]}
    client.post(page(OutboundMail), {**posted, "index": "0"})
    assert OutboundMail.objects.get(pk=mail.pk).status == "queued"


@pytest.mark.parametrize("key", ["x", "a\0b", "1.5", "9" * 5000])
def test_numbers_are_keys_too(key) -> None:
    numbered = admin.site._registry[CalendarDay]
    assert numbered._may_be_key("7")
    assert not numbered._may_be_key(key)


def test_text_with_a_null_is_no_key() -> None:
    named = admin.site._registry[Recipient]
    assert named._may_be_key("hosting")
    assert not named._may_be_key("hosting\0")


def test_every_list_survives_a_key_that_is_none(dpo, client) -> None:
    for model in admin.site._registry:
        posted = {"action": "delete_selected", ACTION_CHECKBOX_NAME: ["a\0b"], "index": "0"}
        assert client.post(page(model), posted).status_code in {200, 302, 403}


def test_columns_of_evidence_have_names(dpo, client) -> None:
    make_request()
    seal()
    for model in ("audit_auditevent", "audit_seal", "consent_consenttext"):
        text = client.get(reverse(f"admin:{model}_changelist")).text
        heads = re.findall(r'<th scope="col".*?</th>', text, re.DOTALL)
        words = {re.sub(r"<[^>]*>", "", head).strip() for head in heads}
        assert "When" in words
        assert not words & {"At", "Id", "ID"}


@pytest.mark.parametrize(
    ("language", "shown"), [("az", "22 noyabr 2026"), ("ru", "22 ноября 2026"), ("en", "22 Nov")]
)
def test_month_within_a_date_is_written_as_the_language_wants(language, shown) -> None:
    with translation.override(language):
        for kind in ("DATE_FORMAT", "DATETIME_FORMAT"):
            assert date_format(NOVEMBER, kind).startswith(shown)


@pytest.mark.parametrize(("language", "shown"), [("az", "22 noyabr"), ("ru", "22 ноября")])
def test_day_of_a_month_is_written_as_the_language_wants(language, shown) -> None:
    """The way through the days above the calendar."""
    with translation.override(language):
        assert date_format(NOVEMBER, "MONTH_DAY_FORMAT") == shown


CSS = Path(settings.BASE_DIR, "emsar/staff/static/staff/admin.css")


def test_way_out_looks_like_the_links_beside_it() -> None:
    """Django makes a thinner button of it, which reads as a dimmer link."""
    (rule,) = re.findall(r"^#logout-form button \{(.*?)\}", CSS.read_text("utf-8"), re.M)
    assert "font: inherit" in rule
    assert "#user-tools nav a, #logout-form button { border: 0; color:" in CSS.read_text("utf-8")


def test_links_of_the_head_can_be_read_in_both_schemes() -> None:
    heads = re.findall(r"--header-bg: (#\w+);.*?--header-link-color: (#\w+);", CSS.read_text())
    assert len(heads) == 3  # light, dark by the system, dark by choice
    for ground, ink in heads:
        assert contrast(ground, ink) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2 of two colours."""
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_azerbaijani_letter_keeps_its_dot(client) -> None:
    """Django writes "Işlər", which is another letter."""
    client.force_login(make_user(Role.DPO, language="az"))
    page_of_all = client.get(reverse("admin:index")).text
    assert "İşlər" in page_of_all
    assert "Işlər" not in page_of_all


@pytest.mark.parametrize(
    ("name", "lookup", "value"),
    [
        ("staff_user", "entity__user__sessions__key__startswith", "a"),
        ("staff_user", "entity__user__password__startswith", "a"),
        ("staff_user", "entity__user__approvals__decided_by__sessions__key__startswith", "a"),
        ("staff_user", "entity__pk__range", "1"),
        ("staff_user", "role__regex", "("),
        ("audit_auditevent", "action__regex", "("),
        ("entities_calendarday", "date__year", "99999999999999999999"),
        ("entities_calendarday", "date__year", "9999"),
        ("entities_calendarday", "date__year", "\N{FULLWIDTH DIGIT NINE}" * 4),
    ],
)
def test_list_is_narrowed_by_its_own_filters_alone(client, name, lookup, value) -> None:
    """What stands behind a relation would tell itself, one sign after the other."""
    client.force_login(
        make_user(Role.AUDITOR if name == "audit_auditevent" else Role.ADMINISTRATOR)
    )
    response = client.get(reverse(f"admin:{name}_changelist"), {lookup: value})
    assert response.status_code == 400


@pytest.mark.parametrize(
    ("name", "lookup", "value"),
    [
        ("requests_inbox_consultationrequest", "service__consultationrequest__reference", "x"),
        (
            "requests_inbox_consultationrequest",
            "service__consultationrequest__subject__blocked_at__isnull",
            "False",
        ),
        ("requests_inbox_accountingdocument", "entity__user__sessions__key__startswith", "a"),
        ("requests_inbox_accountingdocument", "entity__pk__range", "1"),
    ],
)
def test_company_staff_ask_after_nothing_behind_a_relation(client, name, lookup, value) -> None:
    client.force_login(solutions_user())
    response = client.get(reverse(f"admin:{name}_changelist"), {lookup: value})
    assert response.status_code == 400


def test_filters_that_a_list_shows_work(client) -> None:
    """Each filter of each list, by the links that it offers."""
    client.force_login(make_user(Role.ADMINISTRATOR))
    solutions_user()
    followed = 0
    for model in admin.site._registry:
        if f"{model._meta.app_label}.view_{model._meta.model_name}" not in of_role("administrator"):
            continue
        shown = client.get(page(model))
        changes = shown.context["cl"] if shown.context and "cl" in shown.context else None
        for spec in changes.filter_specs if changes else ():
            for choice in spec.choices(changes):
                followed += 1
                assert client.get(page(model) + choice["query_string"]).status_code == 200
    assert followed > 10
