"""Production: HTTPS only, secrets from the environment; a missing or weak one stops the start."""

from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from emsar.settings import base
from emsar.settings.base import *  # noqa: F403
from emsar.settings.base import PROFILE, SITE_ORIGIN, env
from emsar.settings.outside import (
    mail_server,
    refuse_foreign_origin,
    refuse_open_ledger,
    refuse_open_mail,
    refuse_unclear_word,
)
from emsar.settings.strength import (
    refuse_repeats,
    refuse_weak_keys,
    refuse_weak_passwords,
    refuse_weak_secret_key,
    refuse_weak_token,
    refuse_wide_hosts,
)

DEBUG = False
IS_PRODUCTION = True

for _name in ("DATABASE_URL_WEB", "DATABASE_URL_WORKER", "REDIS_URL", "EMAIL_URL"):
    if not env.str(_name, default=""):
        raise ImproperlyConfigured(f"{_name} must be set in production (see .env.example)")
if env.ENVIRON.get("DEBUG", "").lower() not in {"", "0", "no", "off", "false"}:
    raise ImproperlyConfigured("DEBUG must not be set in production; there is no such switch")
refuse_weak_secret_key("SECRET_KEY", base.SECRET_KEY)
for _key in filter(None, base.SECRET_KEY_FALLBACKS):
    refuse_weak_secret_key("SECRET_KEY_FALLBACKS", _key)
refuse_weak_keys(
    {name: getattr(base, name) for name in ("FIELD_KEYS", "LOOKUP_KEYS", "EVIDENCE_KEYS")}
)
_URLS = ("DATABASE_URL", "DATABASE_URL_WEB", "DATABASE_URL_WORKER")
refuse_weak_passwords({name: env.str(name) for name in _URLS if env.str(name, default="")})
refuse_weak_token("READYZ_TOKEN", base.READYZ_TOKEN)
refuse_weak_token("LEDGER_TOKEN", base.LEDGER_TOKEN)
refuse_repeats(
    [
        ("SECRET_KEY", base.SECRET_KEY),
        *(("SECRET_KEY_FALLBACKS", _key) for _key in dict.fromkeys(base.SECRET_KEY_FALLBACKS)),
        ("READYZ_TOKEN", base.READYZ_TOKEN),
        ("LEDGER_TOKEN", base.LEDGER_TOKEN),
    ]
)
refuse_wide_hosts("EXTRA_HOSTS", base.HEALTH_HOSTS)
refuse_open_mail("EMAIL_URL", mail_server(env, "EMAIL_URL"))
refuse_open_ledger(base.LEDGER_URL, base.LEDGER_TOKEN)
refuse_foreign_origin("SITE_ORIGIN", SITE_ORIGIN, PROFILE.hosts)
for _name in ("HSTS_PRELOAD", "DSAR_SECOND_APPROVAL"):
    refuse_unclear_word(_name, env.str(_name, default=""))

# Where browsers come in; the second is led to the first.
ALLOWED_PORTS = frozenset({"", "443", "80", str(urlsplit(SITE_ORIGIN).port or "")})

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
# Believed of TRUSTED_PROXIES alone: `TrustedProxiesMiddleware` removes it from everybody else.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# W021 asks for HSTS preload: browsers ship that list and leaving it takes months, so it is the
# group's decision about all its subdomains, not a default of the software.
SILENCED_SYSTEM_CHECKS = [] if SECURE_HSTS_PRELOAD else ["security.W021"]

# A browser takes such a cookie over HTTPS from this very host alone, and for all of its paths.
COOKIE_NAMES = {
    "cookie_choice": "__Host-cookie_choice",
    "case_session": "__Host-case_session",
    "admin_session": "__Host-admin_session",
    "csrftoken": "__Host-csrf",
}
SESSION_COOKIE_NAME = COOKIE_NAMES["admin_session"]
SESSION_COOKIE_PATH = "/"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_NAME = COOKIE_NAMES["csrftoken"]
CSRF_COOKIE_PATH = "/"
CSRF_COOKIE_SECURE = True
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in PROFILE.hosts]

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
base.LOGGING["handlers"]["console"]["formatter"] = "json"  # type: ignore[index] # a plain table
