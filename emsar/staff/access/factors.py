"""The second factor: codes of an authenticator app, each taken once (E-9b).

There is no other way in: no code by mail, and no device that is remembered.
"""

import base64
import binascii
import secrets
import time
from hmac import compare_digest
from urllib.parse import quote, urlencode

from django.db import transaction
from django_otp.oath import hotp

from emsar.staff.models import TotpDevice, User

DIGITS = 6
STEP_SECONDS = 30
SECRET_BYTES = 20
# One code to each side: clocks differ, and a code is read before it is typed.
STEPS_APART = (0, -1, 1)


def factor_of(user: User) -> TotpDevice | None:
    """The confirmed second factor; None for who has none yet."""
    return TotpDevice.objects.filter(user=user, confirmed=True).first()


def begin_enrolment(user: User) -> TotpDevice:
    """The secret to be put into an app; the same one again until a code confirms it."""
    found, _created = TotpDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"secret": new_secret()}
    )
    return found


def new_secret() -> str:
    """160 random bits as base32, as RFC 4226 wants them and apps take them."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def takes(device: TotpDevice, code: str) -> bool:
    """Whether the code is right now and was not used before; it is used up by this."""
    step = _step_of(device, code)
    if step is None:
        return False
    unused = TotpDevice.objects.filter(pk=device.pk, last_step__lt=step)
    return unused.update(last_step=step) == 1


@transaction.atomic
def confirm(device: TotpDevice, code: str) -> bool:
    """Make the factor valid by its first code; False beside one that is valid already."""
    # Two who come by links of the same person wait for each other here.
    User.objects.select_for_update().get(pk=device.user_id)
    if TotpDevice.objects.filter(user=device.user_id, confirmed=True).exists():
        return False
    if not takes(device, code):
        return False
    return TotpDevice.objects.filter(pk=device.pk, confirmed=False).update(confirmed=True) == 1


def address_for_app(device: TotpDevice, issuer: str) -> str:
    """What the QR code holds (the format that authenticator apps agreed on)."""
    label = quote(f"{issuer}:{device.user.username}", safe="")
    values = {"secret": device.secret or "", "issuer": issuer, "digits": DIGITS}
    return f"otpauth://totp/{label}?{urlencode(values, quote_via=quote)}"


def code_at(secret: str, step: int) -> str:
    """The code of a half minute; binascii.Error for a secret that is no base32."""
    return f"{hotp(base64.b32decode(secret), step, DIGITS):0{DIGITS}}"


def _step_of(device: TotpDevice, code: str) -> int | None:
    now = int(time.time()) // STEP_SECONDS
    typed = "".join(code.split())
    try:
        codes = {now + apart: code_at(device.secret or "", now + apart) for apart in STEPS_APART}
    except binascii.Error:
        # A secret that the present keys cannot read opens nothing.
        return None
    found = [
        step for step, right in codes.items() if compare_digest(typed.encode(), right.encode())
    ]
    return max(found, default=None)
