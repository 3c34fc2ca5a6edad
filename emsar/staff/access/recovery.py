"""Ten codes on paper for the day on which the app is lost: stored hashed, each spent once."""

import base64
import hashlib
import secrets

from django.db import transaction
from django.utils import timezone

from emsar.staff.models import RecoveryCode, User

COUNT = 10
# 80 random bits: nobody guesses them, so a plain hash is enough and costs no time.
CODE_BYTES = 10
GROUP = 4


@transaction.atomic
def renew(user: User) -> list[str]:
    """Ten new codes, to be shown once; the ones before are void."""
    codes = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode() for _ in range(COUNT)]
    RecoveryCode.objects.filter(user=user).delete()
    rows = [RecoveryCode(user=user, code_hash=_hash(user, code)) for code in codes]
    RecoveryCode.objects.bulk_create(rows)
    return [grouped(code) for code in codes]


def spend(user: User, typed: str) -> bool:
    """Use a code up; False for a wrong one and for one that was used."""
    unused = RecoveryCode.objects.filter(user=user, used_at__isnull=True)
    found = unused.filter(code_hash=_hash(user, plain(typed)))
    return found.update(used_at=timezone.now()) == 1


def left(user: User) -> int:
    """How many codes can still be used."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


def looks_like_code(typed: str) -> bool:
    """Whether something is as long as a recovery code; the app's codes are shorter."""
    return len(plain(typed)) == len(base64.b32encode(bytes(CODE_BYTES)))


def plain(typed: str) -> str:
    """A code as it was made, however it is typed."""
    return "".join(sign for sign in typed.upper() if sign.isalnum())


def grouped(code: str) -> str:
    """``ABCD-EFGH-…``, easier to copy by hand."""
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def _hash(user: User, code: str) -> bytes:
    return hashlib.sha256(f"{user.pk}:{code}".encode()).digest()
