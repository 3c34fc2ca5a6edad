"""The organisation is data: no name, address or domain of it stands in the code or a template."""

import re
import tomllib

import pytest

from emsar.entities.profile import read_profile
from tests.structure.sources import python_files, root, shown, templates

PROFILE = root() / "emsar" / "entities" / "profiles" / "emsargroup.toml"


def facts() -> set[str]:
    """What is the group's own: names in three languages, hosts, addresses, tax numbers."""
    profile = read_profile(PROFILE)
    found = {profile.brand, profile.main_host, *profile.hosts, profile.inquiry_email}
    for entity in profile.entities:
        found |= {entity.email, entity.website, entity.tin}
        found |= {entity.name.get(language) for language in ("az", "en", "ru")}
    found |= {mailbox.address for mailbox in profile.mailboxes}
    return {fact.casefold() for fact in found if fact}


FACTS = sorted(facts())


def offences(text: str) -> list[str]:
    """The facts that stand in a text as words of their own."""
    folded = text.casefold()
    found = [fact for fact in FACTS if fact in folded]
    return [fact for fact in found if re.search(rf"(?<!\w){re.escape(fact)}(?!\w)", folded)]


def test_facts_of_the_profile_are_what_is_looked_for() -> None:
    """The control: the same search finds each of them in the profile itself."""
    assert len(FACTS) > 10
    assert offences(PROFILE.read_text("utf-8")) == FACTS
    assert offences("write to INFO@emsargroup.az") != []


@pytest.mark.parametrize("files", [python_files, templates], ids=["python", "templates"])
def test_no_fact_of_the_group_stands_in_a_file(files) -> None:
    paths = list(files())
    assert len(paths) > 20
    found = {shown(path): wrong for path in paths if (wrong := offences(path.read_text("utf-8")))}
    assert found == {}, "read it from the registry, or from the profile where the database is away"


def test_no_requirement_names_a_package_index() -> None:
    for name in (
        "requirements.txt",
        "requirements-dev.txt",
        "requirements.in",
        "requirements-dev.in",
    ):
        text = (root() / name).read_text()
        assert "://" not in re.sub(r"#.*", "", text), name
        assert "--index" not in text
        assert "--find-links" not in text
    assert "index" not in tomllib.loads((root() / "pyproject.toml").read_text()).get("tool", {})
