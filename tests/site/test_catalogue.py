"""Extraction, merging, compiling and checking of messages, in a project of three files."""

import gettext
import io
import os
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from emsar.site.catalogue import extraction, files
from emsar.site.catalogue.checks import Fault, all_faults, placeholders
from emsar.site.catalogue.extraction import template_catalogue

CODE = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, npgettext, pgettext

A = _("Plain")
B = gettext_lazy("Lazy")
C = ngettext("%(n)s day", "%(n)s days", 3)
# Translators: a button, not a state
D = pgettext("button", "Open")
E = npgettext("time", "one hour", "%(n)s hours", 2)
F = _("Hello, %(name)s")
"""
TEMPLATE = """{% load i18n %}
<div>
      {% translate "In a tag" %}
  {% blocktranslate trimmed with day=day count number=days %}
    one
    thing
  {% plural %}
    {{ number }} things
  {% endblocktranslate %}
</div>
   {# Translators: check: the tax number #}
  {% translate "TIN" context "number" %}
"""
MESSAGES = {
    ("Plain", None),
    ("Lazy", None),
    (("%(n)s day", "%(n)s days"), None),
    ("Open", "button"),
    (("one hour", "%(n)s hours"), "time"),
    ("Hello, %(name)s", None),
    ("In a tag", None),
    (("one thing", "%(number)s things"), None),
    ("TIN", "number"),
}


@pytest.fixture
def project(tmp_path, settings, monkeypatch):
    """A package ``house`` and a template folder, with an empty locale folder."""
    settings.BASE_DIR = tmp_path
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path / "templates"]}]
    configs = [SimpleNamespace(name="house.rooms"), SimpleNamespace(name="installed_by_pip")]
    monkeypatch.setattr(extraction, "apps", SimpleNamespace(get_app_configs=lambda: configs))
    for name, text in {
        "house/code.py": CODE,
        "house/migrations/0001.py": '_("In a migration")',
        "templates/page.html": TEMPLATE,
        "templates/mail.txt": '{% load i18n %}{% translate "Plain" %}',
        "templates/picture.svg": '{% translate "In a picture" %}',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run(command: str) -> str:
    out = io.StringIO()
    call_command(command, stdout=out)
    return out.getvalue()


def translate(language: str, *pairs: tuple[str, str]) -> None:
    """Edit a catalogue as a translator does, with the text of its file."""
    path = files.po_path(language)
    text = path.read_text(encoding="utf-8")
    for before, after in pairs:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")


def fill(language: str) -> None:
    """A complete catalogue: every text with a star before it."""
    catalogue = files.read_catalogue(language)
    for message in catalogue:
        if message.id:
            texts = files.forms(message.id)
            form = [f"*{texts[-1]}"] * catalogue.num_plurals
            message.string = tuple(form) if message.pluralizable else f"*{texts[0]}"
    files.write_catalogue(language, catalogue)


@pytest.fixture
def complete(project):
    run("update_messages")
    fill("az")
    fill("ru")
    return project


def reasons(language: str) -> set[tuple[str, str]]:
    return {
        (fault.message, fault.reason)
        for fault in all_faults(template_catalogue())
        if fault.language == language
    }


def test_every_kind_of_message_is_found(project):
    found = template_catalogue()
    assert {(m.id, m.context) for m in found if m.id} == MESSAGES


def test_files_are_noted_without_lines(project):
    run("update_messages")
    text = files.po_path("az").read_text(encoding="utf-8")
    assert "#: house/code.py templates/mail.txt\n" in text
    assert ".py:" not in text


def test_translators_comments_are_kept(project):
    run("update_messages")
    text = files.po_path("ru").read_text(encoding="utf-8")
    assert "#. Translators: a button, not a state\n" in text
    assert "#. Translators: check: the tax number\n" in text


def test_update_writes_the_same_file_again(complete):
    before = {code: files.po_path(code).read_bytes() for code in files.languages()}
    assert run("update_messages").count("unchanged") == 3
    assert {code: files.po_path(code).read_bytes() for code in files.languages()} == before


def test_catalogue_has_no_dates_and_names_no_tool(complete):
    text = files.po_path("ru").read_text(encoding="utf-8")
    assert text.startswith('msgid ""\n')
    for word in ("Date", "Generated", "Babel", "Translator:", "FULL NAME"):
        assert word not in text


def test_english_is_filled_with_its_own_ids(project):
    run("update_messages")
    english = files.read_catalogue("en")
    assert english.get("Plain").string == "Plain"
    assert english.get("%(n)s day").string == ("%(n)s day", "%(n)s days")
    assert reasons("en") == set()


def test_english_that_was_written_otherwise_is_kept(project):
    run("update_messages")
    translate("en", ('msgstr "Plain"', 'msgstr "Simple"'))
    run("update_messages")
    assert files.read_catalogue("en").get("Plain").string == "Simple"


@pytest.mark.parametrize(("language", "number"), [("az", 2), ("en", 2), ("ru", 4)])
def test_plural_forms_are_djangos(project, language, number):
    run("update_messages")
    assert files.read_catalogue(language).num_plurals == number
    text = files.po_path(language).read_text(encoding="utf-8")
    assert text.count("msgstr[0]") == 3
    assert text.count(f"msgstr[{number - 1}]") == 3
    assert f"msgstr[{number}]" not in text


def test_translations_survive_and_what_left_the_code_is_dropped(complete):
    (complete / "templates" / "mail.txt").unlink()
    (complete / "house" / "code.py").write_text(CODE.replace("Lazy", "Late"), encoding="utf-8")
    run("update_messages")
    catalogue = files.read_catalogue("ru")
    assert catalogue.get("Plain").string == "*Plain"
    assert catalogue.get("Late").string == ""
    assert catalogue.get("Lazy") is None


def test_message_that_became_a_plural_asks_for_its_forms(complete):
    code = CODE.replace('_("Plain")', 'ngettext("Plain", "Plains", 2)')
    (complete / "house" / "code.py").write_text(code, encoding="utf-8")
    (complete / "templates" / "mail.txt").unlink()
    assert ("Plain", "missing") in reasons("ru")
    run("update_messages")
    assert reasons("ru") == {("Plain", "untranslated")}


def test_complete_catalogues_pass(complete):
    assert run("check_messages") == f"{len(MESSAGES)} messages, complete\n"


def test_check_writes_nothing(complete):
    before = sorted(complete.rglob("*"))
    run("check_messages")
    assert sorted(complete.rglob("*")) == before


def test_check_of_nothing_lists_every_message_of_every_language(project):
    with pytest.raises(CommandError) as error:
        run("check_messages")
    assert f"{3 * len(MESSAGES)} faults" in str(error.value)
    assert "ru: missing: 'Plain'" in str(error.value)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('msgstr "*Lazy"', 'msgstr ""', ("Lazy", "untranslated")),
        (
            'msgstr "*Hello, %(name)s"',
            'msgstr "*Hello"',
            ("Hello, %(name)s", "wrong placeholders (%(name)s)"),
        ),
        (
            'msgstr "*Plain"',
            'msgstr "*Plain %(oops)s"',
            ("Plain", "wrong placeholders (%(oops)s)"),
        ),
        ('msgstr[2] "*%(n)s days"', 'msgstr[2] ""', ("%(n)s day", "untranslated")),
        (
            'msgstr[2] "*%(n)s days"',
            'msgstr[2] "*days"',
            ("%(n)s day", "wrong placeholders (%(n)s)"),
        ),
        (
            '#: house/code.py\nmsgid "Lazy"',
            '#: house/code.py\n#, fuzzy\nmsgid "Lazy"',
            ("Lazy", "fuzzy"),
        ),
        (
            '#: house/code.py\nmsgid "Lazy"',
            'msgid "Gone"\nmsgstr "*Gone"\n\nmsgid "Lazy"',
            ("Gone", "obsolete"),
        ),
        (
            '#: house/code.py\nmsgid "Lazy"',
            '#~ msgid "Gone"\n#~ msgstr "*Gone"\n\nmsgid "Lazy"',
            ("Gone", "obsolete"),
        ),
    ],
)
def test_each_fault_is_named(complete, before, after, fault):
    translate("ru", (before, after))
    assert fault in reasons("ru")
    assert reasons("az") == set()
    with pytest.raises(CommandError, match="1 faults"):
        run("check_messages")


def test_singular_may_leave_out_the_number(complete):
    translate("az", ('msgstr[0] "*%(n)s hours"', 'msgstr[0] "*bir saat"'))
    assert reasons("az") == set()


def test_plural_forms_of_another_rule_are_a_fault(complete):
    translate("ru", ("nplurals=4", "nplurals=3"))
    assert any("plural forms differ" in reason for _message, reason in reasons("ru"))


def test_compiled_messages_are_those_of_the_catalogue(complete):
    assert run("compile_messages") == "compiled: az, en, ru\n"
    with files.po_path("ru").with_suffix(".mo").open("rb") as compiled:
        russian = gettext.GNUTranslations(compiled)
    assert russian.gettext("Plain") == "*Plain"
    assert russian.pgettext("button", "Open") == "*Open"
    assert russian.ngettext("%(n)s day", "%(n)s days", 5) == "*%(n)s days"


def test_compile_has_nothing_to_do_twice(complete):
    run("compile_messages")
    assert run("compile_messages") == "compiled: nothing to do\n"
    source = files.po_path("en")
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert run("compile_messages") == "compiled: en\n"


def test_compile_refuses_wrong_placeholders_and_writes_nothing(complete):
    translate("ru", ('msgstr "*Hello, %(name)s"', 'msgstr "*Hello, %(nom)s"'))
    with pytest.raises(CommandError, match=r"ru: wrong placeholders"):
        run("compile_messages")
    assert not list(complete.rglob("*.mo"))


def test_unfinished_translation_may_be_compiled(complete):
    translate("ru", ('msgstr "*Lazy"', 'msgstr ""'))
    run("compile_messages")
    assert files.po_path("ru").with_suffix(".mo").exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100 %% of %(n)s", {"%(n)s"}),
        ("{name} and {0}", {"{name}", "{0}"}),
        ("%s of %d", {"%s", "%d"}),
        ("nothing, 5 %", set()),
    ],
)
def test_placeholders(text, found):
    assert placeholders(text) == found


def test_fault_says_language_reason_and_message():
    assert str(Fault("ru", "Plain", "missing")) == "ru: missing: 'Plain'"
