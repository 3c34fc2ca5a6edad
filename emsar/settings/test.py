"""Tests: real PostgreSQL, Redis and SMTP; only the password hasher is a cheap one."""

import os

# Keys of the tests alone; they protect nothing.
_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
os.environ.setdefault("SECRET_KEY", "tests-only-" + "x" * 50)
os.environ.setdefault("FIELD_KEYS", f"f1:{_KEY}")
os.environ.setdefault("LOOKUP_KEYS", f"l1:{_KEY}")
os.environ.setdefault("EVIDENCE_KEYS", f"e1:{_KEY}")
os.environ.setdefault("DATABASE_URL", "postgres:///emsar")
os.environ.setdefault("SITE_ORIGIN", "http://testserver")

from emsar.settings.base import *  # noqa: E402, F403
from emsar.settings.base import ALLOWED_HOSTS, BASE_DIR, DATABASES  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver", "localhost", "127.0.0.1"]
DATABASES["default"]["OPTIONS"].pop("pool", None)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WHITENOISE_USE_FINDERS = True
# Nothing is collected for tests; the finders serve the same files, and the folder must exist.
STATIC_ROOT = str(BASE_DIR / "emsar" / "site" / "assets" / "site")
# Tests move the clock while a colleague stays logged in; what ends a login has tests of its own.
STAFF_IDLE_MINUTES = STAFF_STEP_UP_MINUTES = 10**7
STAFF_SESSION_HOURS = 10**6
