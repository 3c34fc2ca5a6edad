"""Members of staff, how they get in, and what is counted without naming anybody."""

from emsar.staff.models.access import Approval, RecoveryCode, StaffSession, TotpDevice
from emsar.staff.models.counts import KeyedCount
from emsar.staff.models.reviews import SecurityReview
from emsar.staff.models.users import Role, User, UserManager

__all__ = [
    "Approval",
    "KeyedCount",
    "RecoveryCode",
    "Role",
    "SecurityReview",
    "StaffSession",
    "TotpDevice",
    "User",
    "UserManager",
]
