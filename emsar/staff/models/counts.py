from django.db import models

from emsar.datamap.fields import LookupKeyField


class KeyedCount(models.Model):
    """How often something happened in a window, under a key that changes daily (E-3.2i)."""

    key = LookupKeyField(primary_key=True)
    count = models.PositiveIntegerField()
    started_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.started_at)
