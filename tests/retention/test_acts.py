"""An act says what was destroyed, when and why, in three languages, and nothing about anybody."""

import hashlib
import json
import uuid
from dataclasses import asdict, replace
from datetime import UTC, date, datetime

import pytest

from emsar.entities.profile import read_profile
from emsar.entities.registry import registry
from emsar.retention.acts.content import Act, NoActError, act_of, lines_of
from emsar.retention.acts.pdf import pdf
from emsar.retention.acts.printed import NBSP, Printed, printed
from emsar.retention.models import DeletionOrder, DestructionLine, Sweep

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=UTC)
LANGUAGES = ("az", "en", "ru")


def make_line(sweep: uuid.UUID | None = None, **fields) -> DestructionLine:
    """A line as a batch of the consultation rule writes it."""
    given = {
        "sweep": sweep or uuid.uuid4(),
        "at": NIGHT,
        "rule": "consultation",
        "clause": "E-7.2a",
        "trigger": "S-5a",
        "records": 2,
        "counts": {"requests_inbox.consultationrequest": 2, "requests_inbox.message": 5},
        "first_day": date(2026, 11, 20),
        "last_day": date(2026, 11, 22),
    }
    line = DestructionLine(**{**given, **fields})
    line.save()
    return line


def make_order(line: DestructionLine, done_at: datetime | None = None) -> DeletionOrder:
    return DeletionOrder.objects.create(
        line=line.uid,
        mailbox="info@example.com",
        message_id="<7@example.com>",
        reference="R-SECRET",
        copied_at=NIGHT,
        created_at=line.at,
        done_at=done_at,
    )


def act_of_sweep(sweep: Sweep) -> Act:
    return act_of("sweep", str(sweep.pk))


@pytest.fixture
def sweep(db) -> Sweep:
    """A sweep with two batches of one rule, one of another, and three copies in mailboxes."""
    run = Sweep.objects.create(kind=Sweep.Kind.NIGHT)
    first = make_line(
        run.pk, counts={"requests_inbox.consultationrequest": 2, "outbox.mailcopy": 3}
    )
    make_line(run.pk, records=1, first_day=date(2026, 11, 1), last_day=date(2026, 11, 1))
    make_line(
        run.pk,
        rule="nonces",
        clause="E-3.1h",
        trigger="S-5c",
        records=4,
        counts={"requests_inbox.consultationrequest": 4},
        first_day=None,
        last_day=None,
    )
    make_order(first)
    make_order(first, done_at=NIGHT.replace(day=23))
    make_order(first, done_at=NIGHT.replace(day=24))
    return run


def test_lines_of_a_rule_are_added_up(sweep) -> None:
    act = act_of_sweep(sweep)
    requests, nonces = act.parts
    assert (requests.rule, requests.records, requests.emptied) == ("consultation", 3, False)
    assert requests.counts == (
        ("outbox.mailcopy", 3),
        ("requests_inbox.consultationrequest", 4),
        ("requests_inbox.message", 5),
    )
    assert (requests.first_day, requests.last_day) == (date(2026, 11, 1), date(2026, 11, 22))
    assert (requests.copies, requests.copies_open) == (3, 1)
    assert (nonces.rule, nonces.emptied, nonces.first_day) == ("nonces", True, None)
    assert (act.lines, act.records, act.triggers) == (3, 7, ["S-5a", "S-5c"])
    assert act.number == f"S-{str(sweep.pk)[:8]}"


def test_digest_is_that_of_the_signatures_in_their_order(sweep) -> None:
    lines = DestructionLine.objects.filter(sweep=sweep.pk).order_by("id")
    signatures = b"".join(bytes(line.hmac) for line in lines)
    assert act_of_sweep(sweep).digest == hashlib.sha256(signatures).hexdigest()


def test_state_is_as_of_the_last_thing_told(sweep) -> None:
    act = act_of_sweep(sweep)
    assert act.ends == NIGHT
    assert act.as_of == NIGHT.replace(day=24)


def test_unknown_rule_comes_last_under_its_bare_name(sweep) -> None:
    make_line(sweep.pk, rule="attic", counts={"attic.box": 1, "nonsense": 2}, trigger="S-5b")
    last = printed(act_of_sweep(sweep), "en").rows[-1]
    assert last.rule == "Attic"
    assert last.tables == ("attic.box: 1", "nonsense: 2")


