"""Browsing is never recorded as consent; only the button is (E-1k, S-Ib)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.models import ConsentEvent, ConsentText
from emsar.audit.models import AuditEvent
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import DataSubject

pytestmark = pytest.mark.django_db
PAGES = [
    *("", "solutions/", "consulting/", "free-consultation/", "free-consultation/sent/"),
    *("free-consultation/?service=customs", "free-consultation/withdraw/x/"),
    *("free-consultation/withdrawn/", "privacy-policy/", "privacy-policy/1.0/"),
    *("privacy-policy/versions/", "cookie-policy/", "no-such-page/"),
]
ROWS = (ConsentEvent, ConsentText, DataSubject, OutboundMail, AuditEvent)


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_looking_at_every_page_writes_nothing(client, language):
    before = [model.objects.count() for model in ROWS]
    with CaptureQueriesContext(connection) as queries:
        for page in PAGES:
            for method in (client.get, client.head):
                assert method(f"/{language}/{page}").status_code in {200, 302, 404}
    assert [model.objects.count() for model in ROWS] == before
    written = [query["sql"] for query in queries if not query["sql"].startswith("SELECT")]
    assert written == []
