"""The documents that the project ships, as a lawyer would check them before printing."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from emsar.datamap.terms import policy_terms
from policies.loading import Document, read_documents
from policies.models import PolicyText
from tests.policies.conftest import LANGUAGES
from tests.policies.pages import EVERY_CLAUSE, words

FOLDER = Path(settings.BASE_DIR) / "policies" / "documents" / "emsargroup"
DOCUMENTS = {f"{row.policy} {row.number}": row for row in read_documents(FOLDER)}
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
AZERBAIJANI = re.compile(r"[ƏəŞşĞğıİ]")

KIND = r"(business |calendar |iş |təqvim |рабоч\w+ |календ\w+ )?"
UNIT = r"(day|month|year|gün|ay\b|il\b|дн|день|месяц|год|лет)"

every = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


def clauses(source: str) -> list[str]:
    groups = re.findall(r"^(?:- )?\{((?:[ES]-[^ }]+ ?)+)\}", source, re.M)
    return [clause for group in groups for clause in group.split()]


def placeholders(source: str) -> list[str]:
    return sorted(re.findall(r"\{\{\s*([\w.\-]+)\s*\}\}", source))


def without_remarks(source: str) -> str:
    return re.sub(r"<!--.*?-->", "", source, flags=re.DOTALL)


def headings(source: str) -> list[tuple[str, str]]:
    return re.findall(r"^(#+) ([\d.]+) ", source, re.M)


def test_these_documents_are_shipped():
    policies = ["cookie-policy 1.0", "privacy-policy 1.0", "privacy-policy 1.1"]
    assert list(DOCUMENTS) == [*policies, "undertaking 1.0"]


@every
def test_languages_say_the_same(document: Document):
    assert sorted(document.sources) == sorted(LANGUAGES)
    for facts in (clauses, placeholders, headings):
        sets = {language: facts(source) for language, source in document.sources.items()}
        assert sets["az"] == sets["en"] == sets["ru"], facts.__name__


@every
def test_reason_is_given_in_every_language(document: Document):
    assert sorted(document.reason) == sorted(LANGUAGES)
    assert all(document.reason.values())


@every
def test_no_figure_of_a_term_is_typed(document: Document):
    """Numbers of promises are printed from the terms, so that text and code cannot part."""
    for source in document.sources.values():
        assert not re.search(rf"\b\d+ {KIND}{UNIT}", without_remarks(source))


@every
def test_every_term_is_declared(document: Document):
    assert set(document.terms) <= {term.name for term in policy_terms()}


@pytest.mark.parametrize("number", ["1.0", "1.1"])
def test_privacy_policy_states_every_clause_once(number):
    for source in DOCUMENTS[f"privacy-policy {number}"].sources.values():
        assert sorted(clauses(source)) == sorted(EVERY_CLAUSE)


def test_version_1_1_differs_in_the_one_clause_that_it_is_about():
    old, new = (DOCUMENTS[f"privacy-policy {number}"].sources for number in ("1.0", "1.1"))
    for language in LANGUAGES:
        pairs = zip(old[language].splitlines(), new[language].splitlines(), strict=True)
        changed = [after for before, after in pairs if before != after]
        assert [line[:8] for line in changed] == ["{E-7.1a}"]


@every
def test_markdown_leaves_no_loose_ends(document: Document):
    for language, source in document.sources.items():
        text = re.sub(r"\{\{.*?\}\}", "X", without_remarks(source))
        for opening, closing in ("()", "[]", "{}", "«»", "“”"):
            assert text.count(opening) == text.count(closing), (language, opening)
        assert not re.search(r"[ \t]$|  |\t| [,;:.]|\.\.", text, re.MULTILINE), language


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["privacy-policy", "cookie-policy", "undertaking"])
def test_no_article_mixes_languages(policy):
    """Names of companies and products keep their Latin letters; nothing else is foreign (S-0g)."""
    rows = PolicyText.objects.filter(version__policy=policy, version__published_at__isnull=False)
    texts = {row.language: words(f"{row.title} {row.html}").replace("VÖEN", "") for row in rows}
    assert not CYRILLIC.search(texts["az"])
    assert not CYRILLIC.search(texts["en"])
    assert not AZERBAIJANI.search(texts["en"])
    assert not AZERBAIJANI.search(texts["ru"])


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["az", "ru"])
def test_translated_article_holds_no_english_words_of_ours(language):
    """What the code adds to a text (units, heads of tables) is translated as well."""
    rows = PolicyText.objects.filter(language=language, version__published_at__isnull=False)
    text = words(" ".join(row.html for row in rows))
    for word in ("business day", "month", "year", "Recipient", "Purpose", "Email", "Send Request"):
        assert word not in text
