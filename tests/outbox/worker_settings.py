"""Settings of the workers that the kill test kills: a lease that it need not wait long for."""

from emsar.settings.test import *  # noqa: F403

OUTBOX_LEASE_SECONDS = 3
