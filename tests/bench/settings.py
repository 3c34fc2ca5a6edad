"""The site as it runs in development, with two views beside it to compare with."""

import os

os.environ.setdefault("SECRET_KEY", "bench-only-" + "x" * 50)
os.environ["FORM_LIMIT"] = os.environ["COOKIE_LIMIT"] = "100000000"
os.environ.setdefault("GA_MEASUREMENT_ID", "G-BENCH0000")

from emsar.settings.dev import *  # noqa: F403

ROOT_URLCONF = "tests.bench.urls"
