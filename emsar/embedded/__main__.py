"""The command line: ``run`` the whole site, or ``exec`` one command beside the servers.

Each verb imports what it needs itself, so that the small ones start quickly.
"""

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from emsar.embedded.errors import EmbeddedError
from emsar.embedded.ports import parse_port

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Do what the command line says; the exit code."""
    chosen = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        return int(chosen.do(chosen))
    except EmbeddedError as error:
        print(f"emsar: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if not error.filename:
            raise
        print(f"emsar: {error.strerror}: {error.filename}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _end(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emsar.embedded")
    commands = parser.add_subparsers(required=True)
    running = commands.add_parser("run", help="run the whole site (PORT, DATA_DIR)")
    running.add_argument("--with-parent", action="store_true", help="stop when the caller ends")
    running.set_defaults(do=_run)
    lending = commands.add_parser("exec", help="start the servers for one command")
    lending.add_argument("--data-dir", type=Path, help="keep the data here (default: throw away)")
    lending.add_argument("command", nargs="+")
    lending.set_defaults(do=_execute)
    _add_inner(commands)
    return parser


def _add_inner(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The two that ``run`` calls itself."""
    keeping = commands.add_parser("keep")
    keeping.add_argument("name")
    keeping.add_argument("register", type=Path)
    keeping.add_argument("command", nargs="+")
    keeping.set_defaults(do=_keep)
    mail = commands.add_parser("mail")
    mail.add_argument("folder", type=Path)
    mail.add_argument("--smtp", type=int, required=True)
    mail.add_argument("--viewer", type=int, required=True)
    mail.set_defaults(do=_mail)


def _default_data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or ROOT / "var")


def _given() -> dict[str, str]:
    """The caller's environment; a server may be named by a file (``DATABASE_URL_FILE``)."""
    from django.core.exceptions import ImproperlyConfigured

    from emsar.settings.files import with_files

    try:
        return with_files(os.environ)
    except ImproperlyConfigured as problem:
        raise EmbeddedError(str(problem)) from None


def _run(chosen: argparse.Namespace) -> int:
    from emsar.embedded.run import run

    port = parse_port(os.environ.get("PORT") or "8000")
    return run(port, _default_data_dir(), _given(), with_parent=chosen.with_parent)


def _execute(chosen: argparse.Namespace) -> int:
    from emsar.embedded.lend import execute

    return execute(chosen.command, chosen.data_dir, _default_data_dir(), _given())


def _keep(chosen: argparse.Namespace) -> int:
    from emsar.embedded.keep import keep

    return keep(chosen.name, chosen.register, chosen.command)


def _mail(chosen: argparse.Namespace) -> int:
    from emsar.embedded.sink import serve

    return serve(chosen.folder, chosen.smtp, chosen.viewer)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
