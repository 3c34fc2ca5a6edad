"""Notices to staff by role: one mail a person, in that person's language, once a key."""

from collections.abc import Mapping

from emsar.outbox.composing import compose
from emsar.outbox.models import OutboundMail, Purpose
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
) -> int:
    """Queue a notice to these people; a key that was used already sends nothing again."""
    mails = [
        compose(
            template,
            context,
            language=user.language,
            key=f"{key}:{user.pk}",
            purpose=Purpose.STAFF,
            reference=reference,
            to_address=user.email,
        )
        for user in users
    ]
    OutboundMail.objects.bulk_create(mails, ignore_conflicts=True)
    return len(mails)
