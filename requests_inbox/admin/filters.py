"""The filters beside the list. An unknown value filters nothing."""

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.entities.profile import ServiceFacts
from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.staff.acting import acting_user
from emsar.staff.models import Role, User
from requests_inbox.admin.figures import is_due_today, is_open, is_overdue
from requests_inbox.models import Source, Status

NOBODY = "none"
_Choices = list[tuple[str, Any]]


class QFilter(ABC, SimpleListFilter):
    """A filter whose choices each stand for a condition."""

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> _Choices:
        # Django calls this before it calls anything else.
        self.user = acting_user(request)
        return self.choices_for(self.user)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        value = self.value()
        known = value in {str(lookup) for lookup, _title in self.lookup_choices}
        return queryset.filter(self.condition(str(value))) if known else None

    @abstractmethod
    def choices_for(self, user: User) -> _Choices:
        """The values that this user may choose from, with their words."""

    @abstractmethod
    def condition(self, value: str) -> Q:
        """What a value that was chosen stands for."""


class StatusFilter(QFilter):
    title = _("status")
    parameter_name = "status"

    def choices_for(self, user: User) -> _Choices:
        return [("open", _("open")), *Status.choices]

    def condition(self, value: str) -> Q:
        return is_open() if value == "open" else Q(status=value)


class DueFilter(QFilter):
    title = _("reply due")
    parameter_name = "due"

    def choices_for(self, user: User) -> _Choices:
        return [("overdue", _("overdue")), ("today", _("due today"))]

    def condition(self, value: str) -> Q:
        now = timezone.now()
        return is_overdue(now) if value == "overdue" else is_due_today(now)


class WorkFilter(QFilter):
    title = _("who works on it")
    parameter_name = "work"

    def choices_for(self, user: User) -> _Choices:
        return [("mine", _("mine")), (NOBODY, _("nobody yet"))]

    def condition(self, value: str) -> Q:
        return Q(assigned_to=self.user if value == "mine" else None)


class CompanyFilter(QFilter):
    title = _("company")
    parameter_name = "company"

    def choices_for(self, user: User) -> _Choices:
        own = [user.entity_id] if user.role == Role.ENTITY_STAFF else None
        companies = [
            (entity.slug, entity.name.get(active_language()))
            for entity in registry().entities
            if own is None or entity.slug in own
        ]
        return [*companies, (NOBODY, _("no company yet"))]

    def condition(self, value: str) -> Q:
        return Q(entity__isnull=True) if value == NOBODY else Q(entity=value)


def services_of(user: User) -> list[ServiceFacts]:
    """The services whose requests a user may see or register."""
    services = registry().services
    if user.role != Role.ENTITY_STAFF:
        return list(services)
    return [service for service in services if service.entity in {"", user.entity_id}]


class ServiceFilter(QFilter):
    title = _("service")
    parameter_name = "service"

    def choices_for(self, user: User) -> _Choices:
        return [
            (service.slug, service.name.get(active_language())) for service in services_of(user)
        ]

    def condition(self, value: str) -> Q:
        return Q(service=value)


class SourceFilter(QFilter):
    title = _("source")
    parameter_name = "source"

    def choices_for(self, user: User) -> _Choices:
        return list(Source.choices)

    def condition(self, value: str) -> Q:
        return Q(source=value)


class LanguageFilter(QFilter):
    title = _("language")
    parameter_name = "language"

    def choices_for(self, user: User) -> _Choices:
        return list(settings.LANGUAGES)

    def condition(self, value: str) -> Q:
        return Q(language=value)


FILTERS = (
    StatusFilter,
    DueFilter,
    WorkFilter,
    CompanyFilter,
    ServiceFilter,
    SourceFilter,
    LanguageFilter,
)
