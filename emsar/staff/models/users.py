import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from emsar.datamap.fields import EncryptedTextField
from emsar.entities.models import LegalEntity
from emsar.staff import permissions


class Role(models.TextChoices):
    """What a member of staff is here for; rights follow from it (E-9c)."""

    ENTITY_STAFF = "entity_staff", _("company staff")
    DPO = "dpo", _("data protection officer")
    ADMINISTRATOR = "administrator", _("administrator")
    AUDITOR = "auditor", _("auditor")


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def reachable(self, role: str, entity: LegalEntity | None = None) -> models.QuerySet["User"]:
        """Active staff of a role (and company) that can be written to."""
        found = self.filter(is_active=True, role=role, email__isnull=False)
        return found.filter(entity=entity) if entity is not None else found

    def working_officers(self) -> models.QuerySet["User"]:
        """The data protection officers who can log in: an invitation alone decides nothing."""
        return self.filter(is_active=True, role=Role.DPO, factors__confirmed=True)


class User(AbstractBaseUser):
    """A member of staff. ``__str__`` is the login name, which says a function, not a person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.SlugField(_("login name"), max_length=50, unique=True)
    full_name = EncryptedTextField(_("name and surname"), null=True, blank=True)
    email = EncryptedTextField(_("email"), null=True, blank=True, validators=[EmailValidator()])
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    entity = models.ForeignKey(
        LegalEntity, models.PROTECT, verbose_name=_("company"), null=True, blank=True
    )
    language = models.CharField(
        _("language"), max_length=2, choices=settings.LANGUAGES, default="az"
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("since"), default=timezone.now)
    invited_at = models.DateTimeField(_("invited"), null=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["role"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = _("member of staff")
        verbose_name_plural = _("staff")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role="entity_staff", entity__isnull=False)
                | (~models.Q(role="entity_staff") & models.Q(entity__isnull=True)),
                name="company_staff_have_a_company",
            )
        ]

    def __str__(self) -> str:
        return self.username

    def clean(self) -> None:
        """Company and role fit together; the constraint's own words would help nobody."""
        super().clean()
        if self.role not in Role.values:
            return
        if self.role == Role.ENTITY_STAFF and not self.entity_id:
            raise ValidationError({"entity": _("Company staff need a company.")})
        if self.role != Role.ENTITY_STAFF and self.entity_id:
            words = _("Only company staff have a company. Leave this empty for other roles.")
            raise ValidationError({"entity": words})

    def get_full_name(self) -> str:
        return self.full_name or self.username

    def get_short_name(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        """Everybody with a login is staff; visitors have none."""
        return True

    @property
    def is_dpo(self) -> bool:
        return self.role == Role.DPO

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_active and perm in permissions.of_role(self.role)

    def has_perms(self, perm_list: list[str], obj: object = None) -> bool:
        return all(self.has_perm(perm) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and any(
            perm.startswith(f"{app_label}.") for perm in permissions.of_role(self.role)
        )
