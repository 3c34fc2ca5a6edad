"""The one way to write an audit event."""

import re
from collections.abc import Mapping
from uuid import UUID

from django.db import models

from emsar.audit.models import AuditEvent

# What a person types has spaces, an @ or letters of its language; our codes have none of them.
_CODE = re.compile(r"[A-Za-z0-9_.,:/+-]{0,500}")


def record(
    action: str,
    *,
    actor: UUID | None,
    subject: UUID | None = None,
    obj: models.Model | None = None,
    detail: Mapping[str, str | int] | None = None,
) -> AuditEvent:
    """Append an event in the transaction that it reports.

    ``actor`` None is the machine or the public; ``detail`` must hold codes and numbers, never
    what somebody typed: anything else raises ValueError.
    """
    event = event_of(action, actor=actor, subject=subject, obj=obj, detail=detail)
    event.save()
    return event


def event_of(
    action: str,
    *,
    actor: UUID | None,
    subject: UUID | None = None,
    obj: models.Model | None = None,
    detail: Mapping[str, str | int] | None = None,
) -> AuditEvent:
    """The event not yet written, for callers that write several at once."""
    _insist_on_codes(action, detail or {})
    return AuditEvent(
        action=action,
        actor=actor,
        subject=subject,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        detail=dict(detail or {}),
    )


def _insist_on_codes(action: str, detail: Mapping[str, str | int]) -> None:
    for name, value in {"action": action, **detail}.items():
        if not isinstance(value, int) and not _CODE.fullmatch(value):
            # The value stays out of the message, which may be logged.
            raise ValueError(f"{name} of an audit event must be a code or a number")
