"""Writing down what was chosen: an event for a consent or its end, a number for a refusal."""

from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from consent.models import ConsentEvent, RefusalCount
from consent.notices import COOKIE_CHOICE, Notice
from consent.services import given, withdraw, withdrawal_of
from emsar.entities.businessdays import BAKU
from emsar.entities.registry import registry

_COUNT = f"""
    INSERT INTO {RefusalCount._meta.db_table} AS counter (day, version, language, count)
    VALUES (%s, %s, %s, 1)
    ON CONFLICT (day, version, language) DO UPDATE SET count = counter.count + 1
"""  # noqa: S608 - the table is ours  # nosec B608


@transaction.atomic
def record_acceptance(notice: Notice, method: str) -> ConsentEvent:
    """Write the consent (E-10a); whatever it grants is granted after the commit alone.

    No address, no user agent, no subject: only the words, and a receipt id (``uid``).
    """
    slugs = [entity.slug for entity in registry().entities]
    event = given(notice, subject=None, about=None, controllers=slugs, method=method)
    event.save()
    return event


def record_withdrawal(receipt: UUID, method: str) -> ConsentEvent | None:
    """Write the end of a consent, once; None when there is no such consent any more."""
    consents = ConsentEvent.objects.filter(form=COOKIE_CHOICE, kind=ConsentEvent.Kind.GIVEN)
    consent = consents.filter(uid=receipt).first()
    if consent is None:
        return None
    try:
        return withdraw(consent, method=method, actor=None)
    except IntegrityError:
        # Two windows of one browser pressed the button at once.
        return withdrawal_of(consent)


def count_refusal(notice: Notice) -> None:
    """One more refusal today (Asia/Baku), by nobody."""
    today = timezone.localdate(timezone=BAKU)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [today, notice.version.number, notice.language])
