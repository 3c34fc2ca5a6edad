"""Persons come and are merged by the web; the worker reads where to write, and what is blocked."""

from emsar.audit.roles import narrow
from emsar.subjects.models import DataSubject, MailedLink, Objection, SubjectIdentifier

for _model in (DataSubject, SubjectIdentifier, Objection, MailedLink):
    # Merging deletes the doubled person with all that hangs on it.
    narrow(_model, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
