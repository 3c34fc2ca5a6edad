"""Consents are given and withdrawn in the web; the worker reads the words that it mails."""

from consent.models import ConsentEvent, ConsentText
from emsar.audit.roles import narrow

for _model in (ConsentEvent, ConsentText):
    narrow(_model, web="SELECT, INSERT", worker="SELECT")
