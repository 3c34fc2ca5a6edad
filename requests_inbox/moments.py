"""The earliest moment that anything here can have: older ones are slips of the keyboard."""

from datetime import datetime

from emsar.entities.businessdays import BAKU

EARLIEST = datetime(2000, 1, 1, tzinfo=BAKU)
