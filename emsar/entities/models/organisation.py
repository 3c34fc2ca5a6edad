from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.entities.models.bases import (
    ONLY_ROW,
    SLUG_LENGTH,
    Localized,
    Named,
    Purposed,
    Retirable,
    only_row,
)


class Organisation(Localized):
    """The organisation that this installation speaks for: one row, loaded from its profile."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW, editable=False)
    key = models.SlugField(_("key of the profile"), max_length=SLUG_LENGTH)
    brand = models.CharField(_("brand"), max_length=100)
    about_az = models.TextField(_("about in Azerbaijani"))
    about_en = models.TextField(_("about in English"))
    about_ru = models.TextField(_("about in Russian"))
    main_host = models.CharField(_("main host"), max_length=253)
    has_form = models.BooleanField(_("has the consultation form"))
    shows_version_number = models.BooleanField(
        _("shows version numbers"), help_text=_("Otherwise policies show their update date.")
    )
    default_language = models.CharField(_("default language"), max_length=2)
    prevailing_language = models.CharField(_("prevailing language"), max_length=2, blank=True)
    timezone = models.CharField(_("time zone"), max_length=40)
    opens = models.TimeField(_("business hours begin"))
    closes = models.TimeField(_("business hours end"))
    registration_number = models.CharField(
        _("number of the state registration"), max_length=100, blank=True
    )
    registration_date = models.DateField(_("date of the state registration"), null=True, blank=True)
    inquiry_email = models.EmailField(_("address for personal data inquiries"))
    inquiry_subject_az = models.CharField(_("subject of inquiries in Azerbaijani"), max_length=200)
    inquiry_subject_en = models.CharField(_("subject of inquiries in English"), max_length=200)
    inquiry_subject_ru = models.CharField(_("subject of inquiries in Russian"), max_length=200)
    evidence_email = models.EmailField(_("address for evidence"))
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    whatsapp = models.CharField(_("WhatsApp"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisation")
        constraints = [only_row("entities_one_organisation")]

    def __str__(self) -> str:
        return self.brand


class LegalEntity(Retirable, Named):
    """A legal entity, independent controller in its field (E-2a, E-2b)."""

    field_az = models.CharField(_("field in Azerbaijani"), max_length=300)
    field_en = models.CharField(_("field in English"), max_length=300)
    field_ru = models.CharField(_("field in Russian"), max_length=300)
    description_az = models.TextField(_("description in Azerbaijani"))
    description_en = models.TextField(_("description in English"))
    description_ru = models.TextField(_("description in Russian"))
    email = models.EmailField(_("email"))
    website = models.URLField(_("website"))
    host = models.CharField(
        _("redirecting host"), max_length=253, blank=True, help_text=_("Only redirects (E-1e).")
    )
    tin = models.CharField(_("TIN"), max_length=10)

    class Meta(Retirable.Meta):
        verbose_name = _("legal entity")
        verbose_name_plural = _("legal entities")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(tin__regex=r"^[0-9]{10}$"), name="entities_tin_of_10_digits"
            ),
        ]


class Mailbox(Retirable, Purposed):
    """An address people write to (E-7.1b to E-7.1d); without an entity, the whole group's."""

    address = models.EmailField(_("address"))
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, verbose_name=_("legal entity"), null=True, blank=True
    )

    class Meta(Retirable.Meta):
        verbose_name = _("mailbox")
        verbose_name_plural = _("mailboxes")

    def __str__(self) -> str:
        return self.address


class Service(Retirable, Named):
    """A service of the form and where its requests go (E-3.1e); without an entity, nobody's yet."""

    entity = models.ForeignKey(
        LegalEntity,
        models.PROTECT,
        verbose_name=_("legal entity"),
        related_name="services",
        null=True,
        blank=True,
    )
    mailbox = models.ForeignKey(Mailbox, models.PROTECT, verbose_name=_("mailbox"))

    class Meta(Retirable.Meta):
        verbose_name = _("service")
        verbose_name_plural = _("services")
