"""What the registers ask of the DPO, a day to each side of each date."""

from datetime import date

import pytest
from django.utils import translation

from emsar.entities.models import CalendarDay, LegalReference, Organisation, Recipient
from emsar.entities.reminders import reminders

pytestmark = pytest.mark.django_db
TODAY = date(2026, 10, 28)


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def settled(loaded):
    """Everything in order on TODAY."""
    Organisation.objects.update(registration_number="R-1")
    Recipient.objects.update(contract=True)
    return loaded


def texts(today=TODAY) -> list[str]:
    return [reminder.text for reminder in reminders(today)]


def test_nothing_to_see_to_when_all_is_in_order(settled):
    assert texts() == []


def test_missing_registration_is_named(settled):
    Organisation.objects.update(registration_number="")
    assert texts() == ["The state registration number is missing."]


def test_overdue_review_is_named_from_the_day_after(settled):
    (found,) = texts(date(2026, 10, 29))
    assert found.startswith("Review overdue since 28 October 2026: Law of the Republic")
    LegalReference.objects.filter(pk="personal-data").update(active=False)
    assert texts(date(2026, 10, 29)) == []


def test_recipients_without_a_contract_are_named(settled):
    Recipient.objects.filter(pk="email").update(contract=None)
    Recipient.objects.filter(pk="hosting").update(contract_expires=date(2026, 10, 27))
    Recipient.objects.filter(pk="support").update(contract=False, active=False)
    assert texts() == [
        "No contract in force: Hosting provider",
        "No contract in force: Email provider",
    ]


def test_expired_certificate_is_named(settled):
    Recipient.objects.filter(pk="email").update(certificate_expires=date(2026, 10, 27))
    assert texts() == ["Certificate expired: Email provider"]


@pytest.mark.parametrize(
    ("today", "named"),
    [
        (date(2027, 1, 7), False),
        (date(2027, 1, 8), True),
        (date(2027, 3, 9), True),
        (date(2027, 3, 10), False),
    ],
)
def test_estimated_day_is_named_two_months_ahead(settled, today, named):
    LegalReference.objects.update(active=False)
    expected = "Estimated day, to be confirmed: 9 March 2027 (Ramazan Bayram (Eid al-Fitr))"
    assert (expected in texts(today)) is named


def test_year_without_days_is_named_a_year_before(settled):
    CalendarDay.objects.filter(date__year=2027).delete()
    (found,) = reminders(TODAY)
    assert found.text == "The business calendar has no days for 2027."
    assert found.model == "calendarday"
