"""The programs of the site, and the environment of each."""

import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

WEB_WORKERS = 2
# Each worker's pool of database connections has eight places.
WEB_THREADS = 4
MAIL_TASKS = 2
# Without the banner; as an option it would stand between "celery" and "-A emsar worker".
CELERY = {"DATABASE_ROLE": "worker", "CELERY_QUIET": "1"}
# Celery advises against root; on a developer's machine or in a container it is no news.
AS_ROOT = "ignore:You're running the worker with superuser privileges"


@dataclass(frozen=True)
class Addresses:
    """Where a run listens; ``smtp`` and ``viewer`` are 0 when EMAIL_URL names a real server."""

    port: int
    smtp: int
    viewer: int
    origin: str

    @property
    def public(self) -> dict[str, str | None]:
        """What development.json and the screen say."""
        return {
            "site": self.origin,
            "admin": f"{self.origin}/admin/",
            "mail": f"http://127.0.0.1:{self.viewer}/" if self.viewer else None,
        }


@dataclass(frozen=True)
class Program:
    """One long-running program; ``environment`` is added to the common one."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)

    def kept(self, register: Path) -> str:
        """The shell line that runs it under a keeper, which starts it again should it fall."""
        keeper = [sys.executable, "-m", "emsar.embedded", "keep", self.name, str(register), "--"]
        return f"exec {shlex.join([*keeper, *self.command])}"


def programs(addresses: Addresses, data_dir: Path) -> list[Program]:
    """All that a run consists of beside the two servers."""
    site = [web(addresses.port), worker(), beat(data_dir / "beat")]
    return [*site, mail(addresses, data_dir / "mail")] if addresses.smtp else site


def web(port: int) -> Program:
    """The web server; it writes no line a request, so no address and no token is logged."""
    listen = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    size = ["--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)]
    quiet = ["--no-access-log", "--log-level", "warning", "--respawn-failed-workers"]
    quiet += ["--workers-kill-timeout", "3"]
    command = [_tool("granian"), *listen, *size, *quiet, "emsar.wsgi:application"]
    return Program("web", command, {"DATABASE_ROLE": "web"})


def worker() -> Program:
    """The worker that sends mail and does what is due."""
    quiet = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    command = [*_celery("worker"), "--concurrency", str(MAIL_TASKS), *quiet]
    return Program("worker", command, CELERY | {"PYTHONWARNINGS": AS_ROOT})


def beat(schedule: Path) -> Program:
    """The clock that tells the worker what is due."""
    files = ["--schedule", str(schedule), "--pidfile", ""]
    command = [*_celery("beat"), "--loglevel", "WARNING", *files]
    return Program("beat", command, CELERY)


def mail(addresses: Addresses, folder: Path) -> Program:
    """The mail sink and its viewer."""
    ports = ["--smtp", str(addresses.smtp), "--viewer", str(addresses.viewer)]
    return Program("mail", [sys.executable, "-m", "emsar.embedded", "mail", str(folder), *ports])


def common_environment(
    given: Mapping[str, str], added: Mapping[str, str], addresses: Addresses
) -> dict[str, str]:
    """The environment of all programs: the caller's, completed by what the run started."""
    run = {"DJANGO_SETTINGS_MODULE": "emsar.settings.dev", "PYTHONUNBUFFERED": "1"}
    if not given.get("STATIC_ROOT"):
        run["STATIC_ROOT"] = str(Path(added["DATA_DIR"]) / "static")
    if not given.get("SITE_ORIGIN"):
        run["SITE_ORIGIN"] = addresses.origin
    if addresses.smtp:
        run["EMAIL_URL"] = f"smtp://127.0.0.1:{addresses.smtp}"
    return {**given, **added, **run}


def _celery(part: str) -> list[str]:
    return [_tool("celery"), "-A", "emsar", part]


def _tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
