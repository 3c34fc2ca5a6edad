"""docker-compose.yml and the Dockerfile name only what exists and is documented."""

import importlib.metadata
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands

from tests.structure.test_env_example import documented

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build")}
# ${NAME}, ${NAME:-default}, ${NAME:?}; "$$" is a dollar sign for the container's shell.
VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(?::[-?][^}]*)?\}")
# Programs of the images that are not ours.
FOREIGN = {"postgres", "pg_isready", "redis-server", "redis-cli"}


def words(command: object) -> Iterator[list[str]]:
    """The commands of a ``command:``, each as its words; a shell's script line by line."""
    parts = command if isinstance(command, list) else shlex.split(str(command))
    if parts[:2] == ["sh", "-ec"]:
        yield from (shlex.split(line) for line in parts[2].splitlines() if line.strip())
    else:
        yield [str(part) for part in parts]


def commands() -> list[tuple[str, list[str]]]:
    """Every command of every service, its health check included."""
    found = []
    for name, service in SERVICES.items():
        checks = service.get("healthcheck", {}).get("test", ["CMD"])[1:]
        for command in filter(None, (service.get("command"), checks)):
            found += [(name, line) for line in words(command)]
    return found


def installed_programs() -> set[str]:
    """What the locked requirements of the image bring along as programs."""
    names = re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    points = importlib.metadata.entry_points(group="console_scripts")
    wanted = {name.lower().replace("_", "-") for name in names}
    return {p.name for p in points if p.dist and p.dist.name.lower().replace("_", "-") in wanted}


def test_the_services_are_those_of_the_design():
    assert set(SERVICES) == {"proxy", "web", "worker", "beat", "setup", "postgres", "redis"}
    assert set(OURS) == {"web", "worker", "beat", "setup"}


def test_every_variable_is_documented():
    used = set(VARIABLE.findall(TEXT))

    assert used
    assert used - documented() == set()


def test_no_dollar_sign_escapes_the_check():
    rest = VARIABLE.sub("", TEXT).replace("$$", "")

    assert "$" not in rest


@pytest.mark.parametrize(("service", "command"), commands(), ids=lambda v: str(v)[:40])
def test_every_command_exists(service: str, command: list[str]):
    program, *arguments = command
    if service not in OURS:
        assert program in FOREIGN
    elif program == "python":
        assert arguments[0] == "manage.py"
        assert arguments[1] in get_commands()
    else:
        assert program in installed_programs()


def test_the_celery_commands_are_understood():
    from celery.bin.celery import celery

    for service in ("worker", "beat"):
        program, *arguments = SERVICES[service]["command"]
        assert program == "celery"
        assert arguments[:3] == ["--quiet", "-A", "emsar"]
        command = celery.commands[arguments[3]]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in arguments[4:] if word.startswith("--")} <= known


def test_the_set_up_is_the_one_of_development():
    from emsar.embedded.setup import steps

    developed = [step[0] for step in steps(Path("logins"))]
    deployed = [line[2] for line in words(SERVICES["setup"]["command"])]

    # The image holds compiled messages, and a real server has no demonstration logins.
    assert deployed == [s for s in developed if s not in {"compile_messages", "create_demo_logins"}]


def test_every_mounted_file_exists_and_every_volume_is_declared():
    volumes = set()
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            if source.startswith("."):
                assert (ROOT / source).is_file(), source
            else:
                volumes.add(source)

    assert volumes == set(COMPOSE["volumes"])


def test_each_process_has_the_role_of_its_work():
    roles = {name: s["environment"]["DATABASE_ROLE"] for name, s in OURS.items()}

    assert roles == {"web": "web", "worker": "worker", "beat": "worker", "setup": "owner"}
    owners = [name for name, s in OURS.items() if "DATABASE_URL" in s["environment"]]
    assert owners == ["setup"], "the owner's password is for the set-up alone"


def test_the_ledger_is_not_kept_with_the_database():
    """What is restored together with the database cannot say what to erase again."""
    mounts = {name: {m.split(":")[0] for m in s.get("volumes", [])} for name, s in SERVICES.items()}

    assert [name for name, found in mounts.items() if "ledger" in found] == ["worker"]
    assert "ledger" not in mounts["postgres"]
    address = SERVICES["worker"]["environment"]["LEDGER_URL"]
    assert address == "${LEDGER_URL:-file:///data/ledger/erasures.jsonl}"
    assert "ledger:/data" in SERVICES["worker"]["volumes"]


def test_state_is_kept_and_servers_are_out_of_reach():
    assert "--appendonly" in SERVICES["redis"]["command"]
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]


def test_the_proxy_alone_is_believed():
    believed = SERVICES["web"]["environment"]["TRUSTED_PROXIES"]

    assert believed == "${PROXY_NETWORK:-172.30.77.0/24}"
    assert COMPOSE["networks"]["outside"] == {"ipam": {"config": [{"subnet": believed}]}}
    assert "outside" in SERVICES["proxy"]["networks"]
    assert "outside" in SERVICES["web"]["networks"]


def test_the_proxy_ends_tls_for_the_given_domains_and_logs_no_address():
    proxy = (ROOT / "docs" / "deploy" / "Caddyfile").read_text()
    used = set(re.findall(r"\{\$(\w+)", proxy))

    assert used == set(SERVICES["proxy"]["environment"])
    assert "request delete" in proxy
    for header in ("X-Forwarded-For {remote_host}", "X-Forwarded-Proto {scheme}"):
        assert f"header_up {header}" in proxy
    assert "header_up X-Request-ID {http.request.uuid}" in proxy
    # A header with "_" is another one to the proxy and the same one to a WSGI application.
    assert "header_up -X_*" in proxy
    assert "header_up -Forwarded" in proxy
    assert proxy.count("{") == proxy.count("}")


def test_the_script_for_the_owner_uses_what_its_service_is_given():
    script = (ROOT / "docs" / "deploy" / "create-owner.sh").read_text()
    given = set(SERVICES["postgres"]["environment"]) | {"POSTGRES_USER"}

    assert set(re.findall(r"\$(\w+)", script)) <= given
    assert (ROOT / "docs" / "deploy" / "create-owner.sh").stat().st_mode & 0o111


DOCKERFILE = (ROOT / "Dockerfile").read_text()


def test_the_image_is_built_from_hash_locked_requirements_and_runs_unprivileged():
    stages = DOCKERFILE.split("\nFROM ")

    assert len(stages) == 3, "a comment, the stage that builds, the stage that runs"
    assert re.findall(r"pip install (.*)", DOCKERFILE) == ["--require-hashes -r requirements.txt"]
    assert "\nUSER site\n" in stages[2]
    assert "HEALTHCHECK" in stages[2]
    assert "/healthz" in stages[2]


def test_the_images_own_commands_exist():
    used = re.findall(r"manage\.py (\w+)", DOCKERFILE)

    assert used == ["compile_messages", "collectstatic"]
    assert set(used) <= set(get_commands())
    assert re.search(r'^CMD \["granian", .*"emsar\.wsgi:application"\]$', DOCKERFILE, re.MULTILINE)
    assert "granian" in installed_programs()


def test_the_image_holds_no_state_no_tests_and_no_secret():
    ignored = (ROOT / ".dockerignore").read_text().split("\n")

    assert {".*", "var", "tests"} <= set(ignored)
