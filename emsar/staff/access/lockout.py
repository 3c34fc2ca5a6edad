"""Failed logins: after five from one address for one name it takes longer and longer.

The keyed counter keeps neither name nor address. Nothing counts for a name alone: a stranger could
close everybody's door with it, and whoever guesses from many addresses still lacks the second
factor. Whoever has the password may try few codes, wherever they come from.

Every attempt is counted before it is looked at, and given back when it was right or came too late:
many at once get no more tries than one after the other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from emsar.audit import record
from emsar.staff.addresses import client_network
from emsar.staff.counter import forget, give_back, hit, peek, window_start
from emsar.staff.mailing import nobody, tell
from emsar.staff.models import User

# So many failures within so many minutes close the door to the end of that window.
GROWING = ((15, 5), (60, 10), (24 * 60, 20))
# From one address, whatever the names.
BY_ADDRESS = ((15, 50),)
CODE = "login-code"


@dataclass(frozen=True)
class Door:
    """What is counted: a kind of attempt by somebody, and the limits that it has."""

    kind: str
    value: str
    limits: tuple[tuple[int, int], ...]

    def closed_until(self) -> datetime | None:
        """The latest end of a window that is full; None while the door is open."""
        return self._latest(
            minutes
            for minutes, most in self.limits
            if peek(self.kind, self.value, minutes=minutes) >= most
        )

    def knock(self) -> "Knock":
        """Count an attempt in every window."""
        counts = [hit(self.kind, self.value, minutes=minutes) for minutes, _most in self.limits]
        counted = list(zip(counts, self.limits, strict=True))
        return Knock(
            closed_until=self._latest(
                minutes for count, (minutes, most) in counted if count > most
            ),
            is_last=any(count == most for count, (_minutes, most) in counted),
        )

    def give_back(self) -> None:
        """The attempt was no failure."""
        for minutes, _most in self.limits:
            give_back(self.kind, self.value, minutes=minutes)

    def open_again(self) -> None:
        """Forget the failures, after a success."""
        for minutes, _most in self.limits:
            forget(self.kind, self.value, minutes=minutes)

    def _latest(self, windows: Iterable[int]) -> datetime | None:
        now = timezone.now()
        ends = [window_start(now, minutes) + timedelta(minutes=minutes) for minutes in windows]
        return max(ends, default=None)


@dataclass(frozen=True)
class Knock:
    """What one door says to an attempt: too late, or the last one for a while."""

    closed_until: datetime | None
    is_last: bool


@dataclass(frozen=True)
class Attempt:
    """Somebody tries a password or a code, counted; nothing is looked at while ``closed_until``."""

    doors: tuple[Door, ...]
    closed_until: datetime | None
    # Of the first door, which is the person's own.
    is_last: bool

    def succeeded(self) -> None:
        """It was right, which is no failure."""
        for door in self.doors:
            door.give_back()

    def failed(self, user: User | None) -> None:
        """It was wrong; the person is told when it closed their door."""
        if self.is_last:
            _tell(user, self.doors[0])


def attempt(*doors: Door) -> Attempt:
    """Count an attempt at every door; one that comes too late counts nowhere."""
    knocks = [door.knock() for door in doors]
    ends = [knock.closed_until for knock in knocks if knock.closed_until is not None]
    found = Attempt(doors, max(ends, default=None), knocks[0].is_last)
    if found.closed_until is not None:
        found.succeeded()
    return found


def password_doors(request: HttpRequest, name: str) -> tuple[Door, ...]:
    """What a wrong password counts against, the person's own door first."""
    address, name = client_network(request), name[:150].casefold()
    return (
        Door("login", f"{name}\x1f{address}", GROWING),
        Door("login-address", address, BY_ADDRESS),
    )


def code_door(user: User) -> Door:
    """What a wrong code counts against: whoever types one knows the password already."""
    return Door(CODE, str(user.pk), GROWING)


def change_door(user: User) -> Door:
    """What a wrong old password counts against: whoever types one sits at an open login."""
    return Door("password-change", str(user.pk), GROWING)


@transaction.atomic
def _tell(user: User | None, door: Door) -> None:
    """Audit event and mail; both as well for a name that nobody has, a mail that never leaves:
    neither the time nor the number of statements tells who has a login."""
    until = door.closed_until() or timezone.now()
    if user is None:
        record("staff.login_locked", actor=None)
    else:
        record("staff.login_locked", actor=user.pk, obj=user)
    reader = user or nobody()
    key = f"lockout:{door.kind}:{reader.pk}:{until:%Y%m%d%H%M}"
    words = {"until": until, "code": door.kind == CODE}
    tell([reader], "staff_lockout", words, key=key, also_nobody=True)
