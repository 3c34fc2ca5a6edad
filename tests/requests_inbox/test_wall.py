"""The second wall: what PostgreSQL itself lets the web see and write, in each scope.

Nothing here asks ``visible_to``, or it is broken on purpose.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import date
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse

from emsar.audit.models import AuditEvent
from emsar.audit.roles import WORKER
from emsar.audit.rows import SETTING
from emsar.staff import rows
from requests_inbox.models import (
    AccountingDocument,
    ConsultationRequest,
    DocumentQuerySet,
    HistoryEntry,
    Message,
    RequestQuerySet,
    RequestScopedQuerySet,
    Transfer,
    TransferReason,
)
from requests_inbox.services import handling, replying
from tests.audit.test_roles_at_work import acting_as
from tests.connections import as_role
from tests.exports import content_of, taken
from tests.factories import consulting_user, make_request, make_user, solutions_user
from tests.requests_inbox.contracting import classed, customer
from tests.requests_inbox.desk import LIST, address, fresh, signed_in
from tests.webrole import as_web, driver

HIDDEN_NAME, HIDDEN_MAIL = "Gizli Şəxs", "hidden@example.com"
# The column that says to which request a row belongs.
TABLES = {
    ConsultationRequest: "id",
    Message: "request_id",
    HistoryEntry: "request_id",
    Transfer: "request",
    AccountingDocument: "request",
}
Open = AbstractContextManager[Any]


@pytest.fixture
def inbox(db: None) -> SimpleNamespace:
    """A request of each company with everything that can belong to it, and one of nobody."""
    ours = customer(date(2026, 11, 1), service="cybersecurity")
    theirs = make_request(name=HIDDEN_NAME, email=HIDDEN_MAIL, service="customs")
    nobodys = make_request(service="other")
    classed(ours)
    with transaction.atomic():
        document = AccountingDocument.objects.get()
        document.pk, document.request, document.entity_id = uuid4(), theirs.pk, "consulting"
        document.subject_id = theirs.subject_id
        document.save(force_insert=True)
    for item in (ours, theirs, nobodys):
        handling.add_note(item, "Note", by=make_user())
        Transfer(
            request=item.pk,
            subject=item.subject_id,
            to_entity="solutions",
            actor=uuid4(),
            reason=TransferReason.FIELD,
        ).save()
    return SimpleNamespace(ours=ours, theirs=theirs, nobodys=nobodys)


def visible(scope: Open, inbox: SimpleNamespace) -> dict[str, set[str]]:
    """Whose rows the web sees of each table within a scope, asked beside Django."""
    names = {item.pk: name for name, item in vars(inbox).items()}
    with as_web(), scope:
        return {
            model.__name__: {
                names[key]
                for (key,) in driver().execute(f"SELECT {column} FROM {model._meta.db_table}")
            }
            for model, column in TABLES.items()
        }


def every(*names: str) -> dict[str, set[str]]:
    """These rows of all tables; nobody's request has no document."""
    found = {model.__name__: set(names) for model in TABLES}
    return {**found, "AccountingDocument": set(names) - {"nobodys"}}


NOTHING = every()
ALL = every("ours", "theirs", "nobodys")


def test_each_scope_opens_its_own_rows_and_no_others(inbox) -> None:
    theirs, nonce = inbox.theirs, inbox.theirs.form_nonce
    assert visible(nullcontext(), inbox) == NOTHING
    for role in ("administrator", "auditor"):
        assert visible(rows.of_member(make_user(role)), inbox) == NOTHING
    assert visible(rows.of_member(solutions_user()), inbox) == every("ours", "nobodys")
    assert visible(rows.of_member(consulting_user()), inbox) == every("theirs", "nobodys")
    assert visible(rows.of_member(make_user()), inbox) == ALL
    assert visible(rows.counting(), inbox) == ALL
    assert visible(rows.of_person(theirs.subject_id), inbox) == every("theirs")
    assert visible(rows.of_request(theirs.pk), inbox) == every("theirs")
    assert visible(rows.new_request(theirs.pk), inbox) == NOTHING
    # Of what a page has sent before nothing is needed but the request itself.
    sent = visible(rows.sent_before(nonce), inbox)
    assert {name for name, found in sent.items() if found} >= {"ConsultationRequest"}
    assert sent["ConsultationRequest"] == {"theirs"}
    for scope in (rows.of_person(uuid4()), rows.of_request(uuid4()), rows.sent_before(uuid4())):
        assert visible(scope, inbox) == NOTHING