def test_month_is_that_of_baku() -> None:
    """The month begins at midnight in Baku, four hours before that of UTC."""
    begins = datetime(2026, 10, 31, 20, tzinfo=UTC)
    inside = make_line(at=begins)
    make_line(at=begins.replace(hour=19, minute=59))
    ending = make_line(at=datetime(2026, 11, 30, 19, 59, tzinfo=UTC))
    make_line(at=datetime(2026, 11, 30, 20, tzinfo=UTC))
    assert set(lines_of("month", "2026-11")) == {inside, ending}
    assert act_of("month", "2026-11").number == "M-2026-11"
    assert act_of("month", "2026-12").lines == 1


def test_case_has_its_own_act() -> None:
    case = uuid.uuid4()
    make_line(case=case)
    make_line()
    act = act_of("case", str(case))
    assert (act.lines, act.number) == (1, f"C-{str(case)[:8]}")
    assert ("What it covers", ("one case",)) in printed(act, "en").facts


@pytest.mark.parametrize(
    ("scope", "key"),
    [
        ("sweep", "00000000-0000-4000-8000-000000000001"),
        ("case", "00000000-0000-4000-8000-000000000001"),
        ("month", "2031-01"),
        ("month", "2026-13"),
        ("month", "2026-1"),
        ("month", "0000-01"),
        ("month", "9999-12"),
        ("month", "٢٠٢٦-١١"),
        ("month", "2026-11\n"),
        ("sweep", "2026-11"),
        ("sweep", ""),
        ("sweep", "\0"),
        ("year", "2026"),
        ("", ""),
        ("uid", "00000000-0000-4000-8000-000000000001"),
    ],
)
def test_nothing_to_certify_is_no_act(scope, key) -> None:
    with pytest.raises(NoActError):
        act_of(scope, key)


def test_sweep_has_one_address(sweep) -> None:
    """Other ways to write a UUID lead nowhere, though it is the same."""
    for key in (str(sweep.pk).upper(), sweep.pk.hex, f"{{{sweep.pk}}}", f" {sweep.pk}"):
        with pytest.raises(NoActError):
            act_of("sweep", key)


