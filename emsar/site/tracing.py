"""Which request or task a line of the log belongs to: a number that says nothing of anybody."""

import random
import re
from contextvars import ContextVar

request_id: ContextVar[str] = ContextVar("request_id", default="")
task_id: ContextVar[str] = ContextVar("task_id", default="")

# What proxies make: hexadecimal numbers and UUIDs. Nothing that a person could have written.
_ID = re.compile(r"[0-9a-fA-F-]{16,64}")


def new_id() -> str:
    """A number for a finished page as well, so it asks the operating system for nothing.

    It opens no door; that two are alike within the life of a log is as good as impossible.
    """
    return f"{random.getrandbits(64):016x}"


def is_id(text: str) -> bool:
    """Whether a text looks like the number of a request."""
    return _ID.fullmatch(text) is not None
