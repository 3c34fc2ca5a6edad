"""The names of our cookies: their own on a developer's machine, with ``__Host-`` over HTTPS.

A browser takes a cookie with that prefix from this very host alone, over HTTPS, for all paths, so
that neither a sub-domain nor somebody on the way can put one of theirs in its place.
"""

from django.conf import settings


def cookie_name(name: str) -> str:
    """What a cookie of ours is called here; a name that is none of ours stays."""
    return str(settings.COOKIE_NAMES.get(name, name))


def is_prefixed(name: str) -> bool:
    """Whether a browser takes this cookie over HTTPS alone."""
    return cookie_name(name).startswith("__Host-")
