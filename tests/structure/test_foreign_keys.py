"""Foreign keys run the way of the imports: import-linter does not see a key given as a string."""

import pytest
from django.apps import apps
from django.db import models

from tests.structure.sources import ROOMS

DJANGO = {"admin", "auth", "contenttypes", "sessions"}


def may_point(room: str, target: str) -> bool:
    """Whether a table of ``room`` may refer to one of ``target``."""
    if target in DJANGO:
        return True
    return target in ROOMS and ROOMS.index(target) <= ROOMS.index(room)


def relations(model: type[models.Model]) -> list[tuple[str, str]]:
    """The fields of a model that point to another table, and the app of that table."""
    return [
        (field.name, field.related_model._meta.app_label)
        for field in model._meta.get_fields(include_hidden=True)
        if field.is_relation and not field.auto_created and field.related_model
    ]


@pytest.mark.parametrize("room", ROOMS)
def test_foreign_keys_point_to_the_same_room_or_one_below(room) -> None:
    wrong = [
        f"{model._meta.label}.{name} → {target}"
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
        for name, target in relations(model)
        if not may_point(room, target)
    ]
    assert wrong == [], "offer a registry below and register above, or keep a bare UUID"


def test_every_model_of_ours_is_in_a_room() -> None:
    assert {model._meta.app_label for model in apps.get_models()} <= {*ROOMS, *DJANGO}


def test_walk_sees_the_keys_that_there_are() -> None:
    """The control: without it an empty walk would pass."""
    found = {
        (model._meta.label, name, target)
        for model in apps.get_models(include_auto_created=True)
        for name, target in relations(model)
    }
    assert {
        ("staff.User", "entity", "entities"),
        ("outbox.OutboundMail", "subject", "subjects"),
        ("requests_inbox.ConsultationRequest", "consent", "consent"),
        ("admin.LogEntry", "user", "staff"),
    } <= found


@pytest.mark.parametrize(
    ("room", "target", "may"),
    [
        ("staff", "entities", True),
        ("staff", "staff", True),
        ("staff", "contenttypes", True),
        ("audit", "staff", False),
        ("policies", "requests_inbox", False),
        ("requests_inbox", "datamap", True),
        ("staff", "unknown", False),
    ],
)
def test_rule_itself(room, target, may) -> None:
    assert may_point(room, target) is may