@pytest.mark.parametrize(
    "text", ["company", "company ", "company x", "person", "x", " ", "EVERYTHING"]
)
def test_scope_that_is_none_opens_nothing(inbox, text) -> None:
    driver().execute("SELECT set_config(%s, %s, TRUE)", [SETTING, text])
    expected = every("nobodys") if text == "company x" else NOTHING
    assert visible(nullcontext(), inbox) == expected


class _UndoneError(Exception):
    """Nothing of it stays."""


def written(scope: Callable[[], Open], verb: str) -> dict[str, int]:
    """How many rows the web can change or delete of each table; -1 without the right to."""
    found = {}
    for model, column in TABLES.items():
        table = model._meta.db_table
        text = f"UPDATE {table} SET {column} = {column}"
        with as_web(), scope(), suppress(_UndoneError), transaction.atomic():
            try:
                done = driver().execute(text if verb == "UPDATE" else f"DELETE FROM {table}")
                found[model.__name__] = done.rowcount
            except psycopg.errors.InsufficientPrivilege:
                found[model.__name__] = -1
            raise _UndoneError
    return found


def test_only_what_is_open_can_be_changed(inbox) -> None:
    user, officer, theirs = solutions_user(), make_user(), inbox.theirs
    none = {**dict.fromkeys(NOTHING, 0), "HistoryEntry": -1, "Transfer": -1}
    for scope in (
        nullcontext,
        rows.counting,
        lambda: rows.of_member(make_user("auditor")),
        lambda: rows.sent_before(theirs.form_nonce),
        lambda: rows.new_request(theirs.pk),
    ):
        assert written(scope, "UPDATE") == none
    one = {**none, "ConsultationRequest": 1, "Message": 1, "AccountingDocument": 1}
    assert written(lambda: rows.of_person(theirs.subject_id), "UPDATE") == one
    assert written(lambda: rows.of_request(theirs.pk), "UPDATE") == one
    two = {**one, "ConsultationRequest": 2, "Message": 2}
    assert written(lambda: rows.of_member(user), "UPDATE") == two
    three = {**one, "ConsultationRequest": 3, "Message": 3, "AccountingDocument": 2}
    assert written(lambda: rows.of_member(officer), "UPDATE") == three


def test_only_what_is_open_can_be_deleted(inbox) -> None:
    none = {**dict.fromkeys(NOTHING, 0), "Transfer": -1}
    assert written(nullcontext, "DELETE") == none
    assert written(rows.counting, "DELETE") == none
    person = written(lambda: rows.of_person(inbox.theirs.subject_id), "DELETE")
    assert person == {**none, "Message": 1}
    assert written(lambda: rows.of_request(inbox.theirs.pk), "DELETE") == {**none, "Message": 1}
    company = written(lambda: rows.of_member(solutions_user()), "DELETE")
    assert company == {**none, "Message": 2, "AccountingDocument": 1}


def added(scope: Open, item: ConsultationRequest) -> str:
    """What becomes of a note that the web adds to a request, as SQL says it."""
    statement = (
        "INSERT INTO requests_inbox_message (id, request_id, kind, channel, state, body, at)"
        " VALUES (gen_random_uuid(), %s, 'note', 'email', 'recorded', 'x', now())"
    )
    return _tried(scope, lambda: driver().execute(statement, [item.pk]))


def copied(scope: Open, item: ConsultationRequest, key: UUID | None = None) -> str:
    """The same of another request like one."""
    twin = fresh(item)
    twin.pk, twin.reference, twin.form_nonce = key or uuid4(), f"R-{uuid4().hex[:8]}", None
    return _tried(scope, lambda: twin.save(force_insert=True))


def _tried(scope: Open, act: Callable[[], Any]) -> str:
    refusals = ProgrammingError, psycopg.errors.InsufficientPrivilege
    with as_web(), scope:
        try:
            with transaction.atomic():
                act()
        except refusals as problem:
            return "refused" if "row-level security" in str(problem) else str(problem)
    return "written"


