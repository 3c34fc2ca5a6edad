"""Moments that can always be read: one odd row must not hide all others."""

from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import models

from emsar.entities.businessdays import BAKU

# No request of ours is older: what is typed from before this day is a slip of the keyboard.
EARLIEST = datetime(2000, 1, 1, tzinfo=BAKU)
# PostgreSQL knows moments before the year 1, Python does not; a day is left for every time zone.
_READABLE = datetime(1, 1, 2, tzinfo=UTC)

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)


class ReadableMomentField(models.DateTimeField[_ST, _GT]):
    """A moment that comes out of the database as the first that Python can hold, if it is older."""

    def deconstruct(self) -> Any:
        """To the database it is a plain moment."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def select_format(self, compiler: Any, sql: str, params: Any) -> tuple[str, Any]:
        """Lift what is too old while it is read; where it is null it stays null."""
        lifted = f"CASE WHEN {sql} < %s THEN %s ELSE {sql} END"
        return lifted, (*params, _READABLE, _READABLE, *params)
