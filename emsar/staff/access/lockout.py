"""Failed logins: after five from one address for one name it takes longer and longer.

The keyed counter keeps neither name nor address. Whoever has the password may try few codes,
wherever they come from.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from emsar.audit import record
from emsar.staff.addresses import client_network
from emsar.staff.counter import forget, hit, peek, window_start
from emsar.staff.mailing import tell
from emsar.staff.models import User

# So many failures within so many minutes close the door to the end of that window.
GROWING = ((15, 5), (60, 10), (24 * 60, 20))
# From one address, whatever the names; and for one name, wherever they come from.
BY_ADDRESS = ((15, 50),)
BY_NAME = ((60, 100),)


@dataclass(frozen=True)
class Door:
    """What is counted: a kind of attempt by somebody, and the limits that it has."""

    kind: str
    value: str
    limits: tuple[tuple[int, int], ...]

    def closed_until(self) -> datetime | None:
        """The latest end of a window that is full; None while the door is open."""
        now = timezone.now()
        ends = [
            window_start(now, minutes) + timedelta(minutes=minutes)
            for minutes, most in self.limits
            if peek(self.kind, self.value, minutes=minutes) >= most
        ]
        return max(ends, default=None)

    def fail(self) -> bool:
        """Count a failure; whether this very one closed the door."""
        counts = [
            (hit(self.kind, self.value, minutes=minutes), most) for minutes, most in self.limits
        ]
        return any(count == most for count, most in counts)

    def open_again(self) -> None:
        """Forget the failures, after a success."""
        for minutes, _most in self.limits:
            forget(self.kind, self.value, minutes=minutes)


def password_doors(request: HttpRequest, name: str) -> tuple[Door, ...]:
    """What a wrong password counts against, the person's own door first."""
    address, name = client_network(request), name[:150].casefold()
    return (
        Door("login", f"{name}\x1f{address}", GROWING),
        Door("login-address", address, BY_ADDRESS),
        Door("login-name", name, BY_NAME),
    )


def code_door(user: User) -> Door:
    """What a wrong code counts against: whoever types one knows the password already."""
    return Door("login-code", str(user.pk), GROWING)


def closed_until(doors: tuple[Door, ...]) -> datetime | None:
    """The latest moment until which one of the doors is closed."""
    ends = [until for door in doors if (until := door.closed_until()) is not None]
    return max(ends, default=None)


def fail(doors: tuple[Door, ...], user: User | None) -> None:
    """Count a failure; the person is told when it closed their door."""
    # All are counted, whichever of them is full.
    closed = [door for door in doors if door.fail()]
    if user is not None and doors[0] in closed:
        _tell(user, doors[0])


@transaction.atomic
def _tell(user: User, door: Door) -> None:
    record("staff.login_locked", actor=user.pk, obj=user)
    until = door.closed_until() or timezone.now()
    key = f"lockout:{door.kind}:{user.pk}:{until:%Y%m%d%H%M}"
    tell([user], "staff_lockout", {"until": until, "code": door.kind == "login-code"}, key=key)
