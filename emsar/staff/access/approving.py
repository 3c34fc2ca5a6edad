"""Officers are made, and get a new second factor, with an active officer's approval (E-9c)."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.audit.notices import notify_role
from emsar.staff.access.changing import change_address, hold, reactivate, reset_factor
from emsar.staff.access.inviting import StaffRefusedError, invite
from emsar.staff.access.overtaken import void, waiting
from emsar.staff.access.sessions import End, end_all
from emsar.staff.models import Approval, Role, User

Kind = Approval.Kind


@transaction.atomic
def ask(
    kind: str, user: User, *, reason: str, asked_by: User, address: str | None = None
) -> Approval:
    """Ask the officers; StaffRefusedError when the same is asked already, or nobody could agree."""
    hold(user)
    if not deciders(user).exists():
        raise StaffRefusedError(
            _("No other data protection officer can agree, so this is done on the command line.")
        )
    asked = Approval(kind=kind, user=user, reason=reason, asked_by=asked_by, address=address)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError:
        raise StaffRefusedError(_("This was asked already and waits for an answer.")) from None
    record("staff.ask_approval", actor=asked_by.pk, obj=asked, detail={"kind": kind})
    words = {"kind": kind, "username": user.username, "approval": asked.pk}
    notify_role(Role.DPO, "staff_approval", words, key=f"approval:{asked.pk}")
    return asked


@transaction.atomic
def decide(asked: Approval, *, officer: User, agreed: bool) -> None:
    """An officer answers, and what was agreed to is done at once."""
    user = asked.user
    hold(user)
    if not deciders(user).filter(pk=officer.pk).exists():
        raise StaffRefusedError(_("Only another active data protection officer may decide this."))
    if agreed and not _still_fits(asked.kind, user):
        raise StaffRefusedError(_("The login is not as it was when this was asked."))
    found, now = waiting().filter(pk=asked.pk), timezone.now()
    if found.update(agreed=agreed, decided_by=officer, decided_at=now) != 1:
        raise StaffRefusedError(_("This was decided already, or taken back."))
    detail = {"kind": asked.kind, "agreed": "yes" if agreed else "no"}
    record("staff.decide_approval", actor=officer.pk, obj=asked, detail=detail)
    if agreed:
        _carry_out(asked, actor=officer.pk)


def deciders(user: User) -> QuerySet[User]:
    """The officers who may decide about somebody: all but that person who can log in."""
    return User.objects.working_officers().exclude(pk=user.pk)


def _still_fits(kind: str, user: User) -> bool:
    """Whether granting it would do what was asked; the caller's transaction holds the login."""
    is_officer = user.is_dpo and user.is_active
    return is_officer != (kind == Kind.MAKE_OFFICER)


def _carry_out(asked: Approval, *, actor: UUID) -> None:
    user = asked.user
    if asked.kind == Kind.RESET_FACTOR:
        reset_factor(user, actor=actor, reason=asked.reason or "")
        return
    if asked.kind == Kind.ADDRESS:
        change_address(user, asked.address or "", actor=actor)
        return
    make_officer(user, actor=actor)


@transaction.atomic
def make_officer(user: User, *, actor: UUID | None) -> None:
    """Somebody becomes officer: a new colleague is invited, one who is here logs in again."""
    hold(user)
    before = user.role
    void(user, actor=actor)
    user.role, user.entity = Role.DPO, None
    user.save(update_fields=["role", "entity"])
    record("staff.change_role", actor=actor, obj=user, detail={"from": before, "to": Role.DPO})
    if not user.is_active:
        reactivate(user, actor=actor)
    elif user.has_usable_password():
        end_all(user, End.ACCESS)
    else:
        invite(user, actor=actor)
