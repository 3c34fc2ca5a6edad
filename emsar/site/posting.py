"""What every form of ours that is posted needs before and after it is read."""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.response import HttpResponseRedirect


class SeeOther(HttpResponseRedirect):
    """Leads from what was posted to a page that can be reloaded."""

    status_code = HTTPStatus.SEE_OTHER


def refuse_large(request: HttpRequest) -> None:
    """Refuse by the announced length, before anything is read; it may be no number at all.

    Raises RequestDataTooBig above ``DATA_UPLOAD_MAX_MEMORY_SIZE`` bytes.
    """
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
