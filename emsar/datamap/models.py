from django.db import models


class KeyFingerprint(models.Model):
    """Which key stands behind an id: start-up refuses a process that holds another one."""

    ring = models.CharField(max_length=32)
    kid = models.CharField(max_length=16)
    fingerprint = models.CharField(max_length=64)
    registered_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ring", "kid"], name="one_key_an_id")]

    def __str__(self) -> str:
        return f"{self.ring} {self.kid}"
