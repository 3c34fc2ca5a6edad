"""The development servers: PostgreSQL, Redis and a mail sink kept inside one folder.

``python -m emsar.embedded run`` is what ``make run`` calls; ``python -m emsar.embedded exec`` lends
the two servers to one command, as ``make test`` does. Nothing here imports a Django app.
"""
