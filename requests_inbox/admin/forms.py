"""The forms of the request page; each says what the service behind it needs."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from emsar.entities.registry import registry
from emsar.site.languages import active_language
from emsar.staff.models import Role, User
from emsar.staff.verbpage import VerbForm
from requests_inbox.admin.greeting import is_only_frame
from requests_inbox.forms import ProjectField
from requests_inbox.models import (
    CloseReason,
    ConsultationRequest,
    Message,
    TransferReason,
)
from requests_inbox.moments import EARLIEST
from requests_inbox.services.seen import seen_now

MAX_TEXT = 20_000


class DeskForm(VerbForm[ConsultationRequest]):
    """A form about one request, filled in by one colleague."""

    @property
    def item(self) -> ConsultationRequest:
        return self.thing


class MomentField(forms.DateTimeField):
    """A moment in Asia/Baku, to the minute; never in the future, nor before all our records."""

    widget = forms.DateTimeInput(
        attrs={"type": "datetime-local", "min": f"{EARLIEST:%Y-%m-%dT%H:%M}"},
        format="%Y-%m-%dT%H:%M",
    )

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None and moment > timezone.now():
            raise ValidationError(_("This moment lies in the future."), code="future")
        if moment is not None and moment < EARLIEST:
            raise ValidationError(_("This moment lies too far in the past."), code="past")
        return moment


def text_field(label: Any, *, rows: int, required: bool = True, help_text: Any = "") -> Any:
    return ProjectField(
        label=label,
        max_length=MAX_TEXT,
        required=required,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class DraftForm(DeskForm):
    """A reply on the way: anything may be kept, even nothing."""

    body = text_field(_("Reply"), rows=12, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def prepare(self) -> None:
        self.fields["body"].widget.attrs["lang"] = self.item.language
        self.initial.setdefault("seen", " ".join(seen_now(self.item)))

    def clean_seen(self) -> frozenset[str]:
        """The keys of what the thread showed when the page was made."""
        return frozenset(self.cleaned_data["seen"].split())

    def see_all(self) -> None:
        """Note that the page now shows everything, so that the same post passes next time."""
        self.data = dict(self.data.items()) | {"seen": " ".join(seen_now(self.item))}


class ReplyForm(DraftForm):
    """A reply that is to be mailed."""

    def prepare(self) -> None:
        super().prepare()
        self.fields["body"].required = True

    def clean_body(self) -> str:
        body = str(self.cleaned_data["body"])
        if is_only_frame(body, self.item, self.user):
            raise ValidationError(_("There is nothing but the greeting yet."), code="empty")
        return body


class NoteForm(DeskForm):
    body = text_field(
        _("Internal note"),
        rows=3,
        help_text=_("Not sent. May be disclosed to the person when they ask for their data."),
    )


class StaffChoice(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class AssignForm(DeskForm):
    """Who works on it: anybody who may see the request."""

    to = StaffChoice(User.objects.none(), label=_("Who works on it"), required=False)

    def prepare(self) -> None:
        field: Any = self.fields["to"]
        field.queryset = colleagues(self.item)
        field.empty_label = _("nobody")
        field.initial = self.item.assigned_to_id


def colleagues(item: ConsultationRequest) -> Any:
    """Active staff who may see a request."""
    active = User.objects.filter(is_active=True).order_by("username")
    own = active.filter(role=Role.ENTITY_STAFF)
    if item.entity_id is not None:
        own = own.filter(entity=item.entity_id)
    return own | active.filter(role=Role.DPO)


class PastForm(DeskForm):
    """Something that happened since the request came in."""

    at = MomentField(label=_("When (Baku time)"))
    channel = forms.ChoiceField(label=_("By which channel"), choices=Message.Channel.choices)

    def prepare(self) -> None:
        self.initial.setdefault("at", timezone.now())

    def clean_at(self) -> datetime:
        at: datetime = self.cleaned_data["at"]
        received = self.item.received_at
        if at >= received:
            return at
        if at == received.replace(second=0, microsecond=0):
            return received  # the field knows no seconds
        raise ValidationError(_("This is before the request came in."), code="before")


class AnsweredForm(PastForm):
    note = text_field(_("What was answered"), rows=5, required=False)
    field_order = ("at", "channel", "note")


class ReceivedForm(PastForm):
    body = text_field(_("What the person wrote or said"), rows=8)
    field_order = ("at", "channel", "body")


class CloseForm(DeskForm):
    reason = forms.ChoiceField(
        label=_("Reason"), choices=CloseReason.choices, widget=forms.RadioSelect
    )


class HandOverForm(DeskForm):
    """To which company, and why."""

    to_entity = forms.ChoiceField(
        label=pgettext_lazy("company that gets a request", "To"), widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(label=_("Reason"), widget=forms.RadioSelect)

    def prepare(self) -> None:
        targets, reasons = self.targets(), self.reasons()
        for name, choices in (("to_entity", targets), ("reason", reasons)):
            field: Any = self.fields[name]
            field.choices = choices
            field.initial = choices[0][0] if len(choices) == 1 else None

    def targets(self) -> list[tuple[str, str]]:
        """The companies that the request can go to, as far as this colleague may send it."""
        before, own = self.item.entity_id, self.user.entity_id
        only_own = before is None and self.user.role == Role.ENTITY_STAFF
        return [
            (entity.slug, f"{entity.name.get(active_language())} ({_mailbox(entity.slug)})")
            for entity in registry().entities
            if entity.slug != before and (not only_own or entity.slug == own)
        ]

    def reasons(self) -> list[tuple[str, Any]]:
        taken_over = (TransferReason.TAKE_OVER.value, TransferReason.TAKE_OVER.label)
        if self.item.entity_id is None:
            return [taken_over]
        return [choice for choice in TransferReason.choices if choice != taken_over]


def _mailbox(entity: str) -> str:
    return registry().mailbox_of(entity).address


class WithdrawForm(DeskForm):
    asked = forms.BooleanField(label=_("The person asked for it, and I know who it was."))
