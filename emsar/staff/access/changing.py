"""What administrators do about colleagues: leaving, coming back, a lost factor, another role.

An administrator holds no personal data and cannot give himself any unnoticed: the officer is told
of every new account, role and factor, and officers are made by officers (E-9c).
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.audit.notices import notify_role
from emsar.entities.models import LegalEntity
from emsar.staff.access.inviting import StaffRefusedError, invite
from emsar.staff.access.overtaken import void
from emsar.staff.access.sessions import End, end_all
from emsar.staff.mailing import tell
from emsar.staff.models import RecoveryCode, Role, TotpDevice, User


def hold(user: User) -> None:
    """Let nobody else change this login until the transaction ends, and read it as it is now.

    The officers' logins are held with it, all in one order: so two who act at the same time wait
    for each other, and neither decides by what the other has just changed.
    """
    held = User.objects.select_for_update().filter(Q(pk=user.pk) | Q(role=Role.DPO))
    found = {one.pk: one for one in held.order_by("pk")}
    for field in User._meta.concrete_fields:
        setattr(user, field.attname, getattr(found[user.pk], field.attname))
    user._state.fields_cache.clear()


@transaction.atomic
def change_address(user: User, address: str, *, actor: UUID | None) -> None:
    """Another mail address: links that are under way end, the one before and the officers are
    told, each where they were reached until now."""
    hold(user)
    officers = list(User.objects.reachable(Role.DPO))
    void(user, actor=actor)
    before = User(pk=user.pk, email=user.email, language=user.language, username=user.username)
    user.email = address
    user.save(update_fields=["email"])
    record("staff.change_address", actor=actor, obj=user)
    key = f"{user.pk}:{timezone.now():%s%f}"
    tell([before], "staff_address_changed", {"username": user.username}, key=f"address:{key}")
    tell(officers, "staff_changed", _what("address", user), key=f"staff:address:{key}")


@transaction.atomic
def deactivate(user: User, *, actor: UUID | None) -> None:
    """Somebody leaves: no login from this moment on; what they did stays in the audit."""
    hold(user)
    _keep_an_officer(user)
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) != 1:
        raise StaffRefusedError(_("This login is switched off already."))
    end_all(user, End.ACCESS)
    void(user, actor=actor)
    record("staff.deactivate", actor=actor, obj=user)
    tell_officers("off", user)


@transaction.atomic
def reactivate(user: User, *, actor: UUID | None) -> None:
    """Somebody comes back, with a new invitation: what they had before opens nothing."""
    hold(user)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True) != 1:
        raise StaffRefusedError(_("This login is in use already."))
    user.is_active = True
    void(user, actor=actor)
    forget_factor(user)
    record("staff.reactivate", actor=actor, obj=user)
    tell_officers("reactivated", user)
    invite(user, actor=actor)


@transaction.atomic
def reset_factor(user: User, *, actor: UUID | None, reason: str) -> str:
    """The second factor is lost: a new invitation, whose link is returned; the person and the
    officers are told."""
    hold(user)
    void(user, actor=actor)
    forget_factor(user)
    end_all(user, End.ACCESS)
    record("staff.reset_factor", actor=actor, obj=user)
    key = f"factor:{user.pk}:{timezone.now():%s%f}"
    words = {"username": user.username, "reason": reason}
    tell([user], "staff_factor_reset", words, key=key)
    tell_officers("factor", user, reason=reason)
    return invite(user, actor=actor)


@transaction.atomic
def change_role(user: User, role: str, entity: LegalEntity | None, *, actor: UUID | None) -> None:
    """Another role from the next login on; the logins that are open end."""
    hold(user)
    _keep_an_officer(user)
    before = user.role
    void(user, actor=actor)
    user.role, user.entity = role, entity
    user.clean()
    user.save(update_fields=["role", "entity"])
    end_all(user, End.ACCESS)
    record("staff.change_role", actor=actor, obj=user, detail={"from": before, "to": role})
    tell_officers("role", user)


def tell_of_name(user: User) -> None:
    """Another name stands beside what somebody does: the person and the officers are told."""
    readers = {one.pk: one for one in [user, *User.objects.reachable(Role.DPO)]}
    key = f"staff:name:{user.pk}:{timezone.now():%s%f}"
    tell(list(readers.values()), "staff_changed", _what("name", user), key=key)


def forget_factor(user: User) -> None:
    """Neither app nor paper opens anything any more."""
    TotpDevice.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def tell_officers(what: str, user: User, **more: str) -> int:
    """Mail every officer what was changed about whom."""
    key = f"staff:{what}:{user.pk}:{timezone.now():%s%f}"
    return notify_role(Role.DPO, "staff_changed", _what(what, user, **more), key=key)


def _what(what: str, user: User, **more: str) -> Mapping[str, object]:
    return {
        "what": what,
        "username": user.username,
        # In each reader's language.
        "role_name": Role(user.role).label,
        "company": str(user.entity or ""),
        **more,
    }


def _keep_an_officer(user: User) -> None:
    """Refuse what would leave nobody who can log in as officer (E-9c); the login is held."""
    working = set(User.objects.working_officers().values_list("pk", flat=True))
    if working == {user.pk}:
        raise StaffRefusedError(
            _("This is the only data protection officer. Appoint another one first.")
        )
