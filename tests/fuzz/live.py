"""Every public form and every address with a token, with a token that works and a form filled in.

Each door is opened as a visitor or a colleague comes to it: by the mail, the link, the step before.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from consent.models import ConsentEvent
from consent.receipts.address import receipt_path
from dsar.models import Case, Kind
from dsar.services import corrections
from emsar.staff.access.inviting import invite
from emsar.staff.access.tokens import name_in_link, passwords
from emsar.staff.models import Role, TotpDevice
from emsar.subjects import links
from requests_inbox.models import ConsultationRequest
from requests_inbox.services.receive import WITHDRAWAL
from tests.consent.choosing import Chooser
from tests.dsar.asking import ADDRESS, ask, mails, path_in, verified
from tests.factories import PASSWORD, make_request, make_user
from tests.requests_inbox.visiting import FILLED_IN, Visitor
from tests.staff.access.entering import CODE, LOGIN, code_now, give_factor, type_password

DAY = timedelta(days=1)
CHOSEN = "a long and quite unusual sentence"
ENROL = reverse("admin:second_factor")
# Whoever stands there without the step before is sent back to the beginning.
HALFWAY = {CODE, ENROL}


def token_in(path: str) -> str:
    return path.split("/")[-2]


# Loading the middlewares looks through all static files; hundreds of browsers need that once.
_HANDLER = Client().handler


def stranger() -> Client:
    """A browser that was never here."""
    client = Client()
    client.handler = _HANDLER
    return client


@dataclass(frozen=True)
class Live:
    """Whose browser, where, and what the form sends, if there is one.

    ``token`` is what opens the door: in the address, or in a cookie of the browser; a reference is
    none, for it says which and not who. ``done`` is the status of the right answer. ``own`` are
    statuses by which this view itself answers a wrong field, where elsewhere nothing but a
    middleware does.
    """

    path: str
    client: Client = field(default_factory=stranger)
    fields: dict[str, Any] | None = None
    token: str = ""
    done: int = 303
    own: frozenset[int] = frozenset()

    def browser(self) -> Client:
        """A fresh copy, so that one try does not spoil the next."""
        copy = stranger()
        copy.cookies = deepcopy(self.client.cookies)
        return copy

    def go_through(self, path: str = "", browser: Client | None = None) -> HttpResponse:
        """Do what the door is for: send its form, or open its page."""
        at, client = path or self.path, browser or self.browser()
        return client.get(at) if self.fields is None else client.post(at, self.fields)

    def is_reached(self, response: HttpResponse) -> bool:
        """Whether the view answered: no middleware before it, and not the step before this one."""
        if response.status_code in {400, 403, 404, 405, 413} - self.own:
            return False
        place = urlsplit(response.headers.get("Location", ""))
        return place.path != LOGIN or not (place.query or self.path in HALFWAY)

    def is_done(self, response: HttpResponse) -> bool:
        """Whether the door opened."""
        return response.status_code == self.done and self.is_reached(response)


def consultation() -> Live:
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=1), tick=True):
        visitor = Visitor(stranger()).open()
    return Live(visitor.path, fields={**FILLED_IN, "token": visitor.token, "website": ""})


def withdrawal() -> Live:
    request = make_request()
    token = links.issue(WITHDRAWAL, request.subject_id, request.pk, 30 * DAY)
    return Live(f"/en/free-consultation/withdraw/{token}/", fields={}, token=token)


def sent() -> Live:
    place = Visitor(stranger()).open().send().headers["Location"]
    return Live(place, token=place.partition("?r=")[2], done=200)


def my_data() -> Live:
    fields = {"email": ADDRESS, "kind": ["access", "deletion"], "details": "All of it."}
    return Live("/en/my-data/", fields={**fields, "nonce": "", "website": ""})


def my_data_link() -> Live:
    ask(Kind.CORRECTION, Kind.COMPLAINT)
    path = path_in(mails()[-1])
    fields = {"email": ADDRESS, "listed": "1", "mine": Case.objects.first().reference}
    return Live(path, fields=fields, token=token_in(path))


def new_address() -> Live:
    make_request(email=ADDRESS)
    case = verified(stranger(), Kind.CORRECTION)
    row = case.file.person.identifiers.get()
    value = corrections.propose(
        case, "subjects.subjectidentifier", str(row.pk), "value", "new@example.com"
    )
    corrections.decide(value, True, by=make_user())
    path = path_in(mails("address")[0])
    fields = {"email": "new@example.com"}
    return Live(path, fields=fields, token=token_in(path), done=200)


def of_case(
    verb: str, kind: str = Kind.COMPLAINT, fields: dict[str, Any] | None = None, **more: Any
) -> Callable[[], Live]:
    """A page of a case, in the browser of the person whose it is."""

    def opened() -> Live:
        client = stranger()
        make_request(email=ADDRESS)
        case = verified(client, kind)
        path = f"/en/my-data/cases/{case.reference}/{verb}"
        return Live(path, client, fields, **more)

    return opened


def confirming() -> Live:
    client = stranger()
    verified(client, Kind.COMPLAINT)
    ask(Kind.CORRECTION)
    later = Case.objects.get(kind=Kind.CORRECTION).reference
    return Live(f"/en/my-data/cases/{later}/confirm/", client, {})


def proposing() -> Live:
    found = of_case("propose/", Kind.CORRECTION, {})()
    row = ConsultationRequest.objects.get()
    fields = {"field": f"requests_inbox.consultationrequest|{row.pk}|name", "value": "Leyla"}
    return Live(found.path, found.client, fields)


def agreeing() -> Live:
    # A value that nobody proposed is no page.
    found = of_case("agree/", Kind.CORRECTION, {})()
    case = Case.objects.get(kind=Kind.CORRECTION)
    place = ("requests_inbox.consultationrequest", str(ConsultationRequest.objects.get().pk))
    row = corrections.propose(case, *place, "name", "Leyla", by=make_user())
    fields = {"proposal": str(row.pk), "answer": "yes"}
    return Live(found.path, found.client, fields, own=frozenset({404}))


def cases(path: str = "", **more: Any) -> Callable[[], Live]:
    def opened() -> Live:
        found = of_case("")()
        return Live(f"/en/my-data/cases/{path}", found.client, **more)

    return opened


def cookies() -> Live:
    chooser = Chooser(stranger())
    chooser.open("cookies/")
    fields = {"choice": "accept", "shown": chooser.shown, "from": "settings", "next": "/en/"}
    return Live("/en/cookies/", fields=fields)


def agreed() -> tuple[Client, str]:
    """A browser in which cookies were agreed to, and the token of the receipt."""
    chooser = Chooser(stranger())
    assert chooser.accept().status_code == 303
    return chooser.client, token_in(receipt_path(ConsentEvent.objects.latest("at"), "en"))


def receipt(file: str = "") -> Callable[[], Live]:
    def opened() -> Live:
        token = agreed()[1]
        return Live(f"/en/consent/{token}/{file}", token=token, done=200)

    return opened


def own_receipt(path: str) -> Callable[[], Live]:
    """What names it stands in the browser's cookie."""

    def opened() -> Live:
        return Live(f"/en/cookies/{path}", agreed()[0], done=200)

    return opened


