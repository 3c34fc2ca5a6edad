"""What a legal hold keeps: a person, one record, a company, a rule; found and said in words."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from emsar.datamap.declarations import declaration_of
from emsar.entities.registry import registry
from emsar.entities.wording import capital
from emsar.retention.leaving import record_rules, without_long_texts
from emsar.retention.models import LegalHold
from emsar.retention.wording import company_name, covered_by, rule_choices
from emsar.subjects.models import DataSubject


@dataclass(frozen=True)
class Target:
    """The thing itself: what it is called, its page in the admin, and whose it is."""

    name: str
    address: str = ""
    subject: UUID | None = None


def target_of(hold: LegalHold) -> Target:
    """What a hold keeps, also after it has gone: then its number stands for it."""
    if hold.kind == LegalHold.Kind.COMPANY:
        return Target(company_name(hold.code))
    if hold.kind == LegalHold.Kind.RULE:
        return Target(capital(covered_by(hold.code)))
    found = find_target(hold.kind, str(hold.target))
    return found or Target(_("no longer here: %(number)s") % {"number": str(hold.target)[:8]})


def find_target(kind: str, number: str) -> Target | None:
    """A person or a record by its number; None for what is not there."""
    row = _row(kind, number)
    if row is None:
        return None
    if isinstance(row, DataSubject):
        name = _("Data subject %(number)s") % {"number": row}
        return Target(name, _page_of(row), row.pk)
    return Target(f"{row._meta.verbose_name} {row}", _page_of(row), subject_of(row))


def _row(kind: str, number: str) -> models.Model | None:
    try:
        key = UUID(number)
    except ValueError:
        return None
    if kind == LegalHold.Kind.SUBJECT:
        return DataSubject.objects.filter(pk=key).first()
    return _record(key) if kind == LegalHold.Kind.RECORD else None


def _record(key: UUID) -> models.Model | None:
    """A record under any of the rules; several rules may govern one table."""
    for model in dict.fromkeys(rule.model for rule in record_rules()):
        try:
            found = without_long_texts(model._base_manager.all()).filter(pk=key).first()
        except (ValidationError, ValueError, TypeError):
            continue
        if found is not None:
            return found  # type: ignore[no-any-return] # a row of that model
    return None


def subject_of(row: models.Model) -> UUID | None:
    """Whose record it is, where the row itself says so."""
    line = declaration_of(row._meta.concrete_model or type(row))
    if line is None or not line.subject or "__" in line.subject:
        return None
    column: Any = row._meta.get_field(line.subject)
    found: UUID | None = getattr(row, column.attname)
    return found


def _page_of(row: models.Model) -> str:
    try:
        return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


def wide_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """What can be kept without a page that one comes from: companies and rules."""
    companies = [
        (f"{LegalHold.Kind.COMPANY}:{one.slug}", company_name(one.slug))
        for one in registry().entities
    ]
    rules = [(f"{LegalHold.Kind.RULE}:{name}", capital(words)) for name, words in rule_choices()]
    return [(_("Companies"), companies), (_("Rules"), rules)]
