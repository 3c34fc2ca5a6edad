"""Files become versions; a file that cannot be meant is refused with its path and the reason."""

from datetime import date

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.utils import timezone

from policies.drafts import content_of, save_draft
from policies.loading import (
    DocumentError,
    documents_folder,
    load_document,
    read_document,
    read_documents,
)
from policies.models import PolicyVersion
from policies.publishing import publish
from tests.policies.conftest import TEXT

FACTS = """
number = "1.0"
effective = 2026-04-28
significant = true
reason.az = "a"
reason.en = "b"
reason.ru = "c"
[terms]
reply_within = 1
"""
DRAFT = FACTS.replace("effective = 2026-04-28\n", "")


def test_document_says_what_its_files_say(write_document):
    document = read_document(write_document(FACTS))
    assert (document.policy, document.number) == ("house-rules", "1.0")
    assert (document.effective, document.significant) == (date(2026, 4, 28), True)
    assert document.reason == {"az": "a", "en": "b", "ru": "c"}
    assert document.terms == {"reply_within": 1}
    assert document.sources == dict.fromkeys(("az", "en", "ru"), TEXT)


def test_document_may_lack_a_language_and_all_but_its_number(write_document):
    path = write_document('number = "1.0"')
    (path.parent / "ru.md").unlink()
    document = read_document(path)
    assert sorted(document.sources) == ["az", "en"]
    assert (document.effective, document.significant, document.reason) == (None, False, {})


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ("number = ", "Invalid value"),
        ("", "number must be digits"),
        ("number = 1.0", "number is not what it should be: 1.0"),
        ('number = "1.1"', "number must be digits in groups and name the folder, not '1.1'"),
        ('number = "1.0"\nefective = 2026-04-28', "nobody knows efective"),
        ('number = "1.0"\neffective = "soon"', "effective is a day, not 'soon'"),
        ('number = "1.0"\neffective = 2026-04-28T10:00:00', "effective is a day"),
        ('number = "1.0"\nsignificant = "no"', "significant is not what it should be"),
        ('number = "1.0"\nrequires_reconsent = 1', "requires_reconsent is not what it should"),
        ('number = "1.0"\nreason = "because"', "reason is not what it should be"),
        ('number = "1.0"\nreason.de = "weil"', "reason.de is not a text"),
        ('number = "1.0"\nreason.en = 1', "reason.en is not a text"),
        ('number = "1.0"\nterms = 1', "terms is not what it should be"),
        ('number = "1.0"\n[terms]\nreply_within = 0', "terms.reply_within is a positive whole"),
        ('number = "1.0"\n[terms]\nreply_within = -1', "terms.reply_within is a positive whole"),
        ('number = "1.0"\n[terms]\nreply_within = 1.5', "terms.reply_within is a positive whole"),
        ('number = "1.0"\n[terms]\nreply_within = true', "terms.reply_within is a positive whole"),
        ('number = "1.0"\n[terms]\nreply_within = "1"', "terms.reply_within is a positive whole"),
    ],
)
def test_wrong_document_is_refused_with_its_path_and_the_reason(write_document, facts, reason):
    path = write_document(facts)
    with pytest.raises(DocumentError) as refused:
        read_document(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert reason in str(refused.value)


def test_file_that_is_not_utf_8_is_refused(write_document):
    path = write_document(FACTS)
    (path.parent / "az.md").write_bytes(b"\xff\xfe")
    with pytest.raises(DocumentError, match="utf-8"):
        read_document(path)


def test_missing_folder_is_refused(tmp_path):
    with pytest.raises(DocumentError, match="there are no documents"):
        list(read_documents(tmp_path / "nowhere"))


def test_documents_come_in_the_order_of_their_numbers(write_document, tmp_path):
    for number in ("1.10", "1.2", "1.9"):
        write_document(f'number = "{number}"', number=number)
    assert [document.number for document in read_documents(tmp_path)] == ["1.2", "1.9", "1.10"]


def test_documents_of_the_profile_are_bundled_or_lie_beside_it(tmp_path):
    assert documents_folder() == settings.BASE_DIR / "policies" / "documents" / "emsargroup"


def test_documents_beside_the_profile_go_before(tmp_path, settings):
    (tmp_path / "documents").mkdir()
    settings.PROFILE_PATH = tmp_path / "other.toml"
    assert documents_folder() == tmp_path / "documents"


@pytest.mark.django_db
class TestLoading:
    def test_draft_follows_its_files(self, write_document):
        load_document(read_document(write_document(DRAFT)))
        changed = write_document(DRAFT.replace("= 1", "= 2"), texts=f"{TEXT}\nMore.\n")
        version = load_document(read_document(changed))
        assert PolicyVersion.objects.filter(policy="house-rules").count() == 1
        assert version.terms == {"reply_within": 2}
        assert {text.source for text in version.texts.all()} == {f"{TEXT}\nMore.\n"}
        assert (version.reason_en, version.significant) == ("b", True)

    def test_published_version_stays_whatever_the_files_say(self, write_document):
        version = load_document(read_document(write_document(FACTS)))
        publish(version, actor=None)
        again = load_document(read_document(write_document(FACTS.replace("= 1", "= 2"))))
        assert (again.pk, again.terms) == (version.pk, {"reply_within": 1})

    def test_draft_that_staff_edited_is_theirs(self, write_document):
        """A restart loads the files again and must not take an evening's work away."""
        document = read_document(write_document(DRAFT))
        version = load_document(document)
        edited = content_of(version)
        save_draft(version, edited.__class__(**{**vars(edited), "number": "1.7"}), actor=None)
        again = load_document(document)
        assert (again.pk, again.number) == (version.pk, "1.7")
        assert PolicyVersion.objects.filter(policy="house-rules").count() == 1


@pytest.mark.django_db
class TestCommand:
    def run(self, folder, capsys) -> str:
        call_command("publish_policies", documents=folder)
        return capsys.readouterr().out

    def test_publishes_what_has_a_date_and_keeps_drafts(self, write_document, tmp_path, capsys):
        write_document(FACTS)
        write_document(DRAFT.replace('"1.0"', '"1.1"'), number="1.1")
        out = self.run(tmp_path, capsys)
        assert out == "house-rules 1.0: published\nhouse-rules 1.1: a draft\n"

    def test_second_run_changes_nothing(self, write_document, tmp_path, capsys):
        write_document(FACTS)
        self.run(tmp_path, capsys)
        before = timezone.now()
        assert self.run(tmp_path, capsys) == "house-rules 1.0: published before\n"
        assert PolicyVersion.objects.get(policy="house-rules").published_at < before

    def test_says_when_files_of_a_published_version_changed(self, write_document, tmp_path, capsys):
        write_document(FACTS)
        self.run(tmp_path, capsys)
        write_document(FACTS, texts=f"{TEXT}\nMore.\n")
        out = self.run(tmp_path, capsys)
        assert out == "house-rules 1.0: published before; the files differ from it\n"

    def test_says_when_a_draft_is_the_staffs(self, write_document, tmp_path, capsys):
        write_document(DRAFT)
        self.run(tmp_path, capsys)
        version = PolicyVersion.objects.get(policy="house-rules")
        save_draft(version, content_of(version), actor=None)
        assert self.run(tmp_path, capsys) == "house-rules 1.0: a draft that staff edited\n"

    def test_refusal_names_the_version_and_every_reason(self, write_document, tmp_path, capsys):
        write_document(FACTS, texts=f"{TEXT}\n## 2 Empty\n")
        with pytest.raises(CommandError) as refused:
            self.run(tmp_path, capsys)
        lines = str(refused.value).splitlines()
        assert lines[0] == "house-rules 1.0 is refused:"
        assert len(lines) == 4

    def test_wrong_file_is_a_command_error(self, write_document, tmp_path, capsys):
        write_document("number = ")
        with pytest.raises(CommandError, match=r"terms\.toml"):
            self.run(tmp_path, capsys)

    def test_shipped_documents_are_published_already(self, capsys):
        call_command("publish_policies")
        assert capsys.readouterr().out.splitlines() == [
            "cookie-policy 1.0: published before",
            "privacy-policy 1.0: published before",
            "privacy-policy 1.1: a draft",
            "undertaking 1.0: published before",
        ]
