"""What all environments share. Every value that differs comes from the environment."""

import os
import re
from datetime import timedelta
from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from emsar.entities.profile import read_profile
from emsar.settings.files import with_files
from emsar.settings.networks import networks
from emsar.settings.outside import database, mail_server

# Lets Django's own classes be written as generics, as the types want them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()
# Not put into the environment itself, which every program that is started would be given.
env.ENVIRON = with_files(os.environ)

PROFILE_PATH = Path(
    env.str(
        "ORGANISATION_PROFILE",
        default=str(BASE_DIR / "emsar" / "entities" / "profiles" / "emsargroup.toml"),
    )
)
# Hosts and the addresses of the error pages must be known while the database is not.
PROFILE = read_profile(PROFILE_PATH)

SITE_ORIGIN = env.str("SITE_ORIGIN", default=f"https://{PROFILE.main_host}")
# Under these names a process is asked whether it is well, and nothing else.
HEALTH_HOSTS = [host.strip() for host in env.list("EXTRA_HOSTS", default=[]) if host.strip()]
ALLOWED_HOSTS = [*PROFILE.hosts, *HEALTH_HOSTS]
# The ports a host may be called with; None for any: on one's own machine sites stand side by side.
ALLOWED_PORTS: frozenset[str] | None = None

SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
# Each a list "kid:base64 of 32 bytes"; the first is current, the others only read.
FIELD_KEYS = env.list("FIELD_KEYS")
LOOKUP_KEYS = env.list("LOOKUP_KEYS")
EVIDENCE_KEYS = env.list("EVIDENCE_KEYS")

INSTALLED_APPS = [
    "emsar.datamap",
    "emsar.audit",
    "emsar.entities",
    "emsar.staff",
    "emsar.subjects",
    "emsar.outbox",
    "emsar.retention",
    "emsar.statistics",
    "emsar.site",
    "policies",
    "consent",
    "requests_inbox",
    "dsar",
    "emsar.staff.admin_config.EmsarAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
]

MIDDLEWARE = [
    "emsar.site.middleware.proxies.TrustedProxiesMiddleware",
    "emsar.site.middleware.tracing.RequestIdMiddleware",
    "emsar.site.middleware.headers.EveryAnswerMiddleware",
    "emsar.site.middleware.hosts.OwnHostsMiddleware",
    "consent.middleware.CookieChoiceMiddleware",
    "emsar.site.middleware.finished.FinishedPagesMiddleware",
    "emsar.site.middleware.unavailable.DatabaseUnavailableMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "emsar.site.middleware.hosts.CompanyHostMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "emsar.site.middleware.headers.PrivacyHeadersMiddleware",
    "emsar.site.middleware.refusals.RefusalsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "emsar.staff.access.middleware.StaffSessionMiddleware",
    "emsar.staff.rowsmiddleware.StaffRowsMiddleware",
    "emsar.staff.middleware.StaffLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "emsar.urls"
WSGI_APPLICATION = "emsar.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "emsar.site.context.site",
            ],
            "builtins": ["emsar.site.templatetags.letters"],
        },
    }
]

# Three roles: the owner migrates; web and worker own nothing and hold only the rights they need.
DATABASE_ROLE = env.str("DATABASE_ROLE", default="owner")
_DATABASE_VARIABLE = {"web": "DATABASE_URL_WEB", "worker": "DATABASE_URL_WORKER"}.get(
    DATABASE_ROLE, "DATABASE_URL"
)
DATABASES = {"default": database(env, _DATABASE_VARIABLE)}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 0,
    "OPTIONS": {
        # A visitor waits three seconds at most for a database that does not answer.
        "pool": {"min_size": 1, "max_size": 8, "timeout": 3, "reconnect_timeout": 2},
        "connect_timeout": 3,
        # PostgreSQL keeps the plans of the few statements that are run by `bound_cursor`. To be
        # taken out behind a pooler that changes connections between transactions.
        "prepare_threshold": 5,
    },
}
DATABASE_ROLE_URLS = {
    "emsar_web": env.str("DATABASE_URL_WEB", default=""),
    "emsar_worker": env.str("DATABASE_URL_WORKER", default=""),
}

REDIS_URL = env.str("REDIS_URL", default="")
# redis-py and Celery write a socket's address differently; one setting serves both.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900, "unacked_restore_throttle": 1}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Baku"

vars().update(mail_server(env, "EMAIL_URL", default="smtp://localhost:25"))
EMAIL_TIMEOUT = 20
# Longer than a whole dialogue with a slow server, each of whose steps may take EMAIL_TIMEOUT.
OUTBOX_LEASE_SECONDS = 120

AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "admin:login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "emsar.staff.access.rules.NotAboutYourself",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {
        "NAME": "emsar.staff.access.rules.LongEnough",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "emsar.staff.access.rules.NotCommon"},
    {"NAME": "emsar.staff.access.rules.NotDigitsAlone"},
]

# Links to a first password and second factor; the one to a forgotten password lives an hour.
STAFF_LINK_LASTS = timedelta(hours=24)
PASSWORD_RESET_TIMEOUT = int(STAFF_LINK_LASTS.total_seconds())
# A login that is not used, and one that is; how long the second factor counts as just given.
STAFF_IDLE_MINUTES = 30
STAFF_SESSION_HOURS = 12
STAFF_STEP_UP_MINUTES = 10
# Forgotten passwords asked for from one network within FORM_LIMIT_MINUTES.
STAFF_RESET_LIMIT = 5

LANGUAGE_CODE = "az"
LANGUAGES = [("az", _("Azerbaijani")), ("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["emsar.site.formats"]
TIME_ZONE = "Asia/Baku"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "emsar" / "site" / "assets"]
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))
# Nobody else's page has anything to do with our files.
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var")))

DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 100
FILE_UPLOAD_HANDLERS = ["emsar.site.uploads.NoUploads"]
CSRF_FAILURE_VIEW = "emsar.site.errors.csrf_failure"
# Where the erasure ledger lies outside the database: a file, or an object store that takes PUT.
LEDGER_URL = env.str("LEDGER_URL", default=f"file://{DATA_DIR}/ledger/erasures.jsonl")
LEDGER_TOKEN = env.str("LEDGER_TOKEN", default="")
# Whether what is missing is only missing on a developer's machine: production says so itself.
IS_PRODUCTION = False
# Whether a second person has to agree before an approved deletion is carried out; the promised
# day comes without either.
DSAR_SECOND_APPROVAL = env.bool("DSAR_SECOND_APPROVAL", default=False)

# Statistics by Google Analytics: the tag's number for the pages, and what the worker reads with.
# Without them everything else works.
GA_MEASUREMENT_ID = env.str("GA_MEASUREMENT_ID", default="")
GA_PROPERTY_ID = env.str("GA_PROPERTY_ID", default="")
GA_CREDENTIALS_FILE = env.str("GA_CREDENTIALS_FILE", default="")
if not re.fullmatch(r"(G-[A-Z0-9]{4,20})?", GA_MEASUREMENT_ID):
    raise ImproperlyConfigured("GA_MEASUREMENT_ID must look like G-AB12CD34EF, or be left out")
if not re.fullmatch(r"[0-9]{0,20}", GA_PROPERTY_ID):
    raise ImproperlyConfigured("GA_PROPERTY_ID must be the number of a property, or be left out")

FORM_LIMIT = env.int("FORM_LIMIT", default=20)
FORM_LIMIT_MINUTES = env.int("FORM_LIMIT_MINUTES", default=15)
# Choices about cookies from one network in the same time; each acceptance is a row of evidence.
COOKIE_LIMIT = env.int("COOKIE_LIMIT", default=30)
# Networks of our own proxies: what they say of a visitor is believed, and what nobody else says.
TRUSTED_PROXIES = networks("TRUSTED_PROXIES", env.list("TRUSTED_PROXIES", default=[]))
# With it `/readyz` names what is wrong; without it nobody is told more than good or bad.
READYZ_TOKEN = env.str("READYZ_TOKEN", default="")
# Where faults are reported to, without the words of anybody; nowhere by default.
SENTRY_DSN = env.str("SENTRY_DSN", default="")

# What our cookies are called where that differs from their own names; see `emsar.site.cookies`.
COOKIE_NAMES: dict[str, str] = {}
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# Longer than a login, whose end says why it came.
SESSION_COOKIE_AGE = 13 * 60 * 60
SESSION_COOKIE_NAME = "admin_session"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_PATH = "/admin/"
# A notice of the admin waits in the session; the other storage has a cookie of its own.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

LOGGING_CONFIG = "emsar.site.logs.configure"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "emsar.site.logs.PlainLines",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "emsar.site.logs.JsonLines"},
    },
    "filters": {"without_persons": {"()": "emsar.site.logs.WithoutPersons"}},
    "handlers": {
        "console": {
            "filters": ["without_persons"],
            "class": "logging.StreamHandler",
            "formatter": "plain",
        },
        "null": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # Addresses, tokens and typed text reach these loggers; E-3.2i promises that none is kept.
        "django.security": {"handlers": ["null"], "propagate": False},
        "django.server": {"handlers": ["null"], "propagate": False},
        # A line for each task that went well would be one each second.
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
    },
}
