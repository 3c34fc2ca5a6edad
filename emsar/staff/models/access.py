"""How members of staff get in: the second factor, its substitutes, and what is open."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.staff.models.users import User


class TotpDevice(models.Model):
    """An authenticator app: time-based codes (RFC 6238), its secret encrypted.

    django-otp computes the codes; its own model keeps the secret in the clear, so the row is ours.
    ``secret`` is base32, ``last_step`` the number of the half minute whose code was used last: no
    code is taken twice. One that no first code has ``confirmed`` was only shown, and opens nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="factors")
    confirmed = models.BooleanField(default=False)
    secret = EncryptedTextField()
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "confirmed"], name="staff_one_factor_each"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RecoveryCode(models.Model):
    """A code on paper in place of the app: stored hashed, spent once."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="recovery_codes")
    code_hash = models.BinaryField(max_length=32)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "code_hash"], name="staff_one_code_once"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class StaffSession(models.Model):
    """A login with both factors. Without one that is open, no page of the admin is shown.

    ``seen_at`` is kept to the minute; ``confirmed_at`` is when the second factor was given last,
    which dangerous acts ask for. No network address is kept, only the kind of browser.
    """

    class End(models.TextChoices):
        LOGOUT = "logout", _("logged out")
        ENDED = "ended", _("ended by hand")
        IDLE = "idle", _("not used for too long")
        LIMIT = "limit", _("open for too long")
        ACCESS = "access", _("access was changed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="sessions")
    key = models.CharField(max_length=40)
    program = EncryptedTextField(_("browser"), null=True)
    started_at = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("last used"), default=timezone.now)
    confirmed_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=10, choices=End.choices, blank=True)

    class Meta:
        verbose_name = _("login")
        verbose_name_plural = _("logins")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user"], condition=Q(ended_at__isnull=True), name="staff_open"),
            models.Index(fields=["ended_at"], name="staff_ended"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Approval(models.Model):
    """What an administrator asks for and an officer has to agree to.

    ``agreed`` is NULL while nobody has decided. At most one of a kind waits for a person. With
    ``void_at`` it was taken back, or things have changed since, and nobody decides any more.
    """

    class Kind(models.TextChoices):
        MAKE_OFFICER = "make_dpo", _("make somebody data protection officer")
        RESET_FACTOR = "reset_factor", _("reset an officer's second factor")
        ADDRESS = "address", _("change an officer's mail address")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("what is asked"), max_length=20, choices=Kind.choices)
    user = models.ForeignKey(
        User, models.CASCADE, related_name="approvals", verbose_name=_("member of staff")
    )
    reason = EncryptedTextField(_("reason"))
    # The new one, for who is to be reached elsewhere.
    address = EncryptedTextField(_("email"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    agreed = models.BooleanField(_("agreed"), null=True)
    void_at = models.DateTimeField(_("taken back or overtaken"), null=True)

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering: ClassVar[list[str]] = ["-asked_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "user"],
                condition=Q(decided_at__isnull=True, void_at__isnull=True),
                name="staff_one_approval_waits",
            ),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True, decided_at__isnull=True, decided_by__isnull=True)
                | Q(
                    agreed__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    void_at__isnull=True,
                ),
                name="staff_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {str(self.pk)[:8]}"
