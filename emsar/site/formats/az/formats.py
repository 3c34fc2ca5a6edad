"""Azerbaijani as Django has it, with the month in small letters everywhere: see ``months``."""

MONTH_DAY_FORMAT = "j E"
YEAR_MONTH_FORMAT = "E Y"
