"""What a person needs to know once the site answers."""

import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException

from emsar.embedded.programs import Addresses

PATIENCE = 60.0


def announce(
    addresses: Addresses, logins: Sequence[dict[str, str]], say: Callable[[str], None]
) -> None:
    """Wait for the site, then ``say`` its addresses and the development logins."""
    end = time.monotonic() + PATIENCE
    while not answers(addresses.port):
        if time.monotonic() > end:
            say("The site does not answer yet; its own messages above say why.")
            return
        time.sleep(0.1)
    say(summary(addresses, logins))


def answers(port: int) -> bool:
    """Whether the site's process is alive and serves requests."""
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def summary(addresses: Addresses, logins: Sequence[dict[str, str]]) -> str:
    """Addresses and logins as lines for the screen."""
    lines = ["", "The site is up. Ctrl-C stops everything.", ""]
    lines += [f"  {name:<6} {address}" for name, address in addresses.public.items() if address]
    if logins:
        widest = max(len(login["username"]) for login in logins)
        lines += [
            "",
            "  Development logins of the admin (password, secret for the authenticator app):",
        ]
        lines += [
            f"    {login['username']:<{widest}}  {login['password']}  {login['totp_secret']}"
            f"  ({login['role']})"
            for login in logins
        ]
    return "\n".join([*lines, ""])