def test_rows_are_added_where_they_are_seen(inbox) -> None:
    ours, theirs = inbox.ours, inbox.theirs
    assert added(nullcontext(), ours) == copied(nullcontext(), ours) == "refused"
    assert added(rows.counting(), ours) == copied(rows.counting(), ours) == "refused"
    for scope in (rows.of_member, lambda _: rows.of_person(ours.subject_id)):
        assert added(scope(solutions_user()), ours) == "written"
        assert added(scope(solutions_user()), theirs) == "refused"
    assert copied(rows.of_member(solutions_user()), ours) == "written"
    assert copied(rows.of_member(solutions_user()), theirs) == "refused"
    assert copied(rows.of_member(make_user()), theirs) == "written"


def test_form_adds_the_one_request_that_it_said(inbox) -> None:
    key = uuid4()
    assert copied(rows.new_request(key), inbox.ours) == "refused"
    assert copied(rows.new_request(key), inbox.ours, key) == "written"
    assert added(rows.new_request(inbox.ours.pk), inbox.ours) == "refused"


def test_row_cannot_be_put_where_it_would_not_be_seen(inbox) -> None:
    mine = ConsultationRequest.objects.filter(pk=inbox.ours.pk)
    member = rows.of_member(solutions_user())
    assert _tried(member, lambda: mine.update(entity="consulting")) == "refused"
    assert _tried(rows.of_request(inbox.ours.pk), lambda: mine.update(entity="consulting")) == (
        "written"
    )


def test_worker_works_on_everything(inbox) -> None:
    with acting_as(WORKER):
        assert ConsultationRequest.objects.count() == 3
        assert Message.objects.update(state="recorded") == 3


@pytest.fixture
def _broken(monkeypatch) -> None:
    """Somebody forgot to ask who looks."""
    for queryset in (RequestQuerySet, DocumentQuerySet, RequestScopedQuerySet):
        monkeypatch.setattr(queryset, "visible_to", lambda self, _user: self)


@pytest.mark.usefixtures("_broken")
class TestBrokenQuerySet:
    def hidden(self, inbox: SimpleNamespace, page: Any) -> bool:
        """Whether a page that could be read says nothing of the other company's request."""
        text = content_of(page).decode()
        theirs = inbox.theirs
        return not any(
            w in text for w in (HIDDEN_NAME, HIDDEN_MAIL, theirs.reference, str(theirs.pk))
        )

    def test_it_is_broken_indeed(self, inbox) -> None:
        assert ConsultationRequest.objects.visible_to(solutions_user()).count() == 3

    @pytest.mark.parametrize("query", ["", "?status=new", "?company=consulting", "?o=1"])
    def test_list_shows_nothing_of_the_other_company(self, inbox, query) -> None:
        page = signed_in(solutions_user()).get(f"{reverse(LIST)}{query}")
        assert page.status_code == 200
        assert inbox.theirs not in page.context["cl"].result_list
        assert page.context["figures"].open == 2
        assert self.hidden(inbox, page)

    @pytest.mark.parametrize("words", ["gizli", HIDDEN_MAIL, "reference"])
    def test_search_finds_nothing_of_it(self, inbox, words) -> None:
        wanted = inbox.theirs.reference if words == "reference" else words
        own, dpo = signed_in(solutions_user()), signed_in(make_user())
        assert len(dpo.get(reverse(LIST), {"q": wanted}).context["cl"].result_list) == 1
        assert len(own.get(reverse(LIST), {"q": wanted}).context["cl"].result_list) == 0

    @pytest.mark.parametrize(
        "verb", ["change", "history", "write", "close", "hand-over", "contract"]
    )
    def test_pages_of_it_are_not_found(self, inbox, verb) -> None:
        client = signed_in(solutions_user())
        assert client.get(address(verb, inbox.theirs)).status_code == 404
        assert client.post(address(verb, inbox.theirs), {"reason": "spam"}).status_code == 404
        assert fresh(inbox.theirs).status == "new"

    @pytest.mark.parametrize("model", ["message", "consultationrequest", "accountingdocument"])
    def test_look_ups_say_nothing(self, inbox, model) -> None:
        asked = {"app_label": "requests_inbox", "model_name": model, "field_name": "request"}
        page = signed_in(solutions_user()).get(
            reverse("admin:autocomplete"), {**asked, "term": "R"}
        )
        assert self.hidden(inbox, page)

    def test_file_has_none_of_its_lines(self, inbox) -> None:
        export = reverse("admin:requests_inbox_consultationrequest_export")
        page = taken(signed_in(solutions_user()), export, contacts="on")
        assert inbox.ours.reference in content_of(page).decode()
        assert self.hidden(inbox, page)

    def test_first_page_and_documents_say_nothing(self, inbox) -> None:
        Message.objects.update(state=Message.State.FAILED)
        client = signed_in(solutions_user())
        documents = "admin:requests_inbox_accountingdocument_changelist"
        for name in ("admin:index", documents):
            assert self.hidden(inbox, client.get(reverse(name)))
        document = AccountingDocument.objects.get(entity="consulting")
        page = reverse("admin:requests_inbox_accountingdocument_change", args=[document.pk])
        assert client.get(page).status_code == 404


