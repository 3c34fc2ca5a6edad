"""Requests are worked on in the web; the worker notes what became of a reply, and dates.

The web deletes nothing but drafts of replies and documents that are none after all; the worker
what is past its last day kept. Of all rows the web has only those that its transaction is about
(`emsar.staff.rows`); what belongs to a request goes with it.
"""

from emsar.audit.roles import narrow
from emsar.audit.rows import Door, protect
from requests_inbox.models import (
    AccountingDocument,
    ConsultationRequest,
    HistoryEntry,
    Message,
    Transfer,
)

narrow(ConsultationRequest, web="SELECT, INSERT, UPDATE", worker="SELECT, UPDATE, DELETE")
narrow(Message, web="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, UPDATE, DELETE")
narrow(
    AccountingDocument,
    web="SELECT, INSERT, UPDATE, DELETE",
    worker="SELECT, UPDATE, DELETE",
)
narrow(HistoryEntry, web="SELECT, INSERT", worker="SELECT, INSERT, DELETE")
narrow(Transfer, web="SELECT, INSERT", worker="SELECT")

_LOOK, _LOOK_AND_ADD, _CHANGE = "SELECT", "SELECT, INSERT", "SELECT, UPDATE"
_WORK = "SELECT, INSERT, UPDATE"
_ALL = (
    Door("everything, counting", verbs=_LOOK),
    Door("everything", verbs="INSERT, UPDATE, DELETE"),
)
# The row belongs to a request that is open here as well.
_WITH = "EXISTS (SELECT 1 FROM requests_inbox_consultationrequest AS r WHERE r.id = {column})"
_DESKS = "company, person, request"
# Evidence is never rewritten: what was written before a merger bears the older number.
_OF_PERSON = """subject IN (
    WITH RECURSIVE numbers (id) AS (
        SELECT {value}
        UNION
        SELECT (e.detail ->> 'from')::uuid FROM audit_auditevent AS e
        JOIN numbers ON e.subject = numbers.id WHERE e.action = 'subject.merge'
    )
    SELECT id FROM numbers
)"""

protect(
    ConsultationRequest,
    *_ALL,
    # Without a company there is nothing to see, nobody's requests included.
    Door("company", "entity_id = {value} OR (entity_id IS NULL AND {value} IS NOT NULL)", _WORK),
    Door("person", "subject_id = {value}", _CHANGE, "uuid"),
    Door("request", "id = {value}", _CHANGE, "uuid"),
    Door("form", "id = {value}", "INSERT", "uuid"),
    Door("sent", "form_nonce = {value}", _LOOK, "uuid"),
)
protect(Message, *_ALL, Door(_DESKS, _WITH.format(column="request_id")))
protect(
    HistoryEntry,
    *_ALL,
    Door(_DESKS, _WITH.format(column="request_id"), _LOOK_AND_ADD),
    # Written in one statement with its request, which it therefore cannot see yet.
    Door("form", "request_id = {value}", "INSERT", "uuid"),
)
protect(
    Transfer,
    *_ALL,
    Door("company", _WITH.format(column="request"), _LOOK),
    Door("person", _OF_PERSON, _LOOK, "uuid"),
    Door("request", "request = {value}", _LOOK_AND_ADD, "uuid"),
)
protect(
    AccountingDocument,
    *_ALL,
    Door("company", "entity_id = {value}"),
    Door("person", "subject_id = {value}", _CHANGE, "uuid"),
    Door("request", "request = {value}", _CHANGE, "uuid"),
)
