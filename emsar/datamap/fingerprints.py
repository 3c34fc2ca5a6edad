"""Registering keys and noticing a wrong one at start-up, before it writes what nobody can read."""

from django.core.exceptions import ImproperlyConfigured

from emsar.datamap.keys import RINGS, ring
from emsar.datamap.models import KeyFingerprint


def register_keys() -> int:
    """Note the keys of this environment; the number of new ones. Raises for a changed one."""
    verify_keys(unregistered_is_wrong=False)
    new = 0
    for name in RINGS:
        for kid, fingerprint in ring(name).fingerprints().items():
            _, created = KeyFingerprint.objects.get_or_create(
                ring=name, kid=kid, defaults={"fingerprint": fingerprint}
            )
            new += created
    return new


def verify_keys(*, unregistered_is_wrong: bool = True) -> None:
    """Raise ImproperlyConfigured when a key differs from the one that this database knows."""
    known = {(row.ring, row.kid): row.fingerprint for row in KeyFingerprint.objects.all()}
    for name in RINGS:
        for kid, fingerprint in ring(name).fingerprints().items():
            registered = known.get((name, kid))
            if registered is None and unregistered_is_wrong:
                raise ImproperlyConfigured(
                    f"{name} {kid} is not registered here: run manage.py register_keys"
                )
            if registered not in (None, fingerprint):
                raise ImproperlyConfigured(
                    f"{name} {kid} is not the key this database was made with"
                )
