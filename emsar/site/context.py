from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from emsar.site.frame import page_frame


def site(request: HttpRequest) -> dict[str, Any]:
    """``site`` in every template; nothing is read before a template asks for it."""
    return {"site": SimpleLazyObject(lambda: page_frame(request))}
