"""What ``manage.py check --deploy`` says of the site itself."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register


@register(Tags.security, deploy=True)
def check_proxies(**_: Any) -> list[CheckMessage]:
    """Behind a proxy that nobody believes every request looks like plain HTTP, and is led in a
    circle."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return []
    return [
        checks.Warning(
            "TRUSTED_PROXIES is empty: no proxy is believed that a request came over HTTPS.",
            hint="Name the networks of your proxies, for example 172.30.77.0/24.",
            id="site.W001",
        )
    ]
