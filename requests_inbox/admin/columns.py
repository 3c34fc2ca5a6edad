"""The columns of the list. Colour never stands alone: every badge is a word."""

from typing import Any

from django.contrib import admin
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from emsar.staff.viewing import short_moment
from requests_inbox.admin.words import Wording, due_words
from requests_inbox.models import ConsultationRequest, Status

STATUS_TONES = {
    Status.NEW: "new",
    Status.IN_REVIEW: "review",
    Status.REPLIED: "done",
    Status.CLOSED: "quiet",
    Status.WITHDRAWN: "quiet",
    Status.OBJECTED: "quiet",
}


def badge(words: Wording) -> SafeString:
    """A word in a coloured box."""
    return format_html('<span class="badge badge--{}">{}</span>', words.tone, words.text)


def nothing(text: str) -> SafeString:
    """A quiet word where there is nothing to show."""
    return format_html('<span class="quiet">{}</span>', text)


def status_badge(row: ConsultationRequest) -> SafeString:
    """The status, and whether a block lies over it."""
    shown = badge(Wording(row.get_status_display(), STATUS_TONES[Status(row.status)]))
    if row.subject.block_covers(row.registered_at):
        return format_html("{} {}", shown, badge(Wording(_("blocked"), "overdue")))
    return shown


class RequestColumns(admin.ModelAdmin[Any]):
    """What the list shows of a request."""

    list_display = (
        "reference",
        "person",
        "due",
        "shown_status",
        "responsible",
        "received",
        "worker",
    )
    list_display_links = ("reference",)

    @admin.display(description=gettext_lazy("person"))
    def person(self, row: ConsultationRequest) -> SafeString:
        company = format_html('<span class="quiet">{}</span>', row.company) if row.company else ""
        return format_html("<strong>{}</strong> {}", row.name, company)

    @admin.display(description=gettext_lazy("company and service"), ordering="entity__position")
    def responsible(self, row: ConsultationRequest) -> SafeString:
        company = row.entity.text("name") if row.entity else nothing(_("no company yet"))
        return format_html("{}<br>{}", company, nothing(row.service.text("name")))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, row: ConsultationRequest) -> SafeString:
        return status_badge(row)

    @admin.display(description=gettext_lazy("received"), ordering="received_at")
    def received(self, row: ConsultationRequest) -> SafeString:
        return format_html(
            '<time datetime="{}">{}</time>',
            row.received_at.isoformat(),
            short_moment(row.received_at),
        )

    @admin.display(description=gettext_lazy("reply"), ordering="reply_due_at")
    def due(self, row: ConsultationRequest) -> SafeString:
        return badge(due_words(row, timezone.now()))

    @admin.display(description=gettext_lazy("works on it"), ordering="assigned_to__username")
    def worker(self, row: ConsultationRequest) -> SafeString:
        """Who works on it, and who is writing a reply at this moment."""
        name = row.assigned_to.get_full_name() if row.assigned_to else nothing(_("nobody yet"))
        writer = row.writer()
        if writer is None:
            return format_html("{}", name)
        words = _("%(name)s is writing") % {"name": writer.get_full_name()}
        return format_html("{} {}", name, badge(Wording(words, "writing")))
