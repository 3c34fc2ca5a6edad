"""Pages whose visits may be counted, and by what: only where the visitor agreed (E-3.2, E-10a).

A view says with `measured` that nothing personal stands in its address or title. The app that
knows the choice registers the tag; until it does, and for every other page, there is none.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]
# Content-Security-Policy: what a page with the tag may load more than others.
Sources = Mapping[str, Sequence[str]]
_MARK = "_measured"
_TAGS: list[Callable[[HttpRequest], Sources | None]] = []


def register_tag(sources: Callable[[HttpRequest], Sources | None]) -> None:
    """``sources`` gives what the tag loads on this visitor's page, or None for no tag."""
    _TAGS[:] = [sources]


def measured(view: View) -> View:
    """A page whose address and title are the same for everybody."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        setattr(request, _MARK, True)
        response = view(request, *args, **kwargs)
        found = tag_sources(request)
        if found is not None and response.status_code == HTTPStatus.OK:
            # What django-csp's own decorator does, for an answer of which it cannot know yet.
            response._csp_update = {name: list(its) for name, its in found.items()}  # type: ignore[attr-defined]
        return response

    return marked


def tag_sources(request: HttpRequest) -> Sources | None:
    """What the tag of this page loads; None for a page without one."""
    if not getattr(request, _MARK, False) or request.method not in {"GET", "HEAD"} or not _TAGS:
        return None
    return _TAGS[0](request)