def login() -> Live:
    user = make_user()
    fields = {"username": user.username, "password": PASSWORD, "next": "/admin/"}
    return Live(LOGIN, fields=fields, done=302)


def login_code() -> Live:
    user = make_user()
    secret = give_factor(user)
    client = type_password(user.username)
    return Live(CODE, client, {"code": code_now(secret)}, done=302)


def forgotten() -> Live:
    fields = {"username": make_user().username}
    return Live(reverse("admin:forgotten"), fields=fields, done=200)


def invitation() -> Live:
    user = make_user(Role.AUDITOR)
    user.set_unusable_password()
    user.save()
    path = urlsplit(invite(user, actor=None)).path
    return Live(path, fields={"password": CHOSEN, "again": CHOSEN}, token=token_in(path), done=302)


def new_password() -> Live:
    user = make_user()
    path = reverse("admin:new_password", args=[name_in_link(user), passwords.make_token(user)])
    return Live(path, fields={"password": CHOSEN, "again": CHOSEN}, token=token_in(path), done=302)


def second_factor() -> Live:
    before = invitation()
    client = before.client
    assert client.post(before.path, before.fields).status_code == 302
    client.get(ENROL)
    secret = TotpDevice.objects.latest("created_at").secret
    return Live(ENROL, client, {"code": code_now(secret)}, done=200)


FORMS: dict[str, Callable[[], Live]] = {
    "en/free-consultation/": consultation,
    "en/free-consultation/withdraw/<str:token>/": withdrawal,
    "en/my-data/": my_data,
    "en/my-data/link/<str:token>/": my_data_link,
    "en/my-data/address/<str:token>/": new_address,
    "en/my-data/cases/leave/": cases("leave/", fields={}),
    "en/my-data/cases/<str:reference>/agree/": agreeing,
    "en/my-data/cases/<str:reference>/confirm/": confirming,
    "en/my-data/cases/<str:reference>/copy/": of_case("copy/", Kind.ACCESS, {}, done=200),
    "en/my-data/cases/<str:reference>/message/": of_case("message/", fields={"body": "When?"}),
    "en/my-data/cases/<str:reference>/propose/": proposing,
    "en/my-data/cases/<str:reference>/take-back/": of_case("take-back/", fields={}),
    "en/cookies/": cookies,
    "admin/login/": login,
    "admin/login/code/": login_code,
    "admin/second-factor/": second_factor,
    "admin/forgotten/": forgotten,
    "admin/invitation/<str:name>/<str:token>/": invitation,
    "admin/new-password/<str:name>/<str:token>/": new_password,
}
PAGES: dict[str, Callable[[], Live]] = {
    "en/free-consultation/sent/": sent,
    "en/my-data/cases/": cases(done=200),
    "en/my-data/cases/<str:reference>/": of_case("", done=200),
    "en/consent/<str:token>/": receipt(),
    "en/consent/<str:token>/receipt.json": receipt("receipt.json"),
    "en/cookies/receipt/": own_receipt("receipt/"),
    "en/cookies/receipt.json": own_receipt("receipt.json"),
}
LIVE = FORMS | PAGES
# Neither a form nor a token: the same for everybody.
PLAIN = frozenset(
    {
        *(".well-known/gpc.json", ".well-known/security.txt", "healthz", "readyz"),
        *("en/", "en/<slug:slug>/", "en/free-consultation/withdrawn/", "en/my-data/sent/"),
        *("en/<policy:policy>/", "en/<policy:policy>/<version:number>/"),
        "en/<policy:policy>/versions/",
    }
)
