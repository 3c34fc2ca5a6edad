"""The visitor's network address, for counting only; it is neither stored nor logged (E-3.2i)."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address that the outermost proxy of ours saw.

    Only as many entries of X-Forwarded-For are believed as there are proxies of ours; the ones
    before them are whatever the visitor liked to write.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    proxies = settings.TRUSTED_PROXIES
    if not proxies:
        return peer
    chain = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    chain = [part for part in chain if part]
    return chain[-proxies] if len(chain) >= proxies else peer
