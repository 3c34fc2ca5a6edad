"""Notices to staff: one mail a person, in their language, once a key."""

import pytest

from emsar.entities.models import LegalEntity
from emsar.outbox.models import OutboundMail, Purpose
from emsar.outbox.notices import notify, notify_role
from emsar.staff.models import Role, User
from tests.factories import consulting_user, make_user, solutions_user

pytestmark = pytest.mark.django_db

HEAD = {"number": 7, "digest": "ab12", "at": None}


def mails() -> list[OutboundMail]:
    return list(OutboundMail.objects.order_by("key"))


def test_everybody_with_the_role_gets_one_in_their_language() -> None:
    users = [make_user(Role.DPO, language=language) for language in ("en", "ru")]
    solutions_user()
    assert notify_role("dpo", "seal_head", HEAD, key="head") == 2

    assert {(mail.to_address, mail.language) for mail in mails()} == {
        (user.email, user.language) for user in users
    }
    assert {mail.purpose for mail in mails()} == {Purpose.STAFF}
    assert {mail.subject for mail in mails()} == {None}


def test_same_key_is_sent_once_and_another_one_again() -> None:
    make_user(Role.DPO)
    for key in ("monday", "monday", "tuesday"):
        notify_role("dpo", "seal_head", HEAD, key=key)
    assert len(mails()) == 2


def test_colleague_who_joins_later_gets_what_the_others_had() -> None:
    make_user(Role.DPO)
    notify_role("dpo", "seal_head", HEAD, key="head")
    late = make_user(Role.DPO)
    notify_role("dpo", "seal_head", HEAD, key="head")
    assert len(mails()) == 2
    assert late.email in {mail.to_address for mail in mails()}


def test_notice_about_a_record_carries_its_reference() -> None:
    solutions = LegalEntity.objects.get(pk="solutions")
    reader = solutions_user()
    consulting_user()
    readers = list(User.objects.reachable(Role.ENTITY_STAFF, solutions))
    notify(readers, "seal_head", HEAD, key="k", reference="R-7KQX")
    (mail,) = mails()
    assert (mail.reference, mail.to_address) == ("R-7KQX", reader.email)


def test_nobody_to_notify_is_no_mail() -> None:
    assert notify_role("dpo", "seal_head", HEAD, key="head") == 0
    assert mails() == []
