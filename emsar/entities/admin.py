"""The registers in the admin: read-only, but for calendar days and recipients.

Who may see and change what is the staff app's to say, by Django's permissions.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from emsar.entities import services
from emsar.entities.models import (
    Authority,
    CalendarDay,
    CookieEntry,
    LegalEntity,
    LegalReference,
    Mailbox,
    Organisation,
    Recipient,
    ScheduleTerm,
    Service,
)
from emsar.entities.wording import day_text

# Django's class takes no type argument while it runs.
if TYPE_CHECKING:
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


def flagged(text: object) -> SafeString:
    """A word that asks for somebody's attention: red, and a word all the same."""
    return format_html('<strong class="flagged">{}</strong>', text)


def _actor(request: HttpRequest) -> Any:
    """The UUID of whoever works here; the user model stands in a higher room."""
    return request.user.pk


class RegisterAdmin(_ModelAdmin):
    """Base of this app's pages. Rows leave by their ``active`` or ``kind``, never by deletion."""

    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    class Media:
        css = {"all": ("entities/registers.css",)}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """Written by the services as audit events, not in Django's own log."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """As `log_addition`."""

    @admin.display(description=_("name"))
    def name(self, row: Any) -> str:
        return str(row.text("name"))

    @admin.display(description=_("purpose"))
    def purpose(self, row: Any) -> str:
        return str(row.text("purpose"))

    @admin.display(description=_("to be confirmed"))
    def confirmation(self, row: Any) -> str:
        return flagged(_("confirm with counsel")) if row.confirm else "—"


class ReadOnlyAdmin(RegisterAdmin):
    """What the profile says is changed in the profile, and loaded again."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    list_display = ("brand", "main_host", "inquiry_email", "registration")

    @admin.display(description=_("state registration"))
    def registration(self, row: Organisation) -> str:
        if not row.registration_number:
            return flagged(_("missing"))
        since = f", {day_text(row.registration_date)}" if row.registration_date else ""
        return f"{row.registration_number}{since}"


@admin.register(LegalEntity)
class LegalEntityAdmin(ReadOnlyAdmin):
    list_display = ("name", "field", "email", "website", "tin", "active")

    @admin.display(description=_("field"))
    def field(self, row: LegalEntity) -> str:
        return row.text("field")


@admin.register(Mailbox)
class MailboxAdmin(ReadOnlyAdmin):
    list_display = ("address", "entity", "purpose", "active")
    list_select_related = ("entity",)


@admin.register(Service)
class ServiceAdmin(ReadOnlyAdmin):
    list_display = ("name", "entity", "mailbox", "active")
    list_select_related = ("entity", "mailbox")


@admin.register(Recipient)
class RecipientAdmin(RegisterAdmin):
    """The register of recipients (E-6.2, E-12), owned by the DPO."""

    list_display = (
        *("name", "purpose", "country", "abroad", "contract_state", "limits"),
        *("certificate_state", "confirmation", "active"),
    )
    list_filter = ("abroad", "active", "confirm")

    @admin.display(description=_("country"))
    def country(self, row: Recipient) -> str:
        return row.text("country")

    @admin.display(description=_("contract"))
    def contract_state(self, row: Recipient) -> str:
        """A missing contract is red, an unknown one too (E-6.5a)."""
        if row.contract is None:
            return flagged(_("not known"))
        if not row.contract:
            return flagged(_("missing"))
        if not row.has_contract(timezone.localdate()):
            return flagged(_("ended"))
        return day_text(row.contract_expires) if row.contract_expires else str(_("in force"))

    @admin.display(description=_("limits agreed"), boolean=True)
    def limits(self, row: Recipient) -> bool:
        """Only for this purpose, and no contact of its own (S-3g, S-3h)."""
        return bool(row.use_limited and row.no_contact)

    @admin.display(description=_("certificate"))
    def certificate_state(self, row: Recipient) -> str:
        if row.certificate_expired(timezone.localdate()):
            return flagged(_("ended"))
        return row.certificate or "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # The slug is what other rows point to.
        return ("slug",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_recipient(obj, actor=_actor(request))


@admin.register(Authority)
class AuthorityAdmin(ReadOnlyAdmin):
    list_display = ("name", "service", "website", "confirmation")

    @admin.display(description=_("service"))
    def service(self, row: Authority) -> str:
        return row.text("service")


@admin.register(LegalReference)
class LegalReferenceAdmin(ReadOnlyAdmin):
    list_display = ("title", "number", "last_review", "review", "confirmation", "active")

    @admin.display(description=_("title"))
    def title(self, row: LegalReference) -> str:
        return row.text("title")

    @admin.display(description=_("next review"))
    def review(self, row: LegalReference) -> str:
        due = day_text(row.next_review)
        if row.overdue(timezone.localdate()):
            return flagged(_("overdue since %(day)s") % {"day": due})
        return due


@admin.register(CookieEntry)
class CookieEntryAdmin(ReadOnlyAdmin):
    list_display = ("name", "purpose", "provider", "party", "category", "lifetime")

    @admin.display(description=_("lifetime"))
    def lifetime(self, row: CookieEntry) -> str:
        return row.lifetime_term or row.text("lifetime")


@admin.register(ScheduleTerm)
class ScheduleTermAdmin(ReadOnlyAdmin):
    list_display = ("name", "group", "value", "unit", "enabled", "confirmation")
    list_filter = ("group",)


@admin.register(CalendarDay)
class CalendarDayAdmin(RegisterAdmin):
    """The business calendar, owned by staff: the Cabinet moves days every year (E-4a)."""

    list_display = ("date", "weekday", "kind", "name", "certainty", "source")
    list_filter = ("kind", "estimated", "source")
    date_hierarchy = "date"
    ordering = ("date",)
    fields = ("date", "kind", "name_az", "name_en", "name_ru", "estimated")

    @admin.display(description=_("weekday"))
    def weekday(self, row: CalendarDay) -> str:
        return str(WEEKDAYS[row.date.weekday()])

    @admin.display(description=_("certainty"))
    def certainty(self, row: CalendarDay) -> str:
        return flagged(_("estimated")) if row.estimated else str(_("announced"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Another date is another day: the old one becomes ordinary, the new one is added.
        return ("date",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        services.save_calendar_day(obj, actor=_actor(request))
