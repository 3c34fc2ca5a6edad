from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.entities.models.bases import Named


class CalendarDay(Named):
    """A day of the business calendar (E-4a) that is not what its weekday says.

    The admin owns these rows: a loader adds days that are missing and changes none. A holiday that
    was taken back becomes ORDINARY instead of being deleted, so that no loader brings it back.
    """

    class Kind(models.TextChoices):
        OFF = "off", _("day off")
        WORKED = "worked", _("worked")
        ORDINARY = "ordinary", _("ordinary after all")

    class Source(models.TextChoices):
        LOADER = "loader", _("loader")
        STAFF = "staff", _("staff")

    id = models.BigAutoField(primary_key=True)
    date = models.DateField(_("date"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OFF)
    estimated = models.BooleanField(
        _("estimated"),
        default=False,
        help_text=_("Depends on the moon and has not been announced yet."),
    )
    source = models.CharField(
        _("source"), max_length=10, choices=Source.choices, default=Source.STAFF, editable=False
    )

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y} {self.get_kind_display()}"