def words_of(act: Printed) -> str:
    return json.dumps(asdict(act), ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_whole_act(sweep, language) -> None:
    act = act_of_sweep(sweep)
    said = printed(act, language)
    text = words_of(said)
    for entity in registry().entities:
        assert entity.name.get(language) in text
        assert entity.tin in text
    assert act.digest in text
    assert "E-7.2a" in text
    assert "S-5c" in text
    assert "30" in said.sentences[2]
    assert len(said.rows) == 2
    assert len(said.signatures) == 1 + len(registry().entities)
    assert said.warning == ""


def test_act_names_no_person_and_no_record(sweep) -> None:
    text = words_of(printed(act_of_sweep(sweep), "en"))
    uids = [str(uid) for uid in DestructionLine.objects.values_list("uid", flat=True)]
    for secret in (*uids, str(sweep.pk), "info@example.com", "<7@", "R-SECRET"):
        assert secret not in text


def test_act_in_english(sweep) -> None:
    said = printed(act_of_sweep(sweep), "en")
    facts = dict(said.facts)
    assert facts["Reasons"] == (
        "The retention period is over (S-5a)",
        "The purpose is fulfilled (S-5c)",
    )
    assert facts["What it covers"] == ("one sweep, in the night",)
    assert facts["Destroyed (Baku time)"] == ("23 November 2026, 03:00",)
    assert facts["State as of (Baku time)"] == ("25 November 2026, 03:00",)
    assert facts["Lines of destruction"] == ("3",)
    requests, nonces = said.rows
    assert requests.days.replace(NBSP, " ") == "1 November 2026 – 22 November 2026"
    assert requests.copies == ("ordered: 3", "deleted: 2", "still open: 1")
    assert requests.notes == ("E-7.2a, the retention period is over", "deleted for good")
    assert "messages: 5" in requests.tables
    assert (nonces.days, nonces.copies) == ("—", ("—",))
    assert nonces.notes[-1] == "fields emptied, rows stay"
    assert "within 30 calendar days" in said.sentences[2]
    assert len(said.sentences) == 5


def test_what_does_not_apply_is_not_said() -> None:
    line = make_line(clause="", records=12345, first_day=date(2026, 11, 22))
    said = printed(act_of("sweep", str(line.sweep)), "en")
    assert len(said.sentences) == 3
    (row,) = said.rows
    assert row.notes[0] == "the retention period is over"
    assert (row.records, row.days) == (f"12{NBSP}345", f"22{NBSP}November{NBSP}2026")
    assert dict(said.facts)["What it covers"] == ("one sweep",)


@pytest.mark.parametrize(
    ("language", "month"),
    [("az", "Noyabr 2026"), ("en", "November 2026"), ("ru", "Ноябрь 2026")],
)
def test_month_is_named(language, month) -> None:
    make_line()
    facts = [value for _, value in printed(act_of("month", "2026-11"), language).facts]
    assert (month,) in facts


def test_changed_line_makes_the_act_worthless(sweep, monkeypatch) -> None:
    monkeypatch.setattr(DestructionLine, "intact", lambda line: line.rule != "nonces")
    act = act_of_sweep(sweep)
    said = printed(act, "en")
    assert len(act.changed) == 1
    assert said.warning.startswith("1 line of destruction is not as it was written.")
    assert pdf(said, act.as_of) != pdf(replace(said, warning=""), act.as_of)


@pytest.mark.parametrize("counts", [[], 7, "text", {"outbox.mailcopy": "3", "a.b": True}])
def test_odd_counts_do_not_keep_an_act_from_being_made(counts) -> None:
    line = make_line(counts=counts)
    (part,) = act_of("sweep", str(line.sweep)).parts
    assert part.counts == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_pdf_is_the_same_every_time(sweep, language) -> None:
    act = act_of_sweep(sweep)
    first, second = (pdf(printed(act_of_sweep(sweep), language), act.as_of) for _ in "12")
    assert first.startswith(b"%PDF-")
    assert first == second
    assert b"/StructTreeRoot" in first
    assert b"/MarkInfo" in first
    assert f"/Lang ({language})".encode() in first.replace(b"/Lang(", b"/Lang (")


def test_pdf_follows_the_evidence(sweep) -> None:
    before = act_of_sweep(sweep)
    make_line(sweep.pk)
    after = act_of_sweep(sweep)
    assert pdf(printed(before, "en"), before.as_of) != pdf(printed(after, "en"), after.as_of)


HOSTILE = '#panic("x") *b* _i_ $1/0$ `r` \\ @no <a> [ ] { } // /* "quotes" <script>& = - +\n= H'


def test_nothing_in_the_words_is_read_as_markup(sweep) -> None:
    act = act_of_sweep(sweep)
    said = printed(act, "en")
    row = replace(said.rows[0], rule=HOSTILE, notes=(HOSTILE,), tables=(HOSTILE,), days=HOSTILE)
    odd = replace(
        said,
        brand=HOSTILE,
        title=HOSTILE,
        number=HOSTILE,
        warning=HOSTILE,
        facts=((HOSTILE, (HOSTILE, "")), ("", ("",))),
        headings=(HOSTILE,) * 5,
        rows=(row,),
        sentences=(HOSTILE, ""),
        signatures=(HOSTILE,),
    )
    assert pdf(odd, act.as_of).startswith(b"%PDF-")


def test_long_act_takes_more_pages(sweep) -> None:
    for number in range(60):
        make_line(sweep.pk, rule=f"rule{number}")
    act = act_of_sweep(sweep)
    assert len(act.parts) == 62
    content = pdf(printed(act, "az"), act.as_of)
    assert content.count(b"/Type /Page\n") > 2 or content.count(b"/Type/Page/") > 2


def test_act_of_another_organisation_names_that_one(sweep, monkeypatch) -> None:
    """The words come from the registry: no controller is known to the code."""
    profile = read_profile("tests/profiles/esocial/esocial.toml")
    monkeypatch.setattr("emsar.retention.acts.printed.registry", lambda: profile)
    said = printed(act_of_sweep(sweep), "en")
    assert said.brand == profile.organisation.brand
    assert len(said.signatures) == 1 + len(profile.entities)
