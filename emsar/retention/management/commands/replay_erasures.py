"""After a restore: erases again what was erased since the backup was made (docs/restore.md)."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from emsar.retention import ledger
from emsar.retention.replay import Outcome, Replay
from emsar.retention.stores import FileStore


class Command(BaseCommand):
    help = (
        "Erase again what the erasure ledger names and a restored database has brought back; "
        "exit code 1 when a line is broken or something could not be erased."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--simulate", action="store_true", help="only say what would go")
        parser.add_argument(
            "--from", dest="file", type=Path, help="a file with the ledger, instead of LEDGER_URL"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.entries: set[UUID] = set()
        self.erased = 0
        file, simulate = options["file"], options["simulate"]
        run = Replay(self._tell, self.stderr.write, shipped=file is None, simulate=simulate)
        problems = run.over(self._lines(file))
        if not self.entries and not problems:
            raise CommandError(
                "There is no ledger. If anything was ever erased, put it where LEDGER_URL points, "
                "or name its file with --from."
            )
        if not simulate:
            ledger.ship_waiting()
        verb = "would go" if simulate else "erased again"
        self.stdout.write(f"{len(self.entries)} entries, {self.erased} {verb}, {problems} problems")
        if problems:
            raise CommandError("Not everything is as the ledger says. Mend it and run this again.")

    def _lines(self, file: Path | None) -> Iterator[bytes]:
        if file is not None and not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            yield from (FileStore(file) if file else ledger.store()).lines()
        except OSError as problem:
            raise CommandError(f"The ledger cannot be read: {ledger.words(problem)}") from None

    def _tell(self, outcome: Outcome) -> None:
        """One line an entry, and below it each record and each person that is gone again."""
        self.entries.add(outcome.uid)
        self.erased += len(outcome.records) + len(outcome.persons)
        self.stdout.write(
            f"{outcome.uid} {outcome.at.isoformat(timespec='seconds')} {outcome.rule}: "
            f"records {len(outcome.records)}, persons {len(outcome.persons)}, "
            f"already gone {outcome.gone}"
        )
        for kind, numbers in (("record", outcome.records), ("person", outcome.persons)):
            for number in numbers:
                self.stdout.write(f"    {kind} {number}")
