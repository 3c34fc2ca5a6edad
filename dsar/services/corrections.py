"""Corrections: proposed, decided by the officer, and made wherever the old value stands (E-8d)."""

from datetime import timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import letters
from dsar.correcting import Place, checked, copies_of, find_place
from dsar.models import Case, CaseMessage, Disclosure, Kind, Outcome, Proposal, Status
from dsar.owning import is_own
from dsar.services.errors import CaseRefusedError, CaseStateError
from dsar.services.messages import file_of, guard_officer, store
from dsar.services.sharing import chosen_of, guard_chosen, look_again
from dsar.services.telling import tell_holders
from dsar.services.transitions import complete, lock, note_event
from dsar.services.writing import field_of, note_on_requests, requests_of, write
from dsar.walk import numbers_of
from emsar.audit import record
from emsar.datamap import terms
from emsar.outbox.notices import notify_role
from emsar.staff import rows
from emsar.staff.models import Role, User
from emsar.subjects import links
from emsar.subjects.identifiers import find
from emsar.subjects.models import IdentifierKind, MailedLink, SubjectIdentifier

NEW_ADDRESS = "new-address"
OPEN_STATES = (Proposal.State.PROPOSED, Proposal.State.CONFIRMING)
FIELDS = {
    "value": gettext_lazy("address"),
    "name": gettext_lazy("name and surname"),
    "company": gettext_lazy("company of the person"),
    "project": gettext_lazy("project information"),
    "language": gettext_lazy("language"),
    "contract_start": gettext_lazy("contract since"),
    "contract_end": gettext_lazy("contract until"),
    "body": gettext_lazy("message"),
    "title": gettext_lazy("what it is"),
    "text": gettext_lazy("words"),
    "details": gettext_lazy("in their words"),
    "postal": gettext_lazy("postal address"),
}


@transaction.atomic
def propose(
    case: Case, model: str, row: str, column: str, value: str, *, by: User | None = None
) -> Proposal:
    """Note a value that is to replace a wrong one, by the person or, with ``by``, by the officer.

    ``model`` is a label such as ``requests_inbox.consultationrequest``, ``row`` a key as text. A
    new proposal for the same place takes the place of an undecided one. Raises CaseStateError for
    a case that is not open, CaseRefusedError, in words, for what is not the person's, cannot be
    corrected, or is no possible value.
    """
    if by is not None:
        guard_officer(by)
    locked = _open(case, by)
    place = _place(locked, model, row, column)
    text = _checked(place, value)
    if text == place.value:
        raise CaseRefusedError(_("This is what is stored already."))
    found = Proposal(file=file_of(locked), model=model, row=row, column=column, value=text)
    found.proposed_by = by.pk if by else None
    same = Proposal.objects.filter(file=found.file, model=model, row=row, column=column)
    same.filter(state=Proposal.State.PROPOSED).delete()
    found.save(force_insert=True)
    actor = by.pk if by else None
    note_event(locked, "proposed", actor=actor, reason=column)
    _noted("case.propose", locked, found, actor)
    return found


@transaction.atomic
def decide(proposal: Proposal, approve: bool, *, by: User) -> None:
    """Correct what was proposed, or not.

    An email address is changed only after a link mailed to the new one was used; until then the
    proposal waits. When everything that was proposed is corrected, the case ends. Raises
    CaseRefusedError when the address belongs to the records of another person and when the value
    has become impossible; CaseStateError when it was decided before.
    """
    guard_officer(by)
    case = _open(proposal.file.case, by)
    fresh = _undecided(proposal, Proposal.State.PROPOSED)
    if approve:
        _approve(case, fresh, by.pk)
    else:
        _decided(fresh, Proposal.State.REJECTED, by.pk)
        note_event(case, "not_corrected", actor=by.pk, reason=fresh.column)
        _noted("case.correct.reject", case, fresh, by.pk)
        _end_if_done(case, by.pk)
    proposal.refresh_from_db()


