from collections.abc import Callable
from pathlib import Path

import pytest

from policies.models import Policy, PolicyText, PolicyVersion

LANGUAGES = ("az", "en", "ru")
TEXT = "# Rules\n\n## 1 Replies\n\n{E-4a} Within {{ term.reply_within }}.\n"
TERMS = {"reply_within": 1}

MakeVersion = Callable[..., PolicyVersion]


@pytest.fixture
def make_version(db) -> MakeVersion:
    """A draft of a small policy of its own; ``texts`` is one source for all or one a language."""

    def make(texts=TEXT, *, policy="house-rules", number="1.0", **fields) -> PolicyVersion:
        Policy.objects.get_or_create(slug=policy)
        version = PolicyVersion.objects.create(
            policy_id=policy, number=number, **{"terms": TERMS, **fields}
        )
        sources = texts if isinstance(texts, dict) else dict.fromkeys(LANGUAGES, texts)
        for language, source in sources.items():
            PolicyText.objects.create(version=version, language=language, source=source)
        return version

    return make


@pytest.fixture
def shipped(db) -> Callable[[str, str], PolicyVersion]:
    """A version that the project ships, by policy and number."""
    return lambda policy, number: PolicyVersion.objects.get(policy=policy, number=number)


@pytest.fixture
def write_document(tmp_path) -> Callable[..., Path]:
    """Files of a document; the path of its terms."""

    def write(facts: str, *, policy="house-rules", number="1.0", texts=TEXT) -> Path:
        folder = tmp_path / policy / number
        folder.mkdir(parents=True, exist_ok=True)
        for language in LANGUAGES:
            (folder / f"{language}.md").write_text(texts, "utf-8")
        (folder / "terms.toml").write_text(facts, "utf-8")
        return folder / "terms.toml"

    return write
