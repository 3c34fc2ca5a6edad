"""What the models share: texts in three languages, rows that retire, tables of one row."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from emsar.entities.profile import LANGUAGES

NAME_LENGTH = 200
SLUG_LENGTH = 40
ONLY_ROW = 1


def only_row(name: str) -> models.CheckConstraint:
    """A table that describes one thing holds one row."""
    return models.CheckConstraint(condition=models.Q(id=ONLY_ROW), name=name)


def localized(row: models.Model, name: str, language: str | None = None) -> str:
    """The text ``name`` of a row in ``language``, or in the active one.

    A language that we do not write raises ValueError: no text falls back to another language
    unseen (S-0g).
    """
    wanted = (language or get_language() or "").split("-")[0]
    if wanted not in LANGUAGES:
        raise ValueError(f"no text is written in {wanted!r}")
    return str(getattr(row, f"{name}_{wanted}"))


class Localized(models.Model):
    """Base of models with texts in three languages, all of them required."""

    class Meta:
        abstract = True

    def text(self, name: str, language: str | None = None) -> str:
        """See `localized`."""
        return localized(self, name, language)


class Named(Localized):
    name_az = models.CharField(_("name in Azerbaijani"), max_length=NAME_LENGTH)
    name_en = models.CharField(_("name in English"), max_length=NAME_LENGTH)
    name_ru = models.CharField(_("name in Russian"), max_length=NAME_LENGTH)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.text("name")


class Purposed(Localized):
    purpose_az = models.TextField(_("purpose in Azerbaijani"))
    purpose_en = models.TextField(_("purpose in English"))
    purpose_ru = models.TextField(_("purpose in Russian"))

    class Meta:
        abstract = True


class Retirable(models.Model):
    """A row that others may point to: it is retired when it leaves the profile, never deleted."""

    slug = models.SlugField(_("slug"), max_length=SLUG_LENGTH, primary_key=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    active = models.BooleanField(_("active"), default=True)

    class Meta:
        abstract = True
        ordering = ["position", "slug"]
