"""Outgoing mail in the admin: for the DPO whole, for the administrator without anything personal.

What is personal is read from the data map, so a column that becomes so later is hidden by itself.
"""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.forms import CheckboxInput
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from emsar.audit import record
from emsar.datamap import declaration_of
from emsar.outbox.models import MailCopy, OutboundMail, Purpose, Status
from emsar.outbox.sending import retry
from emsar.staff.models import User
from emsar.staff.permissions import allow
from emsar.staff.viewing import ViewedAdmin, short_moment

allow(("dpo", "administrator"), "outbox.outboundmail", "view")
allow(("dpo",), "outbox.mailcopy", "view")

TONES = {Status.SENT: "done", Status.FAILED: "overdue", Status.CANCELLED: "quiet"}
# What the list shows, each with the column that it comes from.
COLUMNS = {
    "queued": "created_at",
    "state": "status",
    "purpose": "purpose",
    "reference": "reference",
    "attempts": "attempts",
    "next_attempt": "due_at",
    "sent": "sent_at",
    "last_error": "last_error",
    "mailbox": "mailbox",
}

SHOWN: tuple[str, ...] = (*COLUMNS, "subject", "recipient", "title", "text", "name")


def sees_personal(user: User | AnonymousUser) -> bool:
    """Whether personal columns are shown: to the DPO alone."""
    return isinstance(user, User) and user.is_dpo


def personal_columns() -> frozenset[str]:
    """The columns of a mail that the data map calls personal."""
    declared = declaration_of(OutboundMail)
    return frozenset(declared.personal if declared else ())


@admin.action(description=_("Send again"), permissions=["view"])
def send_again(model_admin: Any, request: HttpRequest, rows: QuerySet[OutboundMail]) -> None:
    """Try failed mails once more, now."""
    mails = list(rows.only("pk", "purpose", "status", "subject", "about"))
    again = [mail for mail in mails if retry(mail)]
    for mail in again:
        record("mail.retry", actor=request.user.pk, subject=mail.subject_id, obj=mail)
    _report(request, len(again), len(mails) - len(again))


def _report(request: HttpRequest, done: int, left: int) -> None:
    if done:
        words = ngettext("%(count)d mail is sent again.", "%(count)d mails are sent again.", done)
        messages.success(request, words % {"count": done})
    if left:
        words = ngettext(
            "%(count)d mail cannot be sent again: it has not failed, or it is blocked.",
            "%(count)d mails cannot be sent again: they have not failed, or they are blocked.",
            left,
        )
        messages.warning(request, words % {"count": left})


class MailColumns(admin.ModelAdmin[Any]):
    """What is shown of a mail."""

    @admin.display(description="")
    def action_checkbox(self, mail: OutboundMail) -> SafeString:
        """The box to choose a mail; Django's own would name its reference to everybody."""
        words = _("Choose the mail of %(moment)s") % {"moment": short_moment(mail.created_at)}
        box = CheckboxInput({"class": "action-select", "aria-label": words}, lambda _value: False)
        return box.render(ACTION_CHECKBOX_NAME, str(mail.pk))

    @admin.display(description=_("queued"), ordering="created_at")
    def queued(self, mail: OutboundMail) -> str:
        return short_moment(mail.created_at)

    @admin.display(description=_("status"), ordering="status")
    def state(self, mail: OutboundMail) -> str:
        tone = TONES.get(Status(mail.status), "today")
        shown = mail.get_status_display()
        return format_html('<span class="badge badge--{}">{}</span>', tone, shown)

    @admin.display(description=_("next attempt"), ordering="due_at")
    def next_attempt(self, mail: OutboundMail) -> str:
        waiting = mail.status in {Status.QUEUED, Status.SENDING}
        return short_moment(mail.due_at if waiting else None)

    @admin.display(description=_("sent"), ordering="sent_at")
    def sent(self, mail: OutboundMail) -> str:
        return short_moment(mail.sent_at)

    @admin.display(description=_("to"))
    def recipient(self, mail: OutboundMail) -> str:
        return mail.to_address or "—"

    @admin.display(description=_("subject line"))
    def title(self, mail: OutboundMail) -> str:
        return mail.subject_line or "—"

    @admin.display(description=_("text"))
    def text(self, mail: OutboundMail) -> str:
        if mail.purpose == Purpose.STAFF:
            # A link in it would open somebody's login.
            return str(_("Mails to staff are shown to nobody but their reader."))
        return mail.body or "—"

    @admin.display(description=_("name of the mail (Message-ID)"))
    def name(self, mail: OutboundMail | MailCopy) -> str:
        return mail.message_id


@admin.register(OutboundMail)
class OutboundMailAdmin(MailColumns, ViewedAdmin):
    """What was mailed, what waits, and what could not be delivered."""

    audit_name = "mail"
    actions = (send_again,)
    list_per_page = 50
    ordering = ("-created_at",)
    show_full_result_count = False
    fields = readonly_fields = SHOWN

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        hidden = frozenset() if sees_personal(request.user) else personal_columns()
        return tuple(shown for shown, column in COLUMNS.items() if column not in hidden)

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> Any:
        return ("queued",) if sees_personal(request.user) else None

    def get_list_filter(self, request: HttpRequest) -> tuple[str, ...]:
        return ("status", "purpose", "mailbox") if sees_personal(request.user) else ("status",)

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return ("=reference",) if sees_personal(request.user) else ()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not sees_personal(request.user):
            raise PermissionDenied
        return super().change_view(request, object_id, form_url, extra_context)

    def subject_of(self, obj: OutboundMail) -> UUID | None:
        return obj.subject_id


@admin.register(MailCopy)
class MailCopyAdmin(MailColumns, ViewedAdmin):
    """Where copies of mails lie in our mailboxes, sent ones included (E-7.1a)."""

    audit_name = "mail_copy"
    list_display = ("arrived", "mailbox", "reference", "name")
    list_filter = ("mailbox",)
    list_per_page = 50
    search_fields = ("=reference", "=message_id")
    ordering = ("-at",)
    show_full_result_count = False
    fields = ("arrived", "mailbox", "reference", "name")
    readonly_fields = fields

    @admin.display(description=_("date"), ordering="at")
    def arrived(self, copy: MailCopy) -> str:
        return short_moment(copy.at)
