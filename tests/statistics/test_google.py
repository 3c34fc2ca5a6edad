"""The way to Google: a read-only key, and nothing of Google's in the web process."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection

from emsar.statistics.google import SCOPE, data_client
from tests.structure.sources import python_files, root, shown

GOOGLE = ("google", "grpc", "proto")
WEB = """
import sys
import django
django.setup()
import emsar.wsgi
from django.test import RequestFactory
from django.utils import translation
translation.activate("en")
from django.urls import get_resolver, resolve
from emsar.staff.models import User
assert get_resolver().url_patterns
page = resolve("/admin/statistics/")
request = RequestFactory().get("/admin/statistics/", HTTP_HOST="testserver")
request.session = {}
request.user = User(username="somebody", role="dpo", language="en")
from emsar.staff.pages import registered_pages
view = {page.name: page.view for page in registered_pages()}["statistics_page"]
answer = view(request).render()
assert answer.status_code == 200, answer.status_code
assert b"Statistics" in answer.content
print(sorted(name for name in sys.modules if name.split(".")[0] in {"google", "grpc", "proto"}))
"""


def top_level_imports(path: Path) -> set[str]:
    """The packages that a module imports when it is imported itself."""
    found: set[str] = set()
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def test_no_module_imports_google_when_it_is_imported() -> None:
    found = {shown(path) for path in python_files() if top_level_imports(path) & set(GOOGLE)}

    assert found == set()


def test_imports_outside_functions_are_found_wherever_they_stand(tmp_path) -> None:
    """The control: nested in a condition it is found, in a function it is not."""
    module = tmp_path / "module.py"
    module.write_text("if True:\n    from google.auth import x\ndef f():\n    import grpc\n")

    assert top_level_imports(module) == {"google"}


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["", "123456"])
def test_neither_the_web_process_nor_the_page_imports_google(number) -> None:
    database = connection.settings_dict
    done = subprocess.run(
        [sys.executable, "-c", WEB],
        cwd=root(),
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "emsar.settings.test",
            "DATABASE_URL": _url(os.environ["DATABASE_URL"], str(database["NAME"])),
            "GA_PROPERTY_ID": number,
            "GA_CREDENTIALS_FILE": "key.json" if number else "",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


def _url(address: str, name: str) -> str:
    """The same server, the database of the tests."""
    given, _question, rest = address.partition("?")
    return f"{given.rpartition('/')[0]}/{name}" + (f"?{rest}" if rest else "")


@pytest.fixture
def key_file(connected, settings, tmp_path) -> Path:
    """A key of a service account that no server knows."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    words = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path / "key.json"
    account = {
        "type": "service_account",
        "client_email": "reader@project.example",
        "token_uri": "https://token.example/",
        "private_key": words.decode(),
    }
    path.write_text(json.dumps(account))
    settings.GA_CREDENTIALS_FILE = str(path)
    return path


def test_the_key_is_used_to_read_and_signs_its_tokens_itself(key_file) -> None:
    with data_client() as client:
        found = client.transport._credentials

    assert found.scopes == [SCOPE]
    assert SCOPE.endswith(".readonly")
    assert found._always_use_jwt_access
