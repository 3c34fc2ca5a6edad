"""The WSGI application that granian serves; it refuses to start with a wrong key."""

import logging
import os

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "emsar.settings.production")

application = get_wsgi_application()


def _refuse_wrong_keys() -> None:
    from emsar.datamap.fingerprints import verify_keys

    try:
        verify_keys()
    except DatabaseError as problem:
        # Without its database the site starts and answers 503, and recovers without a restart.
        logging.getLogger(__name__).warning("keys not compared: %s", type(problem).__name__)


_refuse_wrong_keys()
