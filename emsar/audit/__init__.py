"""Evidence: audit events, append-only rows, and the chain of seals over them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from django.db import models

    from emsar.audit.models import AuditEvent


def record(
    action: str,
    *,
    actor: UUID | None,
    subject: UUID | None = None,
    obj: "models.Model | None" = None,
    detail: Mapping[str, str | int] | None = None,
) -> "AuditEvent":
    """Append an audit event; see :func:`emsar.audit.recording.record`."""
    # Models cannot be imported while Django still loads the apps.
    from emsar.audit import recording

    return recording.record(action, actor=actor, subject=subject, obj=obj, detail=detail)
