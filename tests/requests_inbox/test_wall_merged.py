"""A person who was merged is one person to PostgreSQL as well, evidence of before included."""

import pytest

from emsar.staff import rows
from emsar.subjects.services import merge
from requests_inbox.models import Transfer, TransferReason
from requests_inbox.services import handling
from tests.factories import consulting_user, make_request, make_user
from tests.webrole import as_web

pytestmark = pytest.mark.django_db


def test_person_s_scope_shows_the_transfers_of_before_a_merger() -> None:
    officer = make_user()
    items = [make_request(email=f"{name}@example.com", service="accounting") for name in "abc"]
    handling.hand_over(items[0], "solutions", TransferReason.values[0], by=consulting_user())
    stranger = make_request(service="accounting")
    handling.hand_over(stranger, "solutions", TransferReason.values[0], by=consulting_user())
    first, second, kept = (item.subject for item in items)
    merge(second, first, actor=officer.pk)
    merge(kept, second, actor=officer.pk)
    with as_web(), rows.of_person(kept.pk):
        assert [row.request for row in Transfer.objects.all()] == [items[0].pk]
