"""The language of the admin is a choice of the member of staff, kept with the login."""

from django.conf import settings
from django.http import HttpRequest

from emsar.staff.models import User


def set_language(request: HttpRequest) -> bool:
    """Store the posted language for the logged-in user; False for an unknown one."""
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return False
    if not isinstance(request.user, User):
        return False
    User.objects.filter(pk=request.user.pk).update(language=language)
    return True
