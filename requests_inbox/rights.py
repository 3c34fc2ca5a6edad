"""Requests are worked on in the web; the worker notes what became of a reply, and dates.

Nothing is deleted but drafts of replies.
"""

from emsar.audit.roles import narrow
from requests_inbox.models import ConsultationRequest, HistoryEntry, Message, Transfer

narrow(ConsultationRequest, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE")
narrow(Message, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE")
narrow(HistoryEntry, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(Transfer, web="SELECT, INSERT", worker="SELECT")
