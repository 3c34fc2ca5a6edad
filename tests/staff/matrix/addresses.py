"""Every address below /admin/ with arguments that exist, and whose row each of them is about."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern, RoutePattern
from django.utils import timezone

from consent.models import ConsentEvent
from dsar.models import Proposal
from emsar.retention.models import DeletionOrder
from emsar.staff.models import Approval, StaffSession
from policies.models import PolicyVersion
from requests_inbox.models import ConsultationRequest, Transfer
from tests.staff.matrix.world import ANY, NOBODY, SOLUTIONS

Arguments = tuple[str, ...]
# Open to everybody or to nobody in particular; tests/staff/access walks the way in.
LEFT_OUT = frozenset(
    {
        *("login", "logout", "login_code", "invitation", "second_factor"),
        *("forgotten", "new_password", "(?P<url>.*)$", "<path:object_id>/", "jsi18n"),
    }
)


@dataclass(frozen=True)
class Address:
    """``whose`` is a company, "nobody", or "any" for what belongs to no company."""

    name: str
    path: str
    whose: str


def addresses() -> Iterator[Address]:
    """All of them, a line for each kind of row that there is."""
    for name, pattern in _patterns("/admin/", admin.site.get_urls()):
        if name in LEFT_OUT:
            continue
        for whose, arguments in _samples(name, pattern.count("<")):
            label = f"{name} {arguments[0]}" if name == "app_list" else name
            yield Address(label, _filled(pattern, arguments), whose)


def _patterns(prefix: str, entries: list[Any]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        text = _text(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(prefix + text, entry.url_patterns)
        elif isinstance(entry, URLPattern):
            yield entry.name or text, prefix + text


def _text(pattern: object) -> str:
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    assert isinstance(pattern, RegexPattern), pattern
    # Django's page of one app, and what is left of the addresses.
    return "<str:app_label>/" if "app_label" in str(pattern) else str(pattern).lstrip("^")


def _filled(pattern: str, arguments: Arguments) -> str:
    left = list(arguments)
    parts = pattern.split("<")
    return parts[0] + "".join(left.pop(0) + part.partition(">")[2] for part in parts[1:])


def _samples(name: str, places: int) -> list[tuple[str, Arguments]]:
    if name in SPECIAL:
        return SPECIAL[name]()
    if not places:
        return [(ANY, ())]
    found = _rows(_model_of(name))
    assert found, f"the world has no row for {name}"
    return [(whose, (str(row.pk),)) for whose, row in found]


def _model_of(name: str) -> type[Model]:
    models = {
        f"{model._meta.app_label}_{model._meta.model_name}_": model for model in apps.get_models()
    }
    fitting = [label for label in models if name.startswith(label)]
    assert fitting, f"say in SPECIAL which rows {name} is about"
    return models[max(fitting, key=len)]


def _rows(model: type[Model]) -> list[tuple[str, Model]]:
    """One row for each company that has one; the first where rows belong to nobody."""
    found: dict[str, Model] = {}
    for row in model._default_manager.order_by("pk"):
        found.setdefault(whose_is(row), row)
    return sorted(found.items())


def whose_is(row: Model) -> str:
    if isinstance(row, Transfer):
        return ANY
    if isinstance(row, DeletionOrder):
        # Whoever reads that mailbox deletes the copy.
        return SOLUTIONS
    if not hasattr(row, "entity_id") or row._meta.label == "staff.User":
        return ANY
    return getattr(row, "entity_id", None) or NOBODY


def _first(model: type[Model], *columns: str, **which: Any) -> list[tuple[str, Arguments]]:
    row = model._default_manager.filter(**which).first()
    assert row is not None, model
    return [(ANY, tuple(str(getattr(row, column)) for column in columns))]


def _apps() -> list[tuple[str, Arguments]]:
    labels = {model._meta.app_label for model in admin.site._registry}
    return [(ANY, (label,)) for label in sorted(labels)]


def _on_site() -> list[tuple[str, Arguments]]:
    kind = ContentType.objects.get_for_model(ConsultationRequest)
    return [(ANY, (str(kind.pk), str(ConsultationRequest.objects.all()[0].pk)))]


def _decide() -> list[tuple[str, Arguments]]:
    proposal = Proposal.objects.all()[0]
    return [(ANY, (str(proposal.file.case_id), str(proposal.pk)))]


def _clear() -> list[tuple[str, Arguments]]:
    rows = _rows(ConsultationRequest)
    return [(whose, ("customer", str(row.pk))) for whose, row in rows]


SPECIAL: dict[str, Callable[[], list[tuple[str, Arguments]]]] = {
    "app_list": _apps,
    "view_on_site": _on_site,
    "decide_approval": lambda: _first(Approval, "pk"),
    "end_login": lambda: _first(StaffSession, "pk"),
    "dsar_case_decide": _decide,
    "policies_policyversion_preview": lambda: [
        (ANY, (str(PolicyVersion.objects.all()[0].pk), "az"))
    ],
    "retention_clear": _clear,
    "retention_act": lambda: [(ANY, ("month", f"{timezone.localdate():%Y-%m}"))],
    "retention_necessityreview_sign": lambda: [(ANY, ("consultation",))],
    "undertaking_receipt": lambda: _first(ConsentEvent, "uid"),
}
