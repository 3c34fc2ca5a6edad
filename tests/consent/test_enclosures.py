"""The words agreed to as a file: exactly what is stored under the hash."""

import pytest

from consent.enclosures import code_of, consent_text
from consent.models import ConsentText
from consent.notices import FREE_CONSULTATION, notice
from emsar.outbox.enclosures import enclosure_of
from emsar.outbox.models import OutboundMail, Purpose
from tests.factories import make_request

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("language", ["az", "en", "ru"])
def test_acknowledgement_carries_the_words_that_were_shown(language) -> None:
    make_request(language)
    mail = OutboundMail.objects.get(purpose=Purpose.ACKNOWLEDGEMENT)
    found = enclosure_of(mail.enclosure)
    words = notice(FREE_CONSULTATION, language)
    assert words.sentence in found.html
    assert words.details in found.html
    assert words.sha256 in found.html
    assert f'<html lang="{language}">' in found.html


def test_unknown_words_are_no_file() -> None:
    assert ConsentText.objects.count() == 0
    assert consent_text("0" * 64) is None
    assert code_of("0" * 64) == "consent-text:" + "0" * 64
