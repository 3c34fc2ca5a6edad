"""The web queues and withdraws mail, the worker queues notices, sends and notes the copies."""

from emsar.audit.roles import narrow
from emsar.outbox.models import MailCopy, OutboundMail

narrow(OutboundMail, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(MailCopy, web="SELECT", worker="SELECT, INSERT, DELETE")
