"""Verification names what is wrong: a changed row, a missing one, a broken link, a cut tail."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from consent.models import ConsentEvent
from emsar.audit import record, verification
from emsar.audit.evidence import evidence_models
from emsar.audit.models import AuditEvent, Seal
from emsar.audit.sealing import seal
from emsar.audit.verification import register_verification, verify_all, verify_head
from policies.articles import article_digest
from policies.models import PolicyText, PolicyVersion
from tests.factories import make_request
from tests.keys import make_key

EVENTS = "audit.auditevent"
TABLE = "audit_auditevent"


@pytest.fixture
def chain(db) -> list[Seal]:
    """Three links, the first over the set-up; each of the others over two events."""
    links = [seal()]
    for _ in range(2):
        record("a.first", actor=None)
        record("a.second", actor=None)
        links.append(seal())
    return links


def newest() -> AuditEvent:
    return AuditEvent.objects.order_by("-id").first()


def test_everything_in_order_has_no_problem(chain) -> None:
    make_request()
    assert verify_all() == []


def test_changed_row_is_named_whether_sealed_or_not(chain, tamper) -> None:
    sealed, unsealed = newest(), record("a.third", actor=None)
    change = f"UPDATE {TABLE} SET action = 'b.other' WHERE id = %s"
    tamper(TABLE, change, sealed.pk)
    tamper(TABLE, change, unsealed.pk)
    assert verify_all() == [
        f"audit.AuditEvent {sealed.pk} ({sealed.uid}): not as it was written",
        f"audit.AuditEvent {unsealed.pk} ({unsealed.uid}): not as it was written",
    ]


def test_consent_changed_to_a_later_date_is_named(chain, tamper) -> None:
    event = ConsentEvent.objects.get(about=make_request().pk)
    change = "UPDATE consent_consentevent SET at = at + interval '1 day' WHERE id = %s"
    tamper("consent_consentevent", change, event.pk)
    assert verify_all() == [f"consent.ConsentEvent {event.pk} ({event.uid}): not as it was written"]


def test_row_signed_anew_by_somebody_with_the_key_shows_in_its_seal(chain, tamper) -> None:
    row = newest()
    row.action = "b.other"
    row.sign()
    change = f"UPDATE {TABLE} SET action = %s, hmac = %s WHERE id = %s"
    tamper(TABLE, change, row.action, row.hmac, row.pk)
    assert verify_all() == [f"Seal {chain[-1].pk}: rows of {EVENTS} changed after sealing"]


def test_deleted_row_is_missed_by_its_seal(chain, tamper) -> None:
    tamper(TABLE, f"DELETE FROM {TABLE} WHERE id = %s", newest().pk)
    assert verify_all() == [f"Seal {chain[-1].pk}: 1 rows of {EVENTS} are missing"]


def test_row_slipped_in_under_a_sealed_number_shows(chain, tamper) -> None:
    """A number inside a sealed span that was no gap then: deleted, and written anew."""
    row = newest()
    tamper(TABLE, f"DELETE FROM {TABLE} WHERE id = %s", row.pk)
    AuditEvent(id=row.pk, action="b.slipped", detail={}).save()
    assert verify_all() == [f"Seal {chain[-1].pk}: rows of {EVENTS} changed after sealing"]


@pytest.mark.parametrize(
    "change",
    [
        "spans = jsonb_set(spans, '{audit.auditevent,count}', '1')",
        "spans = jsonb_set(spans, '{audit.auditevent,gaps}', '[[1,5]]')",
        "spans = spans - 'consent.consentevent'",
        "spans = '[]'",
        "spans = 'null'",
        "at = at - interval '1 second'",
        "kid = 'gone'",
    ],
)
def test_altered_seal_is_named_and_does_not_end_the_verification(chain, tamper, change) -> None:
    tamper("audit_seal", f"UPDATE audit_seal SET {change} WHERE id = %s", chain[1].pk)
    assert verify_all() == [f"Seal {chain[1].pk}: not as it was written"]


@pytest.mark.parametrize(
    ("spans", "said"),
    [
        ('{"no.such": {"count": 3}}', "no.such is no kind of evidence here"),
        ('{"audit.auditevent": {"count": 3}}', f"what it says of {EVENTS} cannot be read"),
        ('{"audit.auditevent": 7}', f"what it says of {EVENTS} cannot be read"),
        ('{"audit.auditevent": {"count": 1, "from": "x"}}', f"what it says of {EVENTS} cannot be"),
    ],
)
def test_altered_seal_says_what_its_span_is_worth(chain, tamper, spans, said) -> None:
    tamper("audit_seal", "UPDATE audit_seal SET spans = %s WHERE id = %s", spans, chain[1].pk)
    broken, span = verify_all()
    assert broken == f"Seal {chain[1].pk}: not as it was written"
    assert span.startswith(f"Seal {chain[1].pk}: {said}")


def test_broken_seal_does_not_hide_a_missing_row(chain, tamper) -> None:
    tamper(TABLE, f"DELETE FROM {TABLE} WHERE id = %s", newest().pk)
    change = "UPDATE audit_seal SET at = at - interval '1 second' WHERE id = %s"
    tamper("audit_seal", change, chain[-1].pk)
    assert verify_all() == [
        f"Seal {chain[-1].pk}: not as it was written",
        f"Seal {chain[-1].pk}: 1 rows of {EVENTS} are missing",
    ]


def test_altered_digest_breaks_the_link_behind_it_too(chain, tamper) -> None:
    change = "UPDATE audit_seal SET digest = sha256('x') WHERE id = %s"
    tamper("audit_seal", change, chain[1].pk)
    assert verify_all() == [
        f"Seal {chain[1].pk}: not as it was written",
        f"Seal {chain[2].pk}: does not follow the link before it",
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_removed_seal_breaks_the_link_behind_it(chain, tamper, number) -> None:
    tamper("audit_seal", "DELETE FROM audit_seal WHERE id = %s", chain[number].pk)
    assert verify_all() == [f"Seal {chain[number + 1].pk}: does not follow the link before it"]


def test_kind_of_evidence_that_is_no_longer_known_is_named(chain, monkeypatch) -> None:
    known = [model for model in evidence_models() if model is not AuditEvent]
    monkeypatch.setattr("emsar.audit.verification.evidence_models", lambda: known)
    assert verify_all() == [
        f"Seal {link.pk}: {EVENTS} is no kind of evidence here" for link in chain
    ]


def head_of(link: Seal) -> str:
    return f"{link.pk}:{bytes(link.digest).hex()}"


def test_cut_tail_shows_against_the_head_that_was_mailed_out(chain) -> None:
    """The owner's login may delete; the chain that is left is whole, and its head is another."""
    mailed = head_of(chain[-1])
    assert list(verify_head(mailed)) == []

    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE id > %s", [chain[1].spans[EVENTS]["to"]])
        cursor.execute("DELETE FROM audit_seal WHERE id = %s", [chain[-1].pk])
    record("a.later", actor=None)
    seal()

    assert verify_all() == []
    assert list(verify_head(mailed)) == [
        f"Seal {chain[-1].pk}: the head that was mailed out does not stand in the chain"
    ]


