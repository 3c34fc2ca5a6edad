"""What the officer and colleagues do here is done with the rights of the web's own role."""

import pytest
from django.urls import reverse

from dsar.models import Case, Disclosure, Kind, Status
from emsar.audit.roles import WEB
from tests.audit.test_roles_at_work import acting_as
from tests.dsar.desk import make_case, make_disclosure, signed_in, url, verb_url
from tests.dsar.test_admin_disclosures import add
from tests.dsar.test_admin_disclosures import entry as disclosed
from tests.dsar.test_admin_erasing import seen_on
from tests.dsar.test_admin_intake import entry
from tests.factories import make_request, make_user, solutions_user

pytestmark = pytest.mark.django_db


def test_officer_needs_no_more_than_the_web_may() -> None:
    officer = make_user()
    request = make_request(email="me@example.com")
    complaint, waiting = make_case(Kind.COMPLAINT), make_case(Kind.COMPLAINT, verified=False)
    deletion = make_case(Kind.DELETION, email="me@example.com")
    made = make_disclosure(request.subject_id, officer)
    client = signed_in(officer)
    with acting_as(WEB):
        for name in ("case_changelist", "figures", "register", "disclosure_changelist", "case_add"):
            assert client.get(url(name)).status_code == 200, name
        assert client.get(reverse("admin:index")).status_code == 200
        for verb, data in (
            ("question", {"words": "Who?"}),
            ("resume", {}),
            ("extend", {"words": "Third party."}),
            ("message", {"words": "Hello."}),
            ("note", {"words": "For us."}),
            ("answer", {"words": "Done.", "outcome": "fulfilled"}),
        ):
            assert client.post(verb_url(complaint, verb), data).status_code == 302, verb
        seen = {"proof": "document", "note": "Seen."}
        assert client.post(verb_url(waiting, "prove"), seen).status_code == 302
        assert client.post(url("case_add"), entry()).status_code == 302
        assert client.post(add(request.subject_id), disclosed()).status_code == 302
        assert client.post(url("disclosure_export", made.pk)).status_code == 200
        for kind in ("csv", "pdf"):
            assert client.get(f"{url('register')}?format={kind}").status_code == 200
        preview = client.get(verb_url(deletion, "approve"))
        data = {"sure": "on", "seen": seen_on(preview)}
        assert client.post(verb_url(deletion, "approve"), data).status_code == 302
    assert Disclosure.objects.count() == 2
    assert Case.objects.get(pk=deletion.pk).status in {Status.EXECUTED, Status.COMPLETED}


def test_colleague_needs_no_more_than_the_web_may() -> None:
    client = signed_in(solutions_user())
    with acting_as(WEB):
        assert client.post(url("case_add"), entry()).status_code == 302
    assert Case.objects.count() == 1
