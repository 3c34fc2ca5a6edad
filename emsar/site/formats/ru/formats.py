"""Russian as Django has it; after the number of a day the month stands in the genitive."""

MONTH_DAY_FORMAT = "j E"
