"""A backup as it should be made: ledger first, then the dump, then what is too old goes."""

import os
import re
import shutil
import subprocess
from argparse import ArgumentParser
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from emsar.entities.businessdays import BAKU
from emsar.retention.ledger import oldest_backup

NAME = "emsar-{:%Y%m%dT%H%M%SZ}.dump"
OURS = re.compile(r"emsar-(\d{8}T\d{6}Z)\.dump")
PARAMETERS = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD"}


class Command(BaseCommand):
    help = (
        "Ship the erasure ledger, dump the database into a folder with pg_dump, and delete the "
        "folder's dumps that are older than the term for backups."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--pg-dump", default="pg_dump", help="the program, if not on PATH")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        program = shutil.which(options["pg_dump"])
        if program is None:
            raise CommandError("There is no pg_dump here; name it with --pg-dump.")
        call_command("ship_ledger", stdout=self.stdout, stderr=self.stderr)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        now = timezone.now()
        target = folder / NAME.format(now.astimezone(UTC))
        self._dump(program, target)
        self.stdout.write(f"dumped: {target.name}")
        for name in remove_old(folder, now):
            self.stdout.write(f"deleted, its term is over: {name}")
        call_command("ship_ledger", prune=True, stdout=self.stdout, stderr=self.stderr)

    def _dump(self, program: str, target: Path) -> None:
        """Under its own name only when it is whole; the password stands in no argument."""
        draft = target.with_suffix(".part")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            # The program is the operator's own choice, and there is no shell.
            done = subprocess.run(  # noqa: S603
                [program, "--format=custom"], env=environment(), stdout=file, check=False
            )
            file.flush()
            os.fsync(file.fileno())
        if done.returncode:
            draft.unlink()
            raise CommandError(f"pg_dump failed with exit code {done.returncode}.")
        draft.replace(target)


def environment() -> dict[str, str]:
    """How pg_dump finds the database of this process."""
    given = connection.get_connection_params()
    found = {PARAMETERS[name]: str(given[name]) for name in PARAMETERS if given.get(name)}
    return os.environ | found | {"PGDATABASE": str(given["dbname"])}


def remove_old(folder: Path, now: datetime) -> list[str]:
    """Delete the dumps of ours whose term is over before tomorrow's backup; their names."""
    tomorrow = timezone.localdate(now, BAKU) + timedelta(days=1)
    first_kept = oldest_backup(tomorrow)
    gone = [
        file for file in sorted(folder.iterdir()) if (day := made_on(file)) and day < first_kept
    ]
    for file in gone:
        file.unlink()
    return [file.name for file in gone]


def made_on(file: Path) -> date | None:
    """The day in Baku on which a dump of ours was begun; None for any other file."""
    match = OURS.fullmatch(file.name)
    if match is None:
        return None
    begun = datetime.strptime(match[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return timezone.localdate(begun, BAKU)
