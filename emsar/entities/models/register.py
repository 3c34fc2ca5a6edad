from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from emsar.entities.businessdays import add_calendar_months
from emsar.entities.models.bases import ONLY_ROW, Localized, Named, Purposed, Retirable, only_row


class Recipient(Retirable, Named, Purposed):
    """Somebody who may receive personal data (E-6.2, E-6.5, E-12, S-3f to S-3h).

    The admin owns these rows; the loader only creates those that are missing. A column that is
    NULL is not known yet.
    """

    country_az = models.CharField(_("country in Azerbaijani"), max_length=200)
    country_en = models.CharField(_("country in English"), max_length=200)
    country_ru = models.CharField(_("country in Russian"), max_length=200)
    abroad = models.BooleanField(_("abroad"), default=False)
    contract = models.BooleanField(_("contract in place"), null=True, blank=True)
    contract_expires = models.DateField(_("contract ends"), null=True, blank=True)
    use_limited = models.BooleanField(
        _("may use data for this purpose only"), null=True, blank=True
    )
    no_contact = models.BooleanField(_("may not contact people itself"), null=True, blank=True)
    adequacy_note = models.TextField(
        _("note on equal protection abroad"),
        blank=True,
        help_text=_("Required for a recipient abroad (S-3f)."),
    )
    certificate = models.CharField(_("certificate"), max_length=200, blank=True)
    certificate_url = models.URLField(_("address of the certificate"), blank=True)
    certificate_expires = models.DateField(_("certificate ends"), null=True, blank=True)
    confirm = models.BooleanField(_("to be confirmed"), default=False)

    class Meta(Retirable.Meta):
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(abroad=False)
                | models.Q(active=False)
                | ~models.Q(adequacy_note=""),
                name="entities_recipient_abroad_has_note",
            ),
        ]

    def clean(self) -> None:
        if self.abroad and self.active and not self.adequacy_note.strip():
            reason = _("A recipient abroad needs a note on equal protection before it is enabled.")
            raise ValidationError({"adequacy_note": reason})

    def has_contract(self, today: date) -> bool:
        """Whether a contract binds the recipient today (E-6.5a); unknown counts as no."""
        return bool(self.contract) and not _past(self.contract_expires, today)

    def certificate_expired(self, today: date) -> bool:
        return _past(self.certificate_expires, today)


def _past(day: date | None, today: date) -> bool:
    return day is not None and day < today


class Authority(Named):
    """Where people complain (E-8i, E-14a): the authority and its service; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_ROW, editable=False)
    service_az = models.CharField(_("service in Azerbaijani"), max_length=200)
    service_en = models.CharField(_("service in English"), max_length=200)
    service_ru = models.CharField(_("service in Russian"), max_length=200)
    website = models.URLField(_("website"))
    email = models.EmailField(_("email"), blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    confirm = models.BooleanField(_("to be confirmed"), default=False)

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authority")
        constraints = [only_row("entities_one_authority")]


class LegalReference(Retirable, Localized):
    """A legal act that the policy rests on (E-1g to E-1j), to be looked at again in time."""

    title_az = models.TextField(_("title in Azerbaijani"))
    title_en = models.TextField(_("title in English"))
    title_ru = models.TextField(_("title in Russian"))
    number = models.CharField(_("number"), max_length=40)
    adopted = models.DateField(_("date of adoption"))
    last_review = models.DateField(_("last review"))
    review_months = models.PositiveSmallIntegerField(_("months between reviews"))
    confirm = models.BooleanField(_("to be confirmed"), default=False)

    class Meta(Retirable.Meta):
        verbose_name = _("legal reference")
        verbose_name_plural = _("legal references")

    def __str__(self) -> str:
        return self.text("title")

    @property
    def next_review(self) -> date:
        """The day by which the act has to be looked at again."""
        return add_calendar_months(self.last_review, self.review_months)

    def overdue(self, today: date) -> bool:
        return self.next_review < today