@pytest.mark.parametrize("head", ["", "x:y", "1", "99999999:00"])
def test_head_that_says_nothing_is_a_problem(chain, head) -> None:
    assert len(list(verify_head(head))) == 1


def verify(*arguments: str) -> str:
    """What the command says when all is in order."""
    told, complained = StringIO(), StringIO()
    call_command("verify_audit", *arguments, stdout=told, stderr=complained)
    assert complained.getvalue() == ""
    return told.getvalue()


def complaints(*arguments: str) -> list[str]:
    """What the command complains about, ending with exit code 1."""
    told, complained = StringIO(), StringIO()
    with pytest.raises(CommandError) as caught:
        call_command("verify_audit", *arguments, stdout=told, stderr=complained)
    assert (caught.value.returncode, told.getvalue()) == (1, "")
    return [*complained.getvalue().splitlines(), str(caught.value)]


def test_command_says_the_head_when_all_is_in_order(chain) -> None:
    head = head_of(chain[-1])
    said = f"All evidence is as it was written. Head of the chain: {head}\n"
    assert verify("--head", head) == said


@pytest.mark.django_db
def test_command_before_the_first_seal() -> None:
    assert verify().endswith("Head of the chain: none yet\n")


def test_command_fails_and_names_everything_that_is_wrong(chain, tamper) -> None:
    row = newest()
    tamper(TABLE, f"UPDATE {TABLE} SET action = 'b' WHERE id = %s", row.pk)
    assert complaints("--head", "1:00") == [
        f"audit.AuditEvent {row.pk} ({row.uid}): not as it was written",
        "Seal 1: the head that was mailed out does not stand in the chain",
        "2 problems found",
    ]