@transaction.atomic
def accept(proposal: Proposal) -> None:
    """The person agreed to a value of an officer's, whose word was given with the proposal.

    It counts whatever has become of the officer since. Raises as :func:`decide`.
    """
    case = _open(proposal.file.case, None)
    fresh = _undecided(proposal, Proposal.State.PROPOSED)
    if fresh.proposed_by is None:
        raise CaseRefusedError(_("The data protection officer decides on what you proposed."))
    _approve(case, fresh, fresh.proposed_by)
    proposal.refresh_from_db()


def _approve(case: Case, proposal: Proposal, actor: UUID) -> None:
    if _is_address(proposal):
        _ask_new_address(case, proposal, actor)
    else:
        _apply(case, proposal, actor)


@transaction.atomic
def confirm_address(token: str) -> None:
    """Whoever reads the mail at the new address said that it is theirs: now it is changed.

    The page says the same whatever becomes of it: that the address belongs to the records of
    another person by now is told to the officer alone. Raises CaseStateError for a link that is
    unknown, used or expired, or whose case has ended, and when the old address is gone.
    """
    link = links.find_link(NEW_ADDRESS, token)
    proposal = Proposal.objects.filter(pk=link.record).first() if link else None
    if link is None or proposal is None:
        raise CaseStateError(_("This link is no longer valid."))
    with rows.of_person(link.subject_id):
        _confirm_address(link, proposal)


def _confirm_address(link: MailedLink, proposal: Proposal) -> None:
    case = _open(proposal.file.case, None)
    fresh = _undecided(proposal, Proposal.State.CONFIRMING)
    if not links.spend(link):
        raise CaseStateError(_("This link is no longer valid."))
    if _owner_of(fresh) is not None:
        _tell_officer(case, fresh)
    else:
        _apply(case, fresh, fresh.decided_by)


def _open(case: Case, by: User | None) -> Case:
    locked = lock(case)
    if locked.status != Status.OPEN or locked.verified_at is None:
        raise CaseStateError(_("Values can be proposed and decided while the case is open."))
    if by is None:
        guard_chosen(locked)
    elif look_again(locked):
        raise CaseRefusedError(_("Please choose first which records are this person's."))
    return locked


def _place(case: Case, model: str, row: str, column: str) -> Place:
    found = None
    if case.subject is not None:
        found = find_place(case.subject, chosen_of(case), model, row, column)
    if found is None or not is_own(case, found.row):
        raise CaseRefusedError(_("This value is not there, or it cannot be corrected."))
    return found


def _checked(place: Place, value: str) -> str:
    try:
        return checked(place, value)
    except ValidationError as problem:
        raise CaseRefusedError(" ".join(problem.messages)) from None


def _undecided(proposal: Proposal, state: str) -> Proposal:
    rows = Proposal.objects.select_for_update(of=("self",)).select_related("file")
    found = rows.filter(pk=proposal.pk, state=state).first()
    if found is None:
        raise CaseStateError(_("This proposal was decided already."))
    return found


def _decided(proposal: Proposal, state: str, actor: UUID | None) -> None:
    proposal.state, proposal.decided_at, proposal.decided_by = state, timezone.now(), actor
    proposal.save(update_fields=["state", "decided_at", "decided_by"])


def _is_address(proposal: Proposal) -> bool:
    """Whether it is an email address, which has to be proved first."""
    if proposal.model != SubjectIdentifier._meta.label_lower:
        return False
    rows = SubjectIdentifier.objects.filter(pk=proposal.row, kind=IdentifierKind.EMAIL)
    return rows.exists()


def _owner_of(proposal: Proposal) -> SubjectIdentifier | None:
    """Who has the proposed address already, be it this person under another row.

    Raises CaseStateError when the address that it was to replace is gone.
    """
    row = SubjectIdentifier.objects.filter(pk=proposal.row).first()
    if row is None:
        raise CaseStateError(_("This value is not there, or it cannot be corrected."))
    return find(row.kind, proposal.value or "")


def _guard_free(proposal: Proposal) -> None:
    if _owner_of(proposal) is not None:
        raise CaseRefusedError(
            _("This address belongs to records that we hold already. If they are this person's, "
              "please merge them; otherwise it cannot be entered here.")
        )  # fmt: skip


