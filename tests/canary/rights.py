"""What a person demands of their data and what the officer does about it, in known words."""

import re
from email.message import EmailMessage

from django.test import Client
from django.utils import timezone

from dsar.models import Case, Kind, Proposal
from emsar.entities.models import LegalReference
from emsar.staff.models import User
from emsar.subjects.models import SubjectIdentifier
from requests_inbox.models import ConsultationRequest
from tests.canary.acts import browser, desk, member, text_of
from tests.canary.words import (
    ANSWER,
    BETTER_NAME,
    CASE_NOTE,
    DETAILS,
    EMAIL,
    NEW_EMAIL,
    PAPER,
    POSTAL,
    QUESTION,
    SEEN,
    TITLE,
    WRITER,
)
from tests.dsar.desk import url, verb_url

ASKED = (Kind.ACCESS, Kind.CORRECTION, Kind.COMPLAINT)


def demand(*kinds: str, email: str = EMAIL) -> None:
    """The form of a person's rights, with mistakes before it."""
    fields = {"kind": list(kinds), "details": DETAILS}
    person = browser()
    assert person.post("/az/my-data/", {**fields, "email": f"{email}@"}).status_code == 422
    assert person.post("/az/my-data/", {**fields, "email": email}).status_code == 303


def link_in(mails: list[EmailMessage], name: str, address: str) -> str:
    """The last link of that name which was mailed there."""
    found = (
        re.search(rf"/az/my-data/{name}/\S+/", text_of(mail))
        for mail in mails
        if mail["To"] == address
    )
    return [match[0] for match in found if match][-1]


def come_in(path: str, email: str = EMAIL) -> Client:
    """Open the link, mistype the address, and prove it."""
    person = browser()
    assert person.get(path).status_code == 200
    assert person.post(path, {"email": f"x{email}"}).status_code == 422
    assert person.post(path, {"email": email}).status_code == 303
    return person


def follow(person: Client, request: ConsultationRequest) -> None:
    """Look at everything, write, propose a right value, fetch the copy."""
    pages = {case.kind: f"/az/my-data/cases/{case.reference}/" for case in Case.objects.all()}
    for page in ("/az/my-data/cases/", *pages.values()):
        assert person.get(page).status_code == 200
    message = {"body": QUESTION}
    assert person.post(f"{pages[Kind.COMPLAINT]}message/", message).status_code == 303
    place = f"requests_inbox.consultationrequest|{request.pk}|name"
    better = {"field": place, "value": BETTER_NAME}
    assert person.post(f"{pages[Kind.CORRECTION]}propose/", better).status_code == 303
    row = SubjectIdentifier.objects.get(subject=request.subject_id, kind="email")
    moved = {"field": f"subjects.subjectidentifier|{row.pk}|value", "value": NEW_EMAIL}
    assert person.post(f"{pages[Kind.CORRECTION]}propose/", moved).status_code == 303
    copy = person.post(f"{pages[Kind.ACCESS]}copy/")
    assert (copy.status_code, copy.headers["Content-Type"]) == (200, "application/zip")


def officer_works(officer: User) -> None:
    """On the pages of the cases: notes, messages, a wrong search, what was proposed, an answer."""
    staff = member(officer)
    for case in Case.objects.all():
        assert staff.get(url("case_change", case.pk)).status_code == 200
    complaint = Case.objects.get(kind=Kind.COMPLAINT)
    for verb, data in (
        ("note", {"words": CASE_NOTE}),
        ("message", {"words": ANSWER}),
        ("question", {"words": QUESTION}),
        ("resume", {}),
    ):
        assert staff.post(verb_url(complaint, verb), data).status_code == 302, verb
    for proposal in Proposal.objects.all():
        address = url("case_decide", proposal.file.case_id, proposal.pk)
        assert staff.post(address, {"decision": "approve"}).status_code == 302
    answer = {"words": ANSWER, "outcome": "fulfilled"}
    assert staff.post(verb_url(complaint, "answer"), answer).status_code == 302


def write_down(officer: User) -> None:
    """Somebody writes a letter; another one calls, shows a paper, and is told by letter."""
    staff, now = member(officer), timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    letter = {"channel": "letter", "received_at": now, "kinds": [Kind.COMPLAINT]}
    letter |= {"name": WRITER, "postal": POSTAL, "language": "az", "details": DETAILS}
    letter |= {"proof": "document", "proof_note": SEEN}
    assert staff.post(url("case_add"), letter).status_code == 302
    case = Case.objects.get(file__name__isnull=False)
    answer = {"words": ANSWER, "outcome": "fulfilled"}
    assert staff.post(verb_url(case, "answer"), answer).status_code == 302


def class_paper(request: ConsultationRequest, colleague: User) -> None:
    """A note becomes an accounting document."""
    staff, today = member(colleague), timezone.localdate().isoformat()
    assert staff.post(desk("contract", request), {"start": today, "end": ""}).status_code == 302
    assert staff.post(desk("note", request), {"body": PAPER}).status_code == 302
    message = request.messages.order_by("at").last()
    paper = {"item_key": str(message.pk), "title": TITLE, "law": law()}
    assert staff.post(desk("document", request), paper).status_code == 302


def law() -> str:
    return str(LegalReference.objects.filter(active=True)[0].pk)


def erase(officer: User) -> None:
    """Deletion is approved after a look at what goes."""
    case, staff = Case.objects.get(kind=Kind.DELETION), member(officer)
    page = staff.get(verb_url(case, "approve")).text
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)[1]
    approval = {"sure": "on", "seen": seen}
    assert staff.post(verb_url(case, "approve"), approval).status_code == 302
