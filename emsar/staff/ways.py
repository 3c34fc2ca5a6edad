"""Addresses of the admin that a request may be led to."""

from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme


def page_of_ours(address: str) -> str:
    """The page of the admin that somebody came from; the first page when it is none of ours."""
    first = reverse("admin:index")
    ours = address.startswith(first) and url_has_allowed_host_and_scheme(address, None)
    return address if ours else first