def test_command_without_the_key_of_the_rows_fails(chain, settings) -> None:
    settings.EVIDENCE_KEYS = [make_key("other")]
    rows = sum(model.objects.count() for model in evidence_models())
    published = PolicyVersion.objects.published().count()
    assert complaints()[-1] == f"{rows + len(chain) + published} problems found"


PUBLISHED = "SELECT id FROM policies_policyversion WHERE number = '1.0' AND policy_id = %s"


def test_published_text_that_was_changed_is_named(chain, tamper) -> None:
    """Published texts are no evidence rows themselves; their hashes are."""
    change = (
        "UPDATE policies_policytext SET html = html || ' '"
        f" WHERE language = 'az' AND version_id = ({PUBLISHED})"
    )
    tamper("policies_policytext", change, "privacy-policy")
    assert complaints() == [
        "policies.PolicyVersion privacy-policy 1.0 az: not the text that was published",
        "1 problems found",
    ]


def test_published_text_that_fits_its_own_hash_but_not_the_evidence_is_named(chain, tamper) -> None:
    text = PolicyText.objects.get(
        version__number="1.0", version__policy="privacy-policy", language="ru"
    )
    change = "UPDATE policies_policytext SET html = 'x', sha256 = %s WHERE id = %s"
    tamper("policies_policytext", change, article_digest(text.title, "x"), text.pk)
    assert verify_all() == [
        "policies.PolicyVersion privacy-policy 1.0 ru: not the text that was published"
    ]


@pytest.mark.parametrize(
    ("table", "statement", "said"),
    [
        (
            "policies_policytext",
            f"DELETE FROM policies_policytext WHERE language = 'en' AND version_id = ({PUBLISHED})",
            "cookie-policy 1.0 en: not the text that was published",
        ),
        (
            "policies_policyversion",
            f"UPDATE policies_policyversion SET effective_date = '2020-01-01'"
            f" WHERE id = ({PUBLISHED})",
            "cookie-policy 1.0: number, terms or date are not those that were published",
        ),
        (
            "policies_policyversion",
            f"UPDATE policies_policyversion SET published_at = NULL WHERE id = ({PUBLISHED})",
            "cookie-policy 1.0: published, and no longer there as published",
        ),
        (
            "policies_policyversion",
            f"UPDATE policies_policyversion SET published_at = now(), effective_date = now()"
            f" WHERE number = '1.1' AND id <> ({PUBLISHED})",
            "privacy-policy 1.1: no evidence of its publication can be relied on",
        ),
    ],
)
def test_version_changed_past_the_triggers_is_named(chain, tamper, table, statement, said) -> None:
    tamper(table, statement, "cookie-policy")
    assert verify_all() == [f"policies.PolicyVersion {said}"]


def test_higher_room_can_have_more_verified(chain, monkeypatch) -> None:
    monkeypatch.setattr(verification, "_FURTHER", {})
    register_verification("attic", lambda: ["The attic is empty"])
    assert verify_all() == ["The attic is empty"]


def test_seal_command_says_what_it_did(chain) -> None:
    record("a.b", actor=None)
    told = StringIO()
    call_command("seal", stdout=told)
    assert told.getvalue() == f"sealed: {Seal.objects.last()}\n"
    told = StringIO()
    call_command("seal", stdout=told)
    assert told.getvalue() == "nothing to seal\n"
