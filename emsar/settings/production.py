"""Production: HTTPS only, secrets from the environment; a missing or weak one stops the start."""

from django.core.exceptions import ImproperlyConfigured

from emsar.settings.base import *  # noqa: F403
from emsar.settings.base import PROFILE, SECRET_KEY, env

DEBUG = False
IS_PRODUCTION = True

for _name in ("DATABASE_URL_WEB", "DATABASE_URL_WORKER", "REDIS_URL", "EMAIL_URL"):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} must be set in production (see .env.example)")
if len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
    raise ImproperlyConfigured("SECRET_KEY must be at least 50 random characters")

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in PROFILE.hosts]
# W021 asks for HSTS preload: browsers ship that list and leaving it takes months, so it is the
# group's decision about all its subdomains, not a default of the software.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
