"""Who is acting in the admin, as the model that services want."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from emsar.staff.models import User


def acting_user(request: HttpRequest) -> User:
    """The member of staff behind a request; PermissionDenied for anybody else."""
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        raise PermissionDenied
    return user