def test_request_that_is_handed_over_is_gone_from_sight(inbox) -> None:
    client = signed_in(solutions_user())
    page = address("hand-over", inbox.nobodys)
    response = client.post(page, {"to_entity": "solutions", "reason": "take_over"})
    assert response["Location"] == address("change", inbox.nobodys)
    response = client.post(page, {"to_entity": "consulting", "reason": "field"})
    assert response["Location"] == reverse(LIST)
    assert client.get(address("change", inbox.nobodys)).status_code == 404
    assert fresh(inbox.nobodys).entity_id == "consulting"
    passed = Transfer.objects.filter(request=inbox.nobodys.pk, from_entity="solutions")
    assert passed.get().to_entity == "consulting"


def test_fault_leaves_nothing_of_what_was_done(inbox, monkeypatch) -> None:
    client = signed_in(solutions_user())
    client.raise_request_exception = False
    before = AuditEvent.objects.count()

    def fail(*_: Any) -> None:
        assert Message.objects.filter(body__isnull=False, request=inbox.ours).count() == 2
        raise RuntimeError

    monkeypatch.setattr("requests_inbox.admin.verbs.back_to", fail)
    assert client.post(address("note", inbox.ours), {"body": "A note"}).status_code == 500
    assert Message.objects.filter(request=inbox.ours).count() == 1
    assert AuditEvent.objects.count() == before


def test_administrator_may_have_a_reply_sent_again(inbox) -> None:
    """Of a request that no administrator sees."""
    item, client = inbox.theirs, signed_in(make_user("administrator"))
    replying.send_reply(item, "Salam", by=consulting_user())
    mail = item.messages.get(kind="outgoing").mail
    type(mail).objects.filter(pk=mail.pk).update(status="failed")
    item.messages.filter(kind="outgoing").update(state="failed")
    data = {"action": "send_again", "_selected_action": [str(mail.pk)]}
    client.post(reverse("admin:outbox_outboundmail_changelist"), data)
    assert item.messages.get(kind="outgoing").state == Message.State.QUEUED
    assert item.history.last().event == "reply_queued_again"


def test_nothing_of_a_scope_is_left_on_the_connection(filled_db) -> None:
    make_request(service="customs")
    for user in (make_user(), solutions_user()):
        assert signed_in(user).get(reverse(LIST)).status_code == 200
        with as_web():
            scope = driver().execute(f"SELECT current_setting('{SETTING}', TRUE)").fetchone()[0]
            count = driver().execute("SELECT count(*) FROM requests_inbox_message").fetchone()[0]
        assert (scope or "", count) == ("", 0)


def test_login_of_the_web_alone_sees_and_writes_nothing(filled_db) -> None:
    item = make_request(service="customs")
    with as_role("emsar_web") as web:
        for model in TABLES:
            table = model._meta.db_table
            assert web.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0
        changed = web.execute("UPDATE requests_inbox_consultationrequest SET status = 'closed'")
        assert changed.rowcount == 0
        web.execute("SELECT set_config(%s, 'company consulting', TRUE)", [SETTING])
        found = web.execute("SELECT id FROM requests_inbox_consultationrequest").fetchall()
        assert found == [(item.pk,)]
        web.rollback()
        assert web.execute("SELECT 1 FROM requests_inbox_consultationrequest").fetchall() == []
