"""Only scheduled jobs seal and beat; whoever shows their state reads."""

from emsar.audit.models import Heartbeat, Seal
from emsar.audit.roles import narrow

narrow(Seal, web="SELECT", worker="SELECT, INSERT")
narrow(Heartbeat, web="SELECT", worker="SELECT, INSERT, UPDATE")
