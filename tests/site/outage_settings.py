"""The settings of `test_outage`: the site with stand-ins above it, with the real pool or none."""

import os

from emsar.settings import base

# Taken before the settings of the tests remove it.
POOL = base.DATABASES["default"]["OPTIONS"].get("pool")

from emsar.settings.test import *  # noqa: E402, F403
from emsar.settings.test import DATABASES  # noqa: E402

ROOT_URLCONF = "tests.site.urls"
if os.environ["OUTAGE_POOL"] == "pool":
    DATABASES["default"]["OPTIONS"]["pool"] = POOL
