"""Somebody with neither an email address nor a phone number is entered by name or by address."""

import re

import pytest
from django.db import connection

from dsar.models import Case, CaseFile, Channel, Proof, Status
from emsar.outbox.models import OutboundMail
from emsar.subjects.models import SubjectIdentifier
from tests.dsar.desk import signed_in, url
from tests.dsar.test_admin_intake import entry
from tests.factories import make_user, solutions_user

pytestmark = pytest.mark.django_db
LETTER = {"email": "", "channel": Channel.LETTER, "kinds": ["complaint"]}


@pytest.mark.parametrize(
    ("name", "postal"),
    [("Rəna Əliyeva", ""), ("", "Nizami 10, Bakı"), ("Rəna Əliyeva", "Nizami 10,\nBakı")],
)
@pytest.mark.parametrize("role", ["dpo", "entity_staff"])
def test_case_is_opened_for_a_name_or_a_postal_address(name, postal, role) -> None:
    user = make_user() if role == "dpo" else solutions_user()
    data = entry(**LETTER, name=name, postal=postal, proof=Proof.DOCUMENT, proof_note="Seen.")
    assert signed_in(user).post(url("case_add"), data).status_code == 302
    file = CaseFile.objects.get()
    assert (file.name or "", file.postal or "", file.contact) == (name, postal, None)
    status = Status.OPEN if role == "dpo" else Status.UNVERIFIED
    assert Case.objects.get().status == status
    assert not SubjectIdentifier.objects.exists()
    assert not OutboundMail.objects.filter(purpose="rights").exists()


def test_two_letters_are_of_two_persons_until_the_officer_says_otherwise() -> None:
    client = signed_in(make_user())
    for _ in range(2):
        client.post(url("case_add"), entry(**LETTER, name="Rəna Əliyeva"))
    assert CaseFile.objects.values("person").distinct().count() == 2


@pytest.mark.parametrize("blank", ["", "   "])
def test_somebody_has_to_be_named(blank) -> None:
    data = entry(**LETTER, name=blank, postal=blank)
    response = signed_in(make_user()).post(url("case_add"), data)
    assert response.status_code == 422
    assert "the postal address of whoever asks" in " ".join(response.text.split())
    assert not Case.objects.exists()


@pytest.mark.parametrize("wrong", [{"name": "x" * 121}, {"name": "a\nb"}, {"postal": "x" * 501}])
def test_what_cannot_be_stored_is_refused(wrong) -> None:
    response = signed_in(make_user()).post(url("case_add"), entry(**LETTER, **wrong))
    assert response.status_code == 422
    assert not Case.objects.exists()


def test_row_says_nothing_to_whoever_reads_the_table() -> None:
    data = entry(**LETTER, name="Quliyeva", postal="Xaqani 7")
    signed_in(make_user()).post(url("case_add"), data)
    with connection.cursor() as cursor:
        cursor.execute("SELECT name::text || postal::text FROM dsar_casefile")
        (stored,) = cursor.fetchone()
    for words in ("Quliyeva", "Xaqani 7"):
        assert words.encode().hex() not in stored


@pytest.mark.parametrize("language", ["az", "ru"])
def test_faults_are_told_in_the_language_of_the_reader(language) -> None:
    wrong = {"received_at": "2999-01-01T10:00", "phone": "12", "kinds": [], "channel": "",
             "proof": "", "proof_note": "Seen.", "email": "nobody"}  # fmt: skip
    faults = {}
    for reader in ("en", language):
        user = make_user(language=reader)
        page = signed_in(user).post(url("case_add"), entry(**wrong))
        assert page.status_code == 422
        lists = re.findall(r'<ul class="errorlist"[^>]*>(.*?)</ul>', page.text, re.DOTALL)
        faults[reader] = {text for one in lists for text in re.findall(r"<li>(.*?)</li>", one)}
    assert len(faults["en"]) >= 5
    assert len(faults[language]) == len(faults["en"])
    assert not faults["en"] & faults[language]
