"""The page of one request: everything known about it, and everything that can be done."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from emsar.audit import record
from emsar.entities.registry import registry
from emsar.staff.acting import acting_user
from emsar.staff.models import User
from emsar.subjects.identifiers import format_phone
from requests_inbox.admin.allowed import allowed, allowed_with_contract, is_blocked
from requests_inbox.admin.clock import clock_of
from requests_inbox.admin.forms import AssignForm, DraftForm, NoteForm
from requests_inbox.admin.greeting import opening
from requests_inbox.admin.history import history, transfers
from requests_inbox.admin.proof import proof_of
from requests_inbox.admin.thread import draft_of, entries, thread
from requests_inbox.models import ConsultationRequest, Message
from requests_inbox.services.documents import documents_of

RELATED = (
    "subject",
    "contact",
    "phone",
    "entity",
    "service",
    "version",
    "consent",
    "assigned_to",
    "writing_by",
)


def find_request(model_admin: Any, http: HttpRequest, key: object) -> ConsultationRequest:
    """The request of an address; Http404 when there is none that this user may see.

    Raises PermissionDenied for roles that see no requests at all.
    """
    if not model_admin.has_change_permission(http):
        raise PermissionDenied
    try:
        found = model_admin.get_queryset(http).select_related(*RELATED).filter(pk=key).first()
    except (ValidationError, ValueError):
        found = None
    if found is None:
        raise Http404
    item: ConsultationRequest = found
    return item


def address_of(item: ConsultationRequest) -> str:
    """The address of a request's page."""
    return reverse("admin:requests_inbox_consultationrequest_change", args=[item.pk])


def back_to(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse:
    """To the request's page; to the list once the request is out of this user's sight."""
    if is_visible(model_admin, http, item):
        return redirect(address_of(item))
    return redirect(reverse("admin:requests_inbox_consultationrequest_changelist"))


def is_visible(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> bool:
    """Whether this user may still see a request, which may have been handed over or blocked."""
    return bool(model_admin.get_queryset(http).filter(pk=item.pk).exists())


def frame(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> dict[str, Any]:
    """What every page about a request shows; looking at it is an audit event (E-9c)."""
    record("request.view", actor=http.user.pk, subject=item.subject_id, obj=item)
    return {
        **model_admin.admin_site.each_context(http),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "item": item,
        "title": item.reference,
        "is_blocked": is_blocked(item),
        "is_suspended": item.subject.suspension_covers(item.registered_at),
    }


def show(
    model_admin: Any,
    http: HttpRequest,
    item: ConsultationRequest,
    *,
    reply: DraftForm | None = None,
    note: NoteForm | None = None,
    news: Sequence[Message] = (),
    status: int = 200,
) -> HttpResponse:
    """The page; ``reply`` and ``note`` are forms that were refused, with what was typed.

    ``news`` are messages that the writer of ``reply`` had not seen: they stand above the form.
    """
    user = acting_user(http)
    if reply and news:
        reply.see_all()
    context = {
        **frame(model_admin, http, item),
        **_facts(item),
        **_contract(item, user),
        **_work(item, user, reply),
        "news": entries(item, news),
        "note_form": note or NoteForm(item, user),
        "assign_form": AssignForm(item, user),
    }
    return TemplateResponse(http, "admin/inbox/page.html", context, status=status)


def _facts(item: ConsultationRequest) -> dict[str, Any]:
    return {
        "thread": thread(item),
        "proof": proof_of(item),
        "clock": clock_of(item),
        "history": history(item),
        "transfers": transfers(item),
        "phone": format_phone(item.phone.value or "") if item.phone else "",
        "objections": list(item.subject.objections.order_by("at")),
    }


def _contract(item: ConsultationRequest, user: User) -> dict[str, Any]:
    """The documents that rest on a contract, and what may be done with it."""
    documents = list(documents_of(item, user).select_related("legal_reference").defer("text"))
    return {
        "documents": documents,
        "contract_verbs": allowed_with_contract(item, user, has_documents=bool(documents)),
    }


def _work(item: ConsultationRequest, user: User, refused: DraftForm | None) -> dict[str, Any]:
    """Who writes, what I have written so far, and what may be done now."""
    writer = item.writer(timezone.now())
    draft = draft_of(item, user)
    verbs = allowed(item)
    form = refused
    if form is None and writer == user and "write" in verbs:
        body = draft.body if draft else opening(item, user)
        form = DraftForm(item, user, initial={"body": body})
    return {
        "verbs": verbs,
        "writer": writer if writer != user else None,
        "draft": draft,
        "reply_form": form,
        "sender": registry().mailbox_of(item.entity_id or "").address,
        "is_mine": item.assigned_to_id == user.pk,
    }
