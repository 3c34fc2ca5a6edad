"""Many visitors at once, and a database that goes away under them: ``make load``."""
