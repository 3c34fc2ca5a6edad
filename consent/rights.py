"""Consents are given and withdrawn in the web; the worker reads the words that it mails.

A withdrawal that waited for the officer's choice is recorded by the worker, before it is late.
"""

from consent.models import ConsentEvent, ConsentText, RefusalCount
from emsar.audit.roles import narrow

narrow(ConsentEvent, web="SELECT, INSERT", worker="SELECT, INSERT")
narrow(ConsentText, web="SELECT, INSERT", worker="SELECT")
narrow(RefusalCount, web="SELECT, INSERT, UPDATE", worker="SELECT")
