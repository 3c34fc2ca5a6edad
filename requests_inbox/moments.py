"""The moments that anything here can have: others are slips of the keyboard."""

from datetime import datetime

from emsar.entities.businessdays import BAKU

EARLIEST = datetime(2000, 1, 1, tzinfo=BAKU)
# How far ahead of us a contract may end.
FURTHEST_MONTHS = 50 * 12
