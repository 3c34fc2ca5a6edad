"""What is done on the request page itself: each verb is posted to an address of its own.

Whatever a service refuses is told in words, and what somebody has typed is never lost.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.outbox.sending import retry as send_again
from emsar.staff.acting import acting_user
from emsar.staff.verbpage import CONFLICT, UNPROCESSABLE
from requests_inbox.admin.forms import AssignForm, DraftForm, NoteForm, ReplyForm
from requests_inbox.admin.greeting import is_only_frame
from requests_inbox.admin.page import address_of, back_to, find_request, is_visible, show
from requests_inbox.mails import mailbox_of
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from requests_inbox.services.errors import RequestStateError, UnseenMessagesError
from requests_inbox.services.seen import unseen
from requests_inbox.services.transitions import guard_in_use, lock

_Verb = Callable[[Any, HttpRequest, ConsultationRequest], HttpResponse | None]


def posted(verb: _Verb) -> Callable[..., HttpResponse]:
    """A view that does a verb to a visible request and goes back to its page.

    Opening its address, as a browser does after a new login, only leads to the page.
    """

    def view(model_admin: Any, http: HttpRequest, pk: object) -> HttpResponse:
        item = find_request(model_admin, http, pk)
        if http.method != "POST":
            return redirect(address_of(item))
        try:
            answer = verb(model_admin, http, item)
        except RequestStateError as problem:
            messages.error(http, str(problem))
            answer = None
        return answer or back_to(model_admin, http, item)

    return view


@posted
def write(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse:
    """Open the reply form, and say so to colleagues."""
    replying.claim_writing(item, by=acting_user(http))
    return redirect(f"{address_of(item)}#reply")


@posted
def release(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse | None:
    """Put the pen down; what was written stays as a draft."""
    user = acting_user(http)
    form = DraftForm(item, user, http.POST)
    if not form.is_valid():
        return show(model_admin, http, item, reply=form, status=UNPROCESSABLE)
    replying.release_writing(item, by=user)
    body = form.cleaned_data["body"]
    if not is_only_frame(body, item, user) and replying.save_draft(item, body, by=user):
        messages.success(http, _("Your text is kept as a draft."))
    return None


@posted
def draft(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse:
    """Keep what is written so far and go on writing."""
    user = acting_user(http)
    form = DraftForm(item, user, http.POST)
    if not form.is_valid():
        return show(model_admin, http, item, reply=form, status=UNPROCESSABLE)
    try:
        kept = replying.save_draft(item, form.cleaned_data["body"], by=user)
    except RequestStateError as problem:
        return _refused(model_admin, http, item, problem, reply=form)
    messages.success(http, _("Draft saved.") if kept else _("Draft deleted."))
    if unseen(item, form.cleaned_data["seen"]):
        messages.warning(http, _("The thread has something new: please read it before you send."))
    replying.claim_writing(item, by=user)
    return redirect(f"{address_of(item)}#reply")


@posted
def reply(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse | None:
    """Mail the reply from the company's mailbox."""
    user = acting_user(http)
    form = ReplyForm(item, user, http.POST)
    try:
        # Whatever comes of it, whoever posts is writing still.
        replying.claim_writing(item, by=user)
        if not form.is_valid():
            return show(model_admin, http, item, reply=form, status=UNPROCESSABLE)
        replying.send_reply(item, by=user, **form.cleaned_data)
    except RequestStateError as problem:
        return _refused(model_admin, http, item, problem, reply=form)
    words = _("The reply to %(reference)s is being sent.")
    messages.success(http, words % {"reference": item.reference})
    return None


@posted
def note(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> HttpResponse | None:
    """Add an internal note, which the person may ask to see."""
    user = acting_user(http)
    form = NoteForm(item, user, http.POST)
    if not form.is_valid():
        return show(model_admin, http, item, note=form, status=UNPROCESSABLE)
    try:
        handling.add_note(item, form.cleaned_data["body"], by=user)
    except RequestStateError as problem:
        return _refused(model_admin, http, item, problem, note=form)
    messages.success(http, _("The note was added."))
    return None


@posted
def assign(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> None:
    """Say who works on it."""
    user = acting_user(http)
    form = AssignForm(item, user, http.POST)
    if not form.is_valid():
        raise RequestStateError(_("Please choose a colleague who may see this request."))
    to = form.cleaned_data["to"]
    handling.assign(item, to, by=user)
    words = _("%(name)s works on it now.") % {"name": to.get_full_name()} if to else ""
    messages.success(http, words or _("Nobody works on it now."))


@posted
def take(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> None:
    """I work on it."""
    user = acting_user(http)
    handling.assign(item, user, by=user)
    messages.success(http, _("This request is yours."))


@posted
def retry(model_admin: Any, http: HttpRequest, item: ConsultationRequest) -> None:
    """Send a reply again that could not be delivered, from the company that the request has now."""
    locked = lock(item)
    guard_in_use(locked)
    number = http.POST.get("message", "")
    failed = [row for row in item.messages.select_related("mail") if str(row.pk) == number]
    mail = failed[0].mail if failed else None
    if mail is None or mail.mailbox != mailbox_of(locked) or not send_again(mail):
        raise RequestStateError(_("This mail cannot be sent again."))
    record("mail.retry", actor=http.user.pk, subject=item.subject_id, obj=mail)
    messages.success(http, _("The mail is being sent again."))


def _refused(
    model_admin: Any,
    http: HttpRequest,
    item: ConsultationRequest,
    problem: RequestStateError,
    **forms: Any,
) -> HttpResponse:
    """The page again, saying why, with what was typed still in its form.

    A request that has gone out of this user's sight has no page: that is only told.
    """
    if not is_visible(model_admin, http, item):
        raise problem
    for form in forms.values():
        form.add_error(None, str(problem))
    fresh = find_request(model_admin, http, item.pk)
    news = problem.messages if isinstance(problem, UnseenMessagesError) else ()
    return show(model_admin, http, fresh, **forms, news=news, status=CONFLICT)


VERBS: dict[str, Callable[..., HttpResponse]] = {
    "write": write,
    "release": release,
    "draft": draft,
    "reply": reply,
    "note": note,
    "assign": assign,
    "take": take,
    "retry": retry,
}
