"""Notices to staff by role: one mail a person, in that person's language, once a key."""

from collections.abc import Mapping
from uuid import UUID

from emsar.outbox.composing import compose
from emsar.outbox.models import OutboundMail, Purpose, Status
from emsar.staff.models import User


def notify_role(role: str, template: str, context: Mapping[str, object], *, key: str) -> int:
    """Queue a notice to everybody with a role; the number of people."""
    return notify(list(User.objects.reachable(role)), template, context, key=key)


def notify(
    users: list[User],
    template: str,
    context: Mapping[str, object],
    *,
    key: str,
    reference: str = "",
    subject_id: UUID | None = None,
    about: UUID | None = None,
) -> int:
    """Queue a notice to these people; a key that was used already sends nothing again.

    ``subject_id`` is the person whom it is about, so that a block holds it back (E-8h);
    ``about`` the record that it tells of, with which it goes.
    """
    mails = [
        compose(
            template,
            context,
            language=user.language,
            key=f"{key}:{user.pk}",
            purpose=Purpose.STAFF,
            reference=reference,
            subject_id=subject_id,
            about=about,
            to_address=user.email,
            # A mail to nobody is made where it must not be noticed that there is nobody.
            status=Status.QUEUED if user.email else Status.CANCELLED,
        )
        for user in users
    ]
    OutboundMail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)
