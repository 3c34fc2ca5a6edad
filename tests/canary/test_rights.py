"""What a person demands of their data, and the officer's work on it, stands nowhere in clear."""

import logging
from io import StringIO
from pathlib import Path

from django.core.management import call_command

from dsar.models import Kind
from dsar.services.intake import look_up
from emsar.outbox.sending import send_due
from emsar.staff.models import Role
from tests.canary.acts import browser, text_of, visit
from tests.canary.conftest import content_of_folder
from tests.canary.looks import Looks
from tests.canary.rights import (
    ASKED,
    class_paper,
    come_in,
    demand,
    erase,
    follow,
    link_in,
    officer_works,
    write_down,
)
from tests.canary.words import (
    EMAIL,
    NAME,
    NEW_EMAIL,
    PROJECT,
    STAFF,
    STAFF_EMAIL,
    THIRD_EMAIL,
    WORDS,
)
from tests.factories import make_request, make_user, solutions_user

# What this walk puts into encrypted columns.
FILLED = {
    *("dsar_intake.email", "dsar_intake.details", "dsar_casefile.details", "dsar_casefile.name"),
    *("dsar_casefile.postal", "dsar_casefile.proof_note", "dsar_casemessage.body"),
    *("dsar_proposal.value", "dsar_telling.addressee", "dsar_telling.words"),
    *("dsar_residualtrace.sealed", "outbox_outboundmail.to_address", "outbox_outboundmail.body"),
    *("outbox_outboundmail.reply_to", "outbox_outboundmail.subject_line"),
    *("requests_inbox_accountingdocument.text", "requests_inbox_accountingdocument.title"),
    *("requests_inbox_consultationrequest.name", "requests_inbox_consultationrequest.company"),
    *("requests_inbox_consultationrequest.project", "requests_inbox_message.body"),
    *("subjects_subjectidentifier.value", "staff_user.full_name", "staff_user.email"),
}


def test_demand_and_its_answer_are_found_nowhere_in_clear(
    filled_db, smtp, caplog, console, temporary: Path, settings, tmp_path
) -> None:
    caplog.set_level(logging.DEBUG)
    settings.LEDGER_URL = f"file://{tmp_path}/ledger.jsonl"
    looks = Looks()
    officer = make_user(Role.DPO, full_name=STAFF, email=STAFF_EMAIL)
    colleague = solutions_user()
    request = visit()
    demand(*ASKED)
    assert looks.find(WORDS) == []

    assert look_up() == 1
    send_due()
    first = link_in(smtp.mails, "link", EMAIL)
    follow(come_in(first), request)
    officer_works(officer)
    write_down(officer)
    class_paper(request, colleague)
    assert looks.find(WORDS) == []

    send_due()
    moved = link_in(smtp.mails, "address", NEW_EMAIL)
    assert browser().get(moved).status_code == 200
    assert browser().post(moved, {"email": NEW_EMAIL}).status_code == 200
    make_request(email=THIRD_EMAIL, name=NAME, project=PROJECT)
    demand(Kind.DELETION, email=THIRD_EMAIL)
    call_command("run_due", stdout=StringIO(), stderr=StringIO())
    send_due()
    last = link_in(smtp.mails, "link", THIRD_EMAIL)
    come_in(last, THIRD_EMAIL)
    assert looks.find(WORDS) == []

    erase(officer)
    tokens = [path.strip("/").rpartition("/")[2] for path in (first, moved, last)]
    places = {"the log": caplog.text, "the console": console.getvalue()}
    places["temporary files"] = content_of_folder(temporary)
    assert looks.find(WORDS, **places) == []
    # Of a link its digest is stored, and 256 random bits cannot be guessed from that.
    assert [place for token in tokens for place in looks.places_with(token)] == []
    assert looks.filled >= FILLED, FILLED - looks.filled
    assert any(NAME in text_of(mail) for mail in smtp.mails)
