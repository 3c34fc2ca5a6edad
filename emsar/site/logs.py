"""What the site's logs may hold of an address."""

import logging
import re

# A mailed link's token stands in the path or behind a question mark.
TOKEN = re.compile(r"(?<=[/=])[\w.:~-]{20,}")


class MaskTokens(logging.Filter):
    """Takes tokens out of the addresses that Django logs: whoever holds one holds the right."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(masked(argument) for argument in record.args)
        record.msg = masked(record.msg)
        return True


def masked(value: object) -> object:
    """A text with its tokens replaced; anything else as it is."""
    return TOKEN.sub("…", value) if isinstance(value, str) else value
