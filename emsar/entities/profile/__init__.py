"""The organisation as data: a profile file, read and checked without Django or a database.

The settings read a profile before anything else exists (hosts, names on the error pages), and
`load_organisation` writes the same profile into the database.
"""

import tomllib
from pathlib import Path

from emsar.entities.profile.checks import problems_between
from emsar.entities.profile.facts import (
    AuthorityFacts,
    CookieFacts,
    DayFacts,
    EntityFacts,
    MailboxFacts,
    OrganisationFacts,
    Profile,
    RecipientFacts,
    ReferenceFacts,
    ServiceFacts,
    TermFacts,
)
from emsar.entities.profile.reader import LANGUAGES, Problem, ProfileError, Reader, Texts
from emsar.entities.profile.sections import read_organisation

__all__ = [
    "LANGUAGES",
    "AuthorityFacts",
    "CookieFacts",
    "DayFacts",
    "EntityFacts",
    "MailboxFacts",
    "OrganisationFacts",
    "Problem",
    "Profile",
    "ProfileError",
    "RecipientFacts",
    "ReferenceFacts",
    "ServiceFacts",
    "TermFacts",
    "Texts",
    "parse_profile",
    "read_profile",
]


def read_profile(path: Path | str) -> Profile:
    """The profile at ``path``; ProfileError names every bad key with its reason."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(str(path), f"the file cannot be read ({error})") from error
    return parse_profile(text)


def parse_profile(text: str) -> Profile:
    """The profile written in ``text``; ProfileError as in `read_profile`."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError("(file)", f"not valid TOML: {error}") from error
    problems: list[Problem] = []
    profile = read_organisation(Reader(table, "", problems))
    # Pointers are looked at only when the keys themselves are sound.
    problems = problems or problems_between(profile)
    if problems:
        raise ProfileError.of(problems)
    return profile
