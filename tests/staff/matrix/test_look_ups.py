"""Ways to rows beside their own pages: look-ups, pop-ups, filters, and actions on several rows."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse

from emsar.audit.models import AuditEvent
from requests_inbox.models import ConsultationRequest
from tests.staff.matrix.addresses import Address
from tests.staff.matrix.asking import NOTES, ask
from tests.staff.matrix.posting import posted
from tests.staff.matrix.table import NONE, lines
from tests.staff.matrix.test_matrix import BY_ROW
from tests.staff.matrix.world import COLUMN, COMPANIES, WORDS
from tests.webrole import as_web

pytestmark = pytest.mark.django_db


def base_of(model: type[Model]) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def relations() -> Iterator[dict[str, str]]:
    """Every question that Django's autocomplete knows an answer to."""
    for model in admin.site._registry:
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created:
                app, name = model._meta.app_label, model._meta.model_name
                asked = {"app_label": app, "model_name": name, "field_name": field.name}
                yield {**asked, "term": ""}


def test_autocomplete_answers_nobody(clients) -> None:
    with as_web():
        for query in relations():
            for client in clients.values():
                assert not ask(client, "get", reverse("admin:autocomplete"), query).is_open, query


def test_no_page_of_ours_uses_autocomplete() -> None:
    """Whoever adds one opens it for that field alone, and says so in docs/staff-access.md."""
    assert not [page for page in admin.site._registry.values() if page.autocomplete_fields]


@pytest.mark.parametrize("company", COMPANIES)
def test_lists_and_pop_ups_hold_own_rows_alone(clients, company) -> None:
    """Related look-ups open the list as a pop-up, searched and filtered by the address."""
    other = next(one for one in COMPANIES if one != company)
    column = COLUMN[company]
    for model in admin.site._registry:
        name = f"{base_of(model)}_changelist"
        if lines()[name].cell(column) == NONE:
            continue
        for query in ("_popup=1", f"q={WORDS[other]}", "_to_field=id", "all="):
            page = clients[company].get(f"{reverse(f'admin:{name}')}?{query}", follow=True)
            # What was searched for stands in the field and in addresses again, in small letters.
            assert f"{WORDS[other]} X" not in page.text, (name, query)
            assert f"{WORDS[other]} MMC" not in page.text, (name, query)


@pytest.mark.parametrize("action", sorted(BY_ROW))
def test_actions_reach_own_rows_alone(world, clients, action) -> None:
    """With the key of a foreign row posted by hand."""
    address = reverse("admin:requests_inbox_consultationrequest_changelist")
    for role, other in (COMPANIES, reversed(COMPANIES)):
        for whose in (other, role):
            row = world.known[whose].request.pk
            data = {"action": action, "_selected_action": [str(row)], "confirmed": "yes"}
            wrote = ask(clients[role], "post", address, data).wrote
            assert (ConsultationRequest._meta.db_table in wrote) == (whose == role), (role, whose)


@pytest.mark.parametrize("action", [*sorted(BY_ROW), "send_again", "delete_selected"])
def test_actions_of_others_do_nothing(world, clients, action) -> None:
    """Posted to a list by who is offered none there."""
    for role, name in (
        ("administrator", "requests_inbox_consultationrequest"),
        ("auditor", "requests_inbox_consultationrequest"),
        ("auditor", "outbox_outboundmail"),
        ("auditor", "audit_auditevent"),
        (COMPANIES[0], "outbox_outboundmail"),
    ):
        rows = [str(row.pk) for row in _model(name)._default_manager.order_by("pk")[:3]]
        data = {"action": action, "_selected_action": rows, "confirmed": "yes", "post": "yes"}
        answer = ask(clients[role], "post", reverse(f"admin:{name}_changelist"), data)
        assert not answer.wrote - NOTES, (role, name)


def _model(name: str) -> type[Model]:
    return next(model for model in admin.site._registry if base_of(model) == name)


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("dpo", "subjects_datasubject_unblock"),
        ("dpo", "retention_legalhold_release"),
        ("dpo", "retention_clear"),
        ("dpo", "decide_approval"),
        ("dpo", "dsar_case_handover"),
        ("dpo", "dsar_disclosure_export"),
        ("administrator", "staff_user_add"),
        ("auditor", "password_change"),
        ("administrator", "staff_user_factor"),
        ("auditor", "new_codes"),
    ],
)
def test_dangerous_acts_ask_for_the_second_factor(
    world, clients, everywhere, settings, role, name
) -> None:
    settings.STAFF_STEP_UP_MINUTES = 0
    answer = ask(clients[role], "post", _path(everywhere, name), posted(name))
    assert "second_factor_asked" in answer.text, answer.status
    assert not answer.wrote - {AuditEvent._meta.db_table}


def _path(everywhere: list[Address], name: str) -> str:
    return next(one.path for one in everywhere if one.name == name)
