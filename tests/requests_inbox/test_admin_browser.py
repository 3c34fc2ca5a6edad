"""The desk in a real browser: three languages, a phone, in the dark, and without any script."""

import pytest
from django.urls import reverse

from emsar.staff.models import User
from requests_inbox.models import ConsultationRequest
from requests_inbox.services import handling, replying
from tests.accessibility import faults, too_wide
from tests.desks import DARK, PHONE
from tests.factories import make_request, make_user, solutions_user
from tests.requests_inbox.desk import LIST, address, deliver, fresh, messages

# What axe looks at is the same as in the first language; what differs is how long words are.
RUSSIAN = dict(PHONE)


def a_long_day() -> tuple[User, ConsultationRequest]:
    """The DPO, and a request in which everything that a page can show has happened."""
    dpo, nigar = make_user(full_name="Kamran"), solutions_user(full_name="Nigar")
    item = make_request(name="Aysel Məmmədova", company="Xəzər Logistika MMC")
    handling.assign(item, nigar, by=dpo)
    handling.add_note(item, "Rings on Monday", by=nigar)
    replying.send_reply(item, "An answer", by=nigar)
    deliver()
    item = fresh(item)
    handling.hand_over(item, "consulting", "both", by=dpo)
    replying.claim_writing(item, by=dpo)
    return dpo, item


@pytest.mark.parametrize(("language", "look"), [("az", PHONE), ("en", DARK), ("ru", RUSSIAN)])
def test_desk_is_readable_and_keeps_to_its_policy(open_as, language: str, look) -> None:
    dpo, item = a_long_day()
    User.objects.filter(pk=dpo.pk).update(language=language)
    page, complaints = open_as(dpo, **look), []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    for url in (
        reverse("admin:index"),
        reverse(LIST),
        f"{reverse(LIST)}?q=nobody",
        address("change", item),
        address("hand-over", item),
        reverse("admin:requests_inbox_consultationrequest_add"),
        reverse("admin:subjects_datasubject_change", args=[item.subject_id]),
        reverse("admin:outbox_outboundmail_changelist"),
    ):
        page.goto(url)
        for fold in page.query_selector_all("#content details:not(.filter)"):
            fold.evaluate("element => element.open = true")
        assert complaints == [], url
        assert too_wide(page) <= 0, url
        assert look is RUSSIAN or faults(page) == [], url
        complaints.clear()  # the check's own script may not add its styles here


def test_request_is_answered_without_any_script(open_as) -> None:
    user, item = solutions_user(full_name="Nigar"), make_request(name="Aysel")
    page = open_as(user, java_script_enabled=False, locale="en-GB")
    page.goto(reverse("admin:index"))
    page.click(".figure a >> nth=1")
    page.click("#result_list .field-reference a")
    page.click("text=Take it")
    page.click("text=Write a reply")
    words = page.input_value("#id_body").replace("\n\n\n\n", "\n\nOf course.\n\n")
    page.fill("#id_body", words)
    page.click("text=Save draft")
    assert messages(item) == [("draft", words.strip())]
    page.click("text=Send reply")

    assert "is being sent" in page.inner_text(".messagelist")
    deliver()
    page.reload()
    assert "accepted by the mail server" in page.inner_text(".thread")
    assert (fresh(item).status, fresh(item).assigned_to) == ("replied", user)
