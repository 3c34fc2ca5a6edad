"""What a process of production does when it starts."""

import logging
import sys
import threading
from types import TracebackType

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)


def refuse_debug() -> None:
    """Raise ImproperlyConfigured when somebody turned on the pages that show everything."""
    if settings.DEBUG:
        raise ImproperlyConfigured("DEBUG must not be on in production")


def tell_faults() -> None:
    """Let a fault that ends a command or a thread go to the log, which leaves its words out."""
    sys.excepthook = _ended
    threading.excepthook = _thread_ended


def _ended(
    kind: type[BaseException], fault: BaseException, traceback: TracebackType | None
) -> None:
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, fault, traceback)
        return
    logger.critical("the process ends", exc_info=(kind, fault, traceback))


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None:
        logger.critical(
            "a thread ends", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback)
        )
