"""Column types of personal data: encrypted text and keyed look-up keys."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import FieldError, ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

from emsar.datamap.crypto import UNREADABLE_MARK, decrypt, encrypt, is_unreadable


def readable(value: object) -> None:
    """Refuse the marker that a form of the admin showed: saving it would lose the value."""
    if value == UNREADABLE_MARK:
        raise ValidationError(
            _("This value cannot be read with the present keys. Enter it anew or ask for the key."),
            code="unreadable",
        )


class EncryptedTextField(models.TextField[str | None, str | None]):
    """Text that PostgreSQL stores as AES-256-GCM ciphertext (``bytea``).

    It can be read and written, not compared: every value has its own nonce. Look-ups other than
    ``isnull`` raise FieldError; find rows by a look-up key instead.
    """

    description = "Encrypted text"
    default_validators = [readable]

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_internal_type(self) -> str:
        return "BinaryField"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "bytea"

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        if value is None or hasattr(value, "as_sql"):
            return value
        if is_unreadable(value):
            raise ValueError(f"{self.place}: an unreadable value must not be written back")
        return encrypt(str(value), self.place)

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        return None if value is None else decrypt(bytes(value), self.place)

    def to_python(self, value: Any) -> Any:
        return value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is encrypted: it cannot be searched ({lookup_name})")
        return super().get_lookup(lookup_name)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """A field left empty means that nothing is known, not that an empty text is."""
        if self.null:
            kwargs.setdefault("empty_value", None)
        return super().formfield(*args, **kwargs)


class LookupKeyField(models.BinaryField[bytes, bytes | memoryview]):
    """A keyed HMAC (32 bytes) by which an encrypted value is found exactly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 32)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else bytes(value)


def lookup_words_field() -> ArrayField[Any, Any]:
    """Keys of the folded words of names and companies, found through a GIN index."""
    return ArrayField(models.BinaryField(max_length=32), default=list, blank=True)
