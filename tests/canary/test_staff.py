"""What colleagues type about colleagues, about security and before dangerous acts is nowhere."""

import logging
from pathlib import Path

from emsar.outbox.sending import send_due
from emsar.staff.models import Role
from tests.canary.acts import entered, member, visit
from tests.canary.colleagues import (
    answer,
    ask_about,
    decide,
    export_looks,
    hold,
    look_up,
    review,
)
from tests.canary.conftest import content_of_folder
from tests.canary.looks import Looks
from tests.canary.words import OTHER_EMAIL, STAFF, STAFF_EMAIL, WORDS
from tests.consent.undertaking import accepting
from tests.exports import content_of
from tests.factories import make_user
from tests.staff.access.entering import code_now, give_factor

# What this walk puts into encrypted columns.
FILLED = {
    *("staff_user.full_name", "staff_user.email", "staff_totpdevice.secret"),
    *("staff_staffsession.program", "staff_approval.reason", "staff_approval.address"),
    *("staff_securityreview.reviewer_words", "staff_securityreview.scope"),
    *("staff_securityreview.findings", "staff_securityreview.measures"),
    "staff_securityreview.closing",
}


def test_what_colleagues_type_is_found_nowhere_in_clear(
    filled_db, smtp, caplog, console, temporary: Path, settings
) -> None:
    caplog.set_level(logging.DEBUG)
    looks = Looks()
    officer = make_user(Role.DPO, full_name=STAFF, email=STAFF_EMAIL)
    other = make_user(Role.DPO)
    secret = give_factor(officer)
    give_factor(other)
    person = visit().subject
    administrator = member(make_user(Role.ADMINISTRATOR))

    ask_about(administrator, other)
    review(administrator)
    assert looks.find(WORDS) == []

    decide(member(officer))
    hold(member(officer), person)
    look_up(member(officer), person)
    staff = entered(officer, secret)
    accepting(staff)
    # With the second factor asked for: what was typed waits on the page, not with us.
    settings.STAFF_STEP_UP_MINUTES = 0
    asked = export_looks(staff, person)
    assert "second_factor_asked" in asked.text
    assert looks.find(WORDS) == []
    taken = answer(staff, asked, code_now(secret, steps=1))
    assert content_of(taken).decode("utf-8-sig").count("\n") > 2

    assert send_due() > 5
    places = {"the log": caplog.text, "the console": console.getvalue()}
    places["temporary files"] = content_of_folder(temporary)
    assert looks.find([*WORDS, secret], **places) == []
    assert looks.filled >= FILLED, FILLED - looks.filled
    # The approval was carried out with what nobody can read in it.
    other.refresh_from_db()
    assert other.email == OTHER_EMAIL
