"""Why a request of a person can be refused; the person reads it in their language."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """The grounds of a refusal, each told together with the law behind it (E-8i)."""

    LAW_KEEPS = "law_keeps", _("a law requires us to keep the data")
    LAW_FORBIDS = "law_forbids", _("a law forbids telling it")
    NOT_PROVED = "not_proved", _("it was not proved who asks")
    OTHERS = "others", _("it would disclose data of another person")
    CORRECT = "correct", _("the data are correct as they stand")
    REPEATED = "repeated", _("the same was answered a short time ago")
    UNFOUNDED = "unfounded", _("the law gives no such right")
