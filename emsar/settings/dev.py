"""Development: the embedded servers of `make run`, plain HTTP on one's own machine."""

from emsar.settings.base import *  # noqa: F403
from emsar.settings.base import ALLOWED_HOSTS

DEBUG = False
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
