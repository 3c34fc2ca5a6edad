from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.datamap.terms import Unit
from emsar.entities.models.bases import Purposed


class CookieEntry(Purposed):
    """A cookie of the cookie policy (E-10b); its lifetime is a policy term's name, or a text."""

    class Party(models.TextChoices):
        FIRST = "first", _("first party")
        THIRD = "third", _("third party")

    class Category(models.TextChoices):
        NECESSARY = "necessary", _("necessary")
        ANALYTICS = "analytics", _("analytics")

    name = models.CharField(_("name"), max_length=40, primary_key=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    provider = models.CharField(_("provider"), max_length=100)
    lifetime_term = models.CharField(_("term of the lifetime"), max_length=40, blank=True)
    lifetime_az = models.CharField(_("lifetime in Azerbaijani"), max_length=100, blank=True)
    lifetime_en = models.CharField(_("lifetime in English"), max_length=100, blank=True)
    lifetime_ru = models.CharField(_("lifetime in Russian"), max_length=100, blank=True)
    party = models.CharField(_("party"), max_length=5, choices=Party.choices)
    category = models.CharField(_("category"), max_length=10, choices=Category.choices)

    class Meta:
        verbose_name = _("cookie")
        verbose_name_plural = _("cookies")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ScheduleTerm(models.Model):
    """A term that no policy names: of our own schedule, or asked for by the law (E-8k)."""

    class Group(models.TextChoices):
        SCHEDULE = "schedule", _("schedule")
        STATUTORY = "statutory", _("statutory")

    UNITS = [
        (Unit.BUSINESS_DAYS.value, _("business days")),
        (Unit.CALENDAR_DAYS.value, _("calendar days")),
        (Unit.CALENDAR_MONTHS.value, _("calendar months")),
        (Unit.YEARS.value, _("years")),
    ]

    id = models.BigAutoField(primary_key=True)
    group = models.CharField(_("group"), max_length=10, choices=Group.choices)
    name = models.CharField(_("name"), max_length=40)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=20, choices=UNITS)
    confirm = models.BooleanField(_("to be confirmed"), default=False)
    enabled = models.BooleanField(_("switched on"), default=True)

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["group", "position"]
        constraints = [
            models.UniqueConstraint(fields=["group", "name"], name="entities_one_term_a_name"),
            models.CheckConstraint(
                condition=models.Q(value__gte=1), name="entities_term_is_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.group}.{self.name}"
