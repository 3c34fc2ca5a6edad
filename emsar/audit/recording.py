"""The one way to write an audit event."""

from collections.abc import Mapping
from uuid import UUID

from django.db import models

from emsar.audit.models import AuditEvent


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
    what somebody typed.
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
    return AuditEvent(
        action=action,
        actor=actor,
        subject=subject,
        object_type=obj._meta.label_lower if obj is not None else "",
        object_id=str(obj.pk) if obj is not None else "",
        detail=dict(detail or {}),
    )
