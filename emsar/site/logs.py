"""What the site's logs may hold: when, where and what kind, and nothing of anybody (E-3.2i).

A fault is told by its class and the places it came by. Its words are left out: PostgreSQL quotes
the row, a form what was typed, a template the value.
"""

import json
import logging
import logging.config
import re
from collections.abc import Iterator, Mapping
from copy import copy
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from traceback import walk_tb
from types import TracebackType
from typing import Any

from django.conf import settings

from emsar.site.tracing import request_id, task_id

# A mailed link's token stands in the path or behind a question mark.
TOKEN = re.compile(r"(?<=[/=])[\w.:~-]{20,}")
_MAIL = re.compile(r"[^\s<>\"'(),:;@]+@[^\s<>\"'(),:;@]+")
# What Celery hands to its message about a failed task: the fault in words, and the arguments.
_WORDS = frozenset({"args", "exc", "kwargs", "return_value", "traceback"})
# Where Python's own warnings come in, and what they look like there.
WARNINGS = "py.warnings"
_WARNING = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+): (?P<kind>\w+): ")
MOST_PLACES = 60
# A fault of the error page itself would go through every middleware.
MOST_FAULTS = 5


def configure(table: dict[str, Any]) -> None:
    """What ``LOGGING_CONFIG`` names: takes the table of the settings, and Python's warnings in.

    Left alone they go to the standard error as they are, past every filter.
    """
    logging.config.dictConfig(table)
    logging.captureWarnings(True)


class WithoutPersons(logging.Filter):
    """Takes out of a message what may be somebody's.

    Tokens, because whoever holds one holds the right; mail addresses; the words of faults and of
    warnings; and of Django's own lines about a request the address, whose place is taken by its
    pattern.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name == WARNINGS:
            record.msg, record.args = warning_of(record.getMessage()), ()
        if isinstance(record.args, tuple):
            record.args = tuple(_argument(record, value) for value in record.args)
        elif isinstance(record.args, Mapping):
            record.args = {
                name: "…" if name in _WORDS else _argument(record, value)
                for name, value in record.args.items()
            }
        record.msg = _argument(record, record.msg)
        return True


def _argument(record: logging.LogRecord, value: object) -> object:
    if isinstance(value, BaseException):
        return class_of(value)
    if isinstance(value, str) and value.startswith("/") and hasattr(record, "request"):
        return pattern_of(record.request)
    return clean(record, value) if isinstance(value, str) else value


def clean(record: logging.LogRecord, text: str) -> str:
    """A text without the words of the fault that the line is about, and masked."""
    for fault in chain_of(record.exc_info[1] if record.exc_info else None):
        words = str(fault)
        text = text.replace(words, class_of(fault)) if words else text
    return str(masked(text))


def masked(value: object) -> object:
    """A text without tokens and mail addresses; anything else as it is."""
    return _MAIL.sub("…", TOKEN.sub("…", value)) if isinstance(value, str) else value


def warning_of(text: str) -> str:
    """The class of a warning and its place: it may quote a value as a fault does."""
    found = _WARNING.match(text)
    return f"{found['kind']} at {_shown(found['file'])}:{found['line']}" if found else "a warning"


def pattern_of(request: Any) -> str:
    """The pattern of a request's address: it says which page, and nothing of what was typed."""
    match = getattr(request, "resolver_match", None)
    return f"/{match.route}" if match else "(no page)"


def class_of(fault: BaseException) -> str:
    """The class of a fault with its module, as in "django.db.utils.IntegrityError"."""
    kind = type(fault)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def chain_of(fault: BaseException | None) -> Iterator[BaseException]:
    """A fault and what it came of, the outermost first; each of them once."""
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)


def _few_of(fault: BaseException | None) -> Iterator[BaseException]:
    return islice(chain_of(fault), MOST_FAULTS)


def places_of(traceback: TracebackType | None) -> list[str]:
    """Where a fault came by, as ``file:line function``, the innermost last."""
    steps = [(frame.f_code, line) for frame, line in walk_tb(traceback)][-MOST_PLACES:]
    return [f"{_shown(code.co_filename)}:{line} {code.co_name}" for code, line in steps]


def _shown(path: str) -> str:
    """A file as it stands in the project or in its package."""
    if path.startswith(f"{settings.BASE_DIR}/") and "site-packages" not in path:
        return str(Path(path).relative_to(settings.BASE_DIR))
    return path.rpartition("site-packages/")[2]


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message; request, task, fault if any."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
        }
        line |= {name: number for name, number in _numbers(record) if number}
        if record.exc_info and record.exc_info[1]:
            line["exception"] = [_told(fault) for fault in _few_of(record.exc_info[1])]
        return json.dumps(line, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """The same for a person's eyes, on a developer's machine."""

    def format(self, record: logging.LogRecord) -> str:
        plain = copy(record)
        plain.msg, plain.args = message_of(record), None
        # Another handler may have left the whole traceback there.
        plain.exc_text = plain.stack_info = None
        return super().format(plain)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        lines = []
        for fault in _few_of(ei[1]):
            lines += [class_of(fault), *(f"  {place}" for place in places_of(fault.__traceback__))]
        return "\n".join(lines)


def message_of(record: logging.LogRecord) -> str:
    """The message, once more without the words of its fault: an argument may have hidden them.

    A message that cannot be put together is one that nobody has looked at, so it is not shown.
    """
    try:
        return clean(record, record.getMessage())
    except (TypeError, ValueError, KeyError):
        return "(a message that does not fit its arguments)"


def _numbers(record: logging.LogRecord) -> Iterator[tuple[str, str]]:
    """The request's own number where the line is about one whose time is over."""
    request = getattr(record, "request", None)
    yield "request", request_id.get() or getattr(request, "number", "")
    yield "task", task_id.get()


def _told(fault: BaseException) -> dict[str, Any]:
    return {"type": class_of(fault), "stack": places_of(fault.__traceback__)}