def _ask_new_address(case: Case, proposal: Proposal, actor: UUID) -> None:
    _guard_free(proposal)
    lifetime = timedelta(days=terms.value("schedule", "case_link"))
    token = links.issue(NEW_ADDRESS, proposal.file.person_id, proposal.pk, lifetime)
    to = proposal.value or ""
    letters.confirm_address(case, file_of(case), to, token, f"{proposal.pk}")
    _decided(proposal, Proposal.State.CONFIRMING, actor)
    note_event(case, "address_to_confirm", actor=actor)
    _noted("case.correct.ask", case, proposal, actor)


def _tell_officer(case: Case, proposal: Proposal) -> None:
    """The address came to belong to somebody else while the link was on its way."""
    _decided(proposal, Proposal.State.REJECTED, proposal.decided_by)
    note_event(case, "address_taken", actor=None)
    _noted("case.correct.taken", case, proposal, None)
    context = {"reference": case.reference, "case": str(case.pk)}
    notify_role(Role.DPO, "dsar_address_taken", context, key=f"case:{case.pk}:taken:{proposal.pk}")


def _apply(case: Case, proposal: Proposal, actor: UUID | None) -> None:
    """Write the value to the place and to every copy of what stood there."""
    assert case.subject is not None  # noqa: S101 - a proposal has a place of a person
    place = _place(case, proposal.model, proposal.row, proposal.column)
    value = _checked(place, proposal.value or "")
    if proposal.model == SubjectIdentifier._meta.label_lower:
        _guard_free(proposal)
    copies = copies_of(place, case.subject, chosen_of(case))
    places = [one for one in copies if is_own(case, one.row)]
    old = place.value
    for one in places:
        write(one, value)
    touched = requests_of(places)
    note_on_requests(touched, field_of(place), actor)
    _decided(proposal, Proposal.State.APPLIED, actor)
    note_event(case, "corrected", actor=actor, reason=proposal.column)
    _noted("case.correct", case, proposal, actor, copies=len(places))
    if old is not None:
        tell_holders(case, touched, proposal, str(FIELDS[proposal.column]))
        _note_disclosures(case, proposal, actor)
    _end_if_done(case, actor)


def _note_disclosures(case: Case, proposal: Proposal, actor: UUID | None) -> None:
    """Bodies outside that got the old value have no mailbox here: the officer is told of each."""
    name = f"{proposal.model}.{proposal.column}"
    numbers = numbers_of(case.subject) if case.subject else []
    rows = Disclosure.objects.filter(subject__in=numbers, fields__contains=[name])
    chosen = chosen_of(case)
    # The person reads notes with their data: nothing here of who was told of somebody else.
    rows = rows if chosen is None else rows.filter(uid__in=chosen)
    lines = [f"{row.recipient}, {row.document}" for row in rows.order_by("id")]
    if not lines:
        return
    words = _("Please tell those who got the old value (%(field)s): %(recipients)s.")
    field = FIELDS[proposal.column]
    body = words % {"field": field, "recipients": "; ".join(lines)}
    store(case, CaseMessage.Direction.NOTE, body, None)
    note_event(case, "recipients_to_tell", actor=actor)


def _end_if_done(case: Case, actor: UUID | None) -> None:
    """End the case once all is corrected; a value that was not needs a refusal with its ground."""
    rows = Proposal.objects.filter(file__case=case)
    states = set(rows.values_list("state", flat=True))
    if case.kind != Kind.CORRECTION or states != {Proposal.State.APPLIED}:
        return
    with translation.override(case.language):
        columns = rows.order_by("at").values_list("column", flat=True)
        fields = list(dict.fromkeys(str(FIELDS[column]) for column in columns))
    allowed = [Status.OPEN]
    complete(case, Outcome.FULFILLED, event="all_corrected", actor=actor, allowed=allowed)
    letters.corrected(case, file_of(case), fields)


def _noted(action: str, case: Case, proposal: Proposal, actor: UUID | None, **more: int) -> None:
    """The audit says which field, never which value."""
    detail: dict[str, str | int] = {"field": f"{proposal.model}.{proposal.column}", **more}
    record(action, actor=actor, subject=case.subject, obj=case, detail=detail)
