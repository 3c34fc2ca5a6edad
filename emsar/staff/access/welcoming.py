"""A new colleague (E-9c)."""

from django.db import transaction

from emsar.staff.access import approving
from emsar.staff.access.changing import tell_officers
from emsar.staff.access.inviting import invite
from emsar.staff.models import Approval, Role, User


@transaction.atomic
def welcome(user: User, *, actor: User, reason: str) -> None:
    """Invite somebody at once, an officer only when an officer has agreed.

    Raises StaffRefusedError when there is no officer who could.
    """
    user.set_unusable_password()
    user.is_active = user.role != Role.DPO
    user.save(force_insert=True)
    if user.is_active:
        tell_officers("new", user)
        invite(user, actor=actor.pk)
    else:
        approving.ask(Approval.Kind.MAKE_OFFICER, user, reason=reason, asked_by=actor)
