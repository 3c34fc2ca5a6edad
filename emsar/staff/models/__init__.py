"""Members of staff, how they get in, and what is counted without naming anybody."""

from emsar.staff.models.counts import KeyedCount
from emsar.staff.models.users import Role, User, UserManager

__all__ = ["KeyedCount", "Role", "User", "UserManager"]
