"""Invitations: a mailed link of 24 hours that leads to a password and a second factor (E-9b)."""

from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from emsar.audit import record
from emsar.staff.access.factors import factor_of
from emsar.staff.access.sessions import End, end_all
from emsar.staff.access.tokens import invitations, name_in_link, passwords
from emsar.staff.mailing import nobody, tell
from emsar.staff.models import StaffSession, TotpDevice, User


class StaffRefusedError(Exception):
    """An act about a member of staff that is not possible as things stand; the words say why."""


@transaction.atomic
def invite(user: User, *, actor: UUID | None) -> str:
    """Mail the link, which voids those before it; the link itself, for the command line.

    StaffRefusedError for somebody who has a second factor: only its reset, which is told to
    everybody, leads to another one.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if factor_of(user) is not None:
        raise StaffRefusedError(_("This login has a second factor. Reset that first."))
    # A secret that was shown under an earlier link opens nothing under this one.
    TotpDevice.objects.filter(user=user, confirmed=False).delete()
    user.invited_at = timezone.now()
    if not user.password:
        user.set_unusable_password()
    user.save(update_fields=["invited_at", "password"])
    link = _link("admin:invitation", user, invitations.make_token(user))
    until = user.invited_at + settings.STAFF_LINK_LASTS
    words = {"link": link, "username": user.username, "until": until}
    tell([user], "staff_invitation", words, key=f"invitation:{user.pk}:{user.invited_at:%s%f}")
    record("staff.invite", actor=actor, obj=user)
    return link


@transaction.atomic
def accept(user: User, password: str) -> None:
    """Give a new colleague the password that they chose; ValidationError for a weak one."""
    validate_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])
    record("staff.password", actor=user.pk, obj=user)


@transaction.atomic
def replace_password(user: User, password: str, *, but: StaffSession | None = None) -> None:
    """Another password: every login ends, but one if that is named.

    The person is told, so that a stranger's change is noticed.
    """
    accept(user, password)
    end_all(user, End.ACCESS, but=but)
    key = f"password:{user.pk}:{timezone.now():%s%f}"
    tell([user], "staff_password_changed", {"username": user.username}, key=key)


def tell_of_factor(user: User) -> None:
    """Tell somebody that their login has a second factor now, should it be somebody else's."""
    key = f"enrolled:{user.pk}:{timezone.now():%s%f}"
    tell([user], "staff_enrolled", {"username": user.username}, key=key)


@transaction.atomic
def mail_new_password(username: str) -> None:
    """Queue the link of an hour for a forgotten password.

    For a name that nobody has, the same is done with a mail to nobody: neither the answer nor
    its time tells who has an account.
    """
    found = User.objects.filter(username=username.casefold(), is_active=True).first()
    user = found or nobody()
    link = _link("admin:new_password", user, passwords.make_token(user))
    words = {"link": link, "username": user.username}
    key = f"new-password:{user.pk}:{timezone.now():%s%f}"
    tell([user], "staff_new_password", words, key=key, also_nobody=True)


def _link(page: str, user: User, token: str) -> str:
    origin: str = settings.SITE_ORIGIN
    return origin + reverse(page, args=[name_in_link(user), token])
