"""Logins are kept by the web, and leave by deactivation; the worker reads whom to write to.

It also counts the links that it mails, and clears what is short-lived, counters and ended
sessions; a row that is locked for that needs UPDATE.
"""

from django.contrib.sessions.models import Session

from emsar.audit.roles import narrow
from emsar.staff.models import (
    Approval,
    KeyedCount,
    RecoveryCode,
    SecurityReview,
    StaffSession,
    TotpDevice,
    User,
)

narrow(User, web="SELECT, INSERT, UPDATE", worker="SELECT")
narrow(TotpDevice, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT")
narrow(RecoveryCode, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT")
narrow(StaffSession, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
narrow(Approval, web="SELECT, INSERT, UPDATE", worker="SELECT")
# The worker notes that it told the officer, and forgets what is past its term.
narrow(SecurityReview, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
narrow(KeyedCount, web="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE, DELETE")
narrow(Session, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
