from django.db import models

from emsar.entities.models.bases import ONLY_ROW, only_row


class PublicationCounter(models.Model):
    """One number that changes whenever something changes that public pages are made from."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW, editable=False)
    value = models.BigIntegerField(default=0)

    class Meta:
        constraints = [only_row("entities_one_publication_counter")]

    def __str__(self) -> str:
        return str(self.value)
