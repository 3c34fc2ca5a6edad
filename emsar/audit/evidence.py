"""Evidence rows: append-only, without personal data, each with an HMAC under a named key.

The database refuses UPDATE, DELETE and TRUNCATE to the application's roles by triggers (see the
``append_only`` migration operation); the HMAC shows a change that was made past them.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.keys import ring

EVIDENCE_COLUMNS = ("id", "uid", "at", "kid", "hmac")


class EvidenceQuerySet(models.QuerySet[Any]):
    """Evidence is written once: nothing here updates or deletes."""

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            row.sign()
        return super().bulk_create(rows, *args, **kwargs)


class EvidenceRow(models.Model):
    """Base of all evidence; subclasses add columns that hold no personal data.

    ``ADDED_LATER``: columns that came after the first rows, with the value that these have there.
    A row with that value is signed as if it had no such column, so old rows stay as written.
    """

    ADDED_LATER: ClassVar[Mapping[str, object]] = {}

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False, db_index=True)
    kid = models.CharField(max_length=16, editable=False)
    hmac = models.BinaryField(max_length=32, editable=False)

    objects: ClassVar[models.Manager[Any]] = EvidenceQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.sign()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def sign(self) -> None:
        """Compute the HMAC over every column but the database's own number."""
        self.kid, key = ring("EVIDENCE_KEYS").current
        self.hmac = self._digest(key)

    def intact(self) -> bool:
        """Whether the row is what was written, under the key that it names."""
        key = ring("EVIDENCE_KEYS").get(self.kid)
        return key is not None and hmac.compare_digest(bytes(self.hmac), self._digest(key))

    def _digest(self, key: bytes) -> bytes:
        return hmac.new(key, self.canonical(), hashlib.sha256).digest()

    def canonical(self) -> bytes:
        """The row as bytes that do not depend on the database or the process."""
        values = {
            field.attname: _plain(getattr(self, field.attname))
            for field in self._meta.concrete_fields
            if field.name not in {"id", "hmac"} and not self._is_absent(field.attname)
        }
        content = {"table": self._meta.db_table, **values}
        return json.dumps(content, sort_keys=True, ensure_ascii=False).encode()

    def _is_absent(self, column: str) -> bool:
        later = self.ADDED_LATER
        return column in later and getattr(self, column) == later[column]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, uuid.UUID | date):
        return str(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def evidence_models() -> list[type[EvidenceRow]]:
    """Every installed kind of evidence, by label."""
    found = [model for model in apps.get_models() if issubclass(model, EvidenceRow)]
    return sorted(found, key=lambda model: model._meta.label_lower)
