"""The chain's head is mailed to the DPO once a day, and the mail is what verification needs."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from emsar.audit import notices
from emsar.audit.heads import mail_head
from emsar.audit.models import Seal
from emsar.audit.notices import notify_role
from emsar.audit.sealing import seal
from emsar.audit.tasks import mail_seal_head, seal_evidence
from emsar.outbox.models import OutboundMail
from emsar.staff.models import Role
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def queued() -> list[OutboundMail]:
    return list(OutboundMail.objects.order_by("created_at"))


def test_mail_head_without_a_chain_mails_nothing() -> None:
    make_user(Role.DPO)
    assert mail_head() == 0
    assert queued() == []


def test_mail_head_goes_to_the_dpo_alone_in_their_language() -> None:
    dpo = make_user(Role.DPO, language="en")
    solutions_user()
    make_user(Role.DPO, is_active=False)
    link = seal()

    assert mail_head(MORNING) == 1
    (mail,) = queued()
    assert (mail.to_address, mail.language, mail.purpose) == (dpo.email, "en", "staff")
    assert mail.subject is None
    assert bytes(link.digest).hex() in mail.body


def test_mail_head_is_sent_once_a_day_of_baku() -> None:
    make_user(Role.DPO)
    seal()
    mail_head(MORNING)
    mail_head(MORNING + timedelta(hours=15))
    assert len(queued()) == 1
    # 20:30 UTC is half past midnight in Baku: the next day.
    mail_head(MORNING + timedelta(hours=16, minutes=30))
    assert len(queued()) == 2


def test_mailed_head_is_what_the_command_takes() -> None:
    make_user(Role.DPO, language="en")
    seal()
    mail_head()
    head = re.search(r"manage\.py verify_audit --head (\S+)", queued()[0].body)[1]
    told = StringIO()
    call_command("verify_audit", "--head", head, stdout=told)
    assert head in told.getvalue()


def test_mailed_time_is_utc_as_it_says() -> None:
    make_user(Role.DPO, language="en")
    link = seal()
    mail_head()
    assert f"Time (UTC): {link.at.astimezone(UTC).isoformat()[:19]}" in queued()[0].body


def test_tasks_do_the_same() -> None:
    make_user(Role.DPO)
    seal_evidence()
    assert Seal.objects.count() == 1
    mail_seal_head()
    assert len(queued()) == 1


def test_notice_without_a_mailer_is_an_error(monkeypatch) -> None:
    monkeypatch.setattr(notices, "_MAILERS", [])
    with pytest.raises(LookupError, match="no mailer is registered"):
        notify_role("dpo", "seal_head", {}, key="x")
