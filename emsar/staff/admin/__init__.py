"""Staff, approvals and the audit in the admin; each module registers what it is for."""

from emsar.staff.access.views import account
from emsar.staff.admin import allowed, approvals, evidence, reviews, users

__all__ = ["account", "allowed", "approvals", "evidence", "reviews", "users"]
