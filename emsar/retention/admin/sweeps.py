"""Sweeps and lines of destruction: looked at, never changed, with nothing personal in them."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from emsar.entities.wording import capital, day_text
from emsar.retention.admin.frame import LINES, SWEEPS, Tab, act_address, tabs_of
from emsar.retention.health import RUN
from emsar.retention.models import DestructionLine, Sweep
from emsar.retention.wording import covered_by, table_words, trigger_words
from emsar.staff.scoping import ReadOnlyAdmin
from emsar.staff.viewing import short_moment


class TabbedAdmin(ReadOnlyAdmin):
    """A list of Django's below the tabs of retention."""

    tab: Tab
    list_per_page = 50
    show_full_result_count = False
    change_list_template = "admin/retention/list.html"

    class Media:
        css = {"all": ("retention/admin.css",)}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        tabs = {"tabs": tabs_of(request.user), "tab": self.tab}
        return super().changelist_view(request, {**tabs, **(extra_context or {})})


def badge(text: object, tone: str) -> SafeString:
    return format_html('<span class="badge badge--{}">{}</span>', tone, text)


def act_link(scope: str, key: str) -> SafeString | str:
    """The act of destruction; a dash where nobody prints it."""
    address = act_address(scope, key)
    return format_html('<a href="{}">{}</a>', address, _("Act of destruction")) if address else "—"


def span_words(span: timedelta) -> str:
    """``4 min 10 s``; a run of less than a second counts as one."""
    minutes, seconds = divmod(max(round(span.total_seconds()), 1), 60)
    parts = [ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}] if minutes else []
    return " ".join([*parts, ngettext("%(n)d s", "%(n)d s", seconds) % {"n": seconds}])


@admin.register(Sweep)
class SweepAdmin(TabbedAdmin):
    """Every run over the rules: when, how long, how much, and what went wrong."""

    tab = SWEEPS
    list_display = ("started", "kind", "took", "records", "state", "act")
    list_filter = ("kind",)
    fields = readonly_fields = ("kind", "started", "took", "records", "state", "lines", "act")
    ordering = ("-started_at",)

    def get_list_display(self, request: HttpRequest) -> Any:
        return _permitted(self.list_display, request)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return _permitted(self.fields, request)

    @admin.display(description=gettext_lazy("started"), ordering="started_at")
    def started(self, sweep: Sweep) -> str:
        return short_moment(sweep.started_at)

    @admin.display(description=gettext_lazy("duration"))
    def took(self, sweep: Sweep) -> str:
        return span_words(sweep.ended_at - sweep.started_at) if sweep.ended_at else "—"

    @admin.display(description=gettext_lazy("outcome"), ordering="error")
    def state(self, sweep: Sweep) -> SafeString:
        if sweep.error:
            return format_html("{} {}", badge(_("failed"), "overdue"), sweep.error)
        if sweep.ended_at:
            return badge(_("completed"), "done")
        if timezone.now() - sweep.started_at > RUN:
            return badge(_("cut off"), "overdue")
        return badge(_("running"), "today")

    @admin.display(description=gettext_lazy("lines of destruction"))
    def lines(self, sweep: Sweep) -> SafeString:
        address = f"{reverse('admin:retention_destructionline_changelist')}?sweep={sweep.pk}"
        count = DestructionLine.objects.filter(sweep=sweep.pk).count()
        return format_html('<a href="{}">{}</a>', address, count)

    @admin.display(description=gettext_lazy("act"))
    def act(self, sweep: Sweep) -> SafeString | str:
        return act_link("sweep", str(sweep.pk)) if sweep.records else "—"


def _permitted(names: tuple[str, ...], request: HttpRequest) -> list[str]:
    """What was destroyed is shown to those who may see the lines; the others see that it ran."""
    hidden = set() if request.user.has_perm(LINES.right) else {"lines", "act"}
    return [name for name in names if name not in hidden]


class RuleFilter(admin.SimpleListFilter):
    """The rules that have destroyed something; an unknown one filters nothing."""

    title = gettext_lazy("rule")
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = DestructionLine.objects.order_by("rule").values_list("rule", flat=True).distinct()
        return [(name, capital(covered_by(name))) for name in names]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        known = self.value() in {str(lookup) for lookup, _title in self.lookup_choices}
        return queryset.filter(rule=self.value()) if known else queryset


@admin.register(DestructionLine)
class DestructionLineAdmin(TabbedAdmin):
    """Each batch that was destroyed: rule, clause, counts and last days kept."""

    tab = LINES
    list_display = ("when", "covers", "clause", "records", "days", "intact_row")
    list_filter = (RuleFilter, "trigger")
    lookups = ("sweep",)
    ordering = ("-id",)
    fields = readonly_fields = (
        *("when", "number", "covers", "clause", "why", "records", "tables", "days"),
        *("run", "intact_row"),
    )

    @admin.display(description=gettext_lazy("when"), ordering="at")
    def when(self, line: DestructionLine) -> str:
        return short_moment(line.at)

    @admin.display(description=gettext_lazy("number"))
    def number(self, line: DestructionLine) -> str:
        return str(line.uid)

    @admin.display(description=gettext_lazy("what was destroyed"), ordering="rule")
    def covers(self, line: DestructionLine) -> str:
        return capital(covered_by(line.rule))

    @admin.display(description=gettext_lazy("why"), ordering="trigger")
    def why(self, line: DestructionLine) -> str:
        return f"{capital(trigger_words(line.trigger))} ({line.trigger})"

    @admin.display(description=gettext_lazy("last days kept"), ordering="last_day")
    def days(self, line: DestructionLine) -> str:
        if line.first_day is None or line.last_day is None:
            return "—"
        if line.first_day == line.last_day:
            return day_text(line.last_day)
        return f"{day_text(line.first_day)} – {day_text(line.last_day)}"

    @admin.display(description=gettext_lazy("rows a table"))
    def tables(self, line: DestructionLine) -> SafeString:
        rows = ((capital(table_words(label)), number) for label, number in line.counts.items())
        return format_html_join("", "<p>{}: {}</p>", rows)

    @admin.display(description=gettext_lazy("sweep"))
    def run(self, line: DestructionLine) -> SafeString:
        address = reverse("admin:retention_sweep_change", args=[line.sweep])
        return format_html('<a href="{}">{}</a>', address, str(line.sweep)[:8])

    @admin.display(description=gettext_lazy("as written"), boolean=True)
    def intact_row(self, line: DestructionLine) -> bool:
        return line.intact()
