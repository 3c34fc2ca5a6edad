"""Values that are proposed and approved, and the link to a new address."""

import re

from dsar.models import Case, Proposal
from dsar.services import corrections
from emsar.datamap.crypto import lookup_key
from emsar.datamap.folding import fold
from emsar.outbox.models import OutboundMail, Purpose
from emsar.subjects.identifiers import find
from emsar.subjects.models import SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.factories import make_user

EMAIL = "aysel@example.com"
NEW = "aysel.new@example.com"
REQUEST = "requests_inbox.consultationrequest"
ADDRESS = "subjects.subjectidentifier"


def now_of(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def propose(case, item, value: str, column: str = "name", **fields) -> Proposal:
    return corrections.propose(now_of(case), REQUEST, str(item.pk), column, value, **fields)


def propose_address(case: Case, value: str = NEW) -> Proposal:
    row = find("email", EMAIL)
    return corrections.propose(now_of(case), ADDRESS, str(row.pk), "value", value)


def approve(proposal: Proposal, *, yes: bool = True) -> Proposal:
    corrections.decide(proposal, yes, by=make_user())
    return proposal


def give_phone(item: ConsultationRequest, number: str) -> SubjectIdentifier:
    """A phone number on a request, known under the person of its address."""
    key = lookup_key("phone", fold(number))
    row = SubjectIdentifier(subject=item.subject, kind="phone", value=number, key=key)
    row.save()
    ConsultationRequest.objects.filter(pk=item.pk).update(phone=row)
    return row


def token_mailed(to: str) -> str:
    rows = OutboundMail.objects.filter(purpose=Purpose.RIGHTS).order_by("-created_at")
    mail = next(row for row in rows if row.to_address == to)
    found = re.search(r"/my-data/address/([\w-]+)/", mail.body or "")
    assert found
    return found[1]
