"""A moment that no calendar can hold is not stored, so it hides no row and stops no reminder."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from requests_inbox.models import ConsultationRequest, Message
from tests.factories import make_request
from tests.requests_inbox.desk import BAKU

pytestmark = pytest.mark.django_db
FIRST = datetime(1, 1, 2, tzinfo=BAKU)


@pytest.mark.parametrize("column", ["received_at", "reply_due_at"])
@pytest.mark.parametrize("moment", [FIRST, datetime(1999, 12, 31, 23, 59, tzinfo=BAKU)])
def test_request_of_another_age_is_refused_by_the_database(column, moment) -> None:
    item = make_request()
    with pytest.raises(IntegrityError, match="request_of_our_time"), transaction.atomic():
        ConsultationRequest.objects.filter(pk=item.pk).update(**{column: moment})


def test_message_of_another_age_is_refused_by_the_database() -> None:
    item = make_request()
    with pytest.raises(IntegrityError, match="message_of_our_time"), transaction.atomic():
        Message.objects.create(request=item, kind="incoming", body="Long ago", at=FIRST)
