"""Persons come by the form and by the worker that looks up demands; the web merges them.

The worker reads where to write and what is blocked, and mails links.
"""

from emsar.audit.roles import narrow
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier

for _model in (DataSubject, SubjectIdentifier, Objection, MailedLink):
    # Merging deletes the doubled person with all that hangs on it.
    narrow(_model, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, INSERT, UPDATE, DELETE")
