"""The worker fetches and forgets; the web only shows."""

from emsar.audit.roles import narrow
from emsar.statistics.models import Fetch, Figure, RetentionReading, Snapshot

narrow(Snapshot, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(Figure, web="SELECT", worker="SELECT, INSERT, DELETE")
narrow(Fetch, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(RetentionReading, web="SELECT", worker="SELECT, INSERT, UPDATE, DELETE")
