"""Who looked at this person: for the officer alone, out of the audit (E-9c).

Every page about one person is an event with that person's number, and so is every row that a
search found. A list that nobody searched is one event with a number of rows: who looked through it
is known, whom they saw there is not.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Count, Max, Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from emsar.audit import record
from emsar.audit.models import AuditEvent
from emsar.audit.recording import event_of
from emsar.entities.businessdays import BAKU
from emsar.staff.exporting import BATCH, Export, export_page
from emsar.staff.models import User
from emsar.staff.tabs import cut
from emsar.subjects.admin.pages import find_subject
from emsar.subjects.admin.things import Thing, things_of
from emsar.subjects.models import DataSubject

MERGED = "subject.merge"
_ONE_DAY = timedelta(days=1)
# By an event's code or the last part of it; everything else changed something.
DEEDS = {
    "view": pgettext_lazy("in the audit", "opened"),
    "found": pgettext_lazy("in the audit", "found by a search"),
    "request.export": pgettext_lazy("in the audit", "exported with name and address"),
    "looks.view": pgettext_lazy("in the audit", "looked up who looked"),
    "subject.export_looks": pgettext_lazy("in the audit", "exported who looked"),
}
CHANGED = pgettext_lazy("in the audit", "worked on it")


class LooksForm(forms.Form):
    """Which looks: whose, and on which days of Asia/Baku, both included."""

    colleague = forms.ChoiceField(label=gettext_lazy("Colleague"), required=False)
    since = forms.DateField(
        label=pgettext_lazy("a day", "From"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    until = forms.DateField(
        label=gettext_lazy("until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, staff: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        known = [(str(user.pk), login_of(user)) for user in staff]
        field: Any = self.fields["colleague"]
        field.choices = [("", pgettext("a choice", "all")), *known]

    def narrowed(self, events: QuerySet[Any]) -> QuerySet[Any]:
        """The events that are asked for; whatever cannot be read narrows nothing."""
        data = self.cleaned_data
        if data.get("colleague"):
            events = events.filter(actor=data["colleague"])
        if data.get("since"):
            events = events.filter(at__gte=datetime.combine(data["since"], time(), BAKU))
        if data.get("until") and data["until"] < date.max:
            ends = datetime.combine(data["until"] + _ONE_DAY, time(), BAKU)
            events = events.filter(at__lt=ends)
        return events


@dataclass(frozen=True)
class Look:
    """One event in words; ``user`` None for a login that is not known any more."""

    at: datetime
    user: User | None
    actor: UUID
    deed: str
    code: str
    thing: Thing


def looks_of(subject: DataSubject) -> QuerySet[Any]:
    """What colleagues did and saw, newest first; what the person did on their own pages is not it.

    Evidence is never rewritten: what was written before a merger bears the older number.
    """
    found: QuerySet[Any]
    found = AuditEvent.objects.filter(subject__in=numbers_of(subject.pk), actor__isnull=False)
    return found.order_by("-id")


def numbers_of(person: UUID) -> list[UUID]:
    """The number of a person, and those of the persons who were merged into them."""
    found, new = [person], [person]
    while new:
        events = AuditEvent.objects.filter(action=MERGED, subject__in=new)
        older = {UUID(str(detail["from"])) for detail in events.values_list("detail", flat=True)}
        new = sorted(older.difference(found))
        found += new
    return found


def looks(events: Iterable[AuditEvent]) -> list[Look]:
    """Events in words, with whoever acted and what it was about."""
    rows = list(events)
    staff = User.objects.select_related("entity").in_bulk({row.actor for row in rows if row.actor})
    things = things_of(rows)
    return [_look(row, staff, things) for row in rows]


def _look(
    row: AuditEvent, staff: Mapping[UUID, User], things: Mapping[tuple[str, str], Thing]
) -> Look:
    assert row.actor is not None  # noqa: S101 - looks_of leaves the others out
    deed = DEEDS.get(row.action) or DEEDS.get(row.action.rpartition(".")[2], CHANGED)
    thing = things[row.object_type, row.object_id]
    return Look(row.at, staff.get(row.actor), row.actor, str(deed), row.action, thing)


def login_of(user: User) -> str:
    """A login by its name, also of a colleague who left."""
    words = "" if user.is_active else pgettext("a colleague", "left")
    return f"{user.username} ({words})" if words else user.username


def looks_view(model_admin: Any, request: HttpRequest, pk: object) -> HttpResponse:
    """``…/looks/?colleague=&since=&until=``; 404 once the person was erased.

    Opening it is an event as well, which stands there from the next time on.
    """
    subject = find_subject(model_admin, request, pk)
    if request.method == "POST" and "export" not in request.GET:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    every = looks_of(subject)
    form = LooksForm(_colleagues(every), request.GET)
    is_read = form.is_valid()
    events = form.narrowed(every)
    if "export" in request.GET and is_read:
        return export_page(request, LooksExport(subject, form, events))
    page = cut(events, request)
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": _("Who looked at this person"),
        "subtitle": str(subject),
        "person": subject,
        "form": form,
        "page": page,
        "days": _by_day(looks(page)),
        "query": _query(form),
        **every.aggregate(first=Min("at"), last=Max("at"), count=Count("id")),
    }
    record("looks.view", actor=request.user.pk, subject=subject.pk, obj=subject)
    return TemplateResponse(request, "admin/people/looks.html", context)


def _colleagues(events: QuerySet[Any]) -> QuerySet[User]:
    acting = events.order_by().values_list("actor", flat=True).distinct()
    return User.objects.filter(pk__in=list(acting)).order_by("username")


def _by_day(found: list[Look]) -> list[tuple[date, list[Look]]]:
    days = groupby(found, lambda look: timezone.localdate(look.at, BAKU))
    return [(day, list(rows)) for day, rows in days]


def _query(form: LooksForm) -> str:
    """What is chosen, for the links to the file and to the other pages of the list."""
    return "&".join(f"{name}={value}" for name, value in form.cleaned_data.items() if value)


class LooksExport(Export):
    """The same as a sheet; that the person is in it is an event of the person's too."""

    kind = "looks"

    def __init__(self, subject: DataSubject, form: LooksForm, events: QuerySet[Any]) -> None:
        self.subject, self.form, self.events = subject, form, events

    @property
    def title(self) -> str:
        return _("Export: who looked at this person")

    @property
    def back(self) -> str:
        address = reverse("admin:subjects_datasubject_looks", args=[self.subject.pk])
        return f"{address}?{_query(self.form)}"

    @property
    def file_name(self) -> str:
        return f"looks-{timezone.localdate(timezone=BAKU):%Y-%m-%d}"

    def count(self) -> int:
        return self.events.count()

    def covers(self) -> list[tuple[str, str]]:
        return [(_("Data subject"), str(self.subject))]

    def headings(self, chosen: Mapping[str, Any]) -> list[str]:
        return [
            _("When"), _("Login"), _("Role"), _("Company"), _("What was done"), _("Event"),
            _("Thing"), _("Reference"),
        ]  # fmt: skip

    def lines(self, chosen: Mapping[str, Any]) -> Iterator[list[str]]:
        """In batches, each with its logins and things."""
        rows = self.events.iterator(chunk_size=BATCH)
        while batch := [row for _number, row in zip(range(BATCH), rows, strict=False)]:
            yield from map(_line, looks(batch))

    def about_persons(self, chosen: Mapping[str, Any], *, actor: User) -> list[AuditEvent]:
        pk = self.subject.pk
        return [event_of("subject.export_looks", actor=actor.pk, subject=pk, obj=self.subject)]


def _line(look: Look) -> list[str]:
    user = look.user
    return [
        f"{timezone.localtime(look.at, BAKU):%Y-%m-%d %H:%M:%S}",
        login_of(user) if user else str(look.actor),
        user.get_role_display() if user else "",
        user.entity.text("name") if user and user.entity else "",
        look.deed,
        look.code,
        look.thing.kind,
        look.thing.name,
    ]
