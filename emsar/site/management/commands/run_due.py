"""One pass of what beat and the workers do, so that a plain timer can replace them (idea 7)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from emsar.celery import app


class Command(BaseCommand):
    help = "Run every scheduled job once: due mail, seals, reminders, what is to be forgotten."

    def handle(self, *args: Any, **options: Any) -> None:
        app.loader.import_default_modules()
        failed = [name for name, entry in self._schedule().items() if not self._run(name, entry)]
        if failed:
            raise CommandError(f"failed: {', '.join(failed)}")

    def _schedule(self) -> dict[str, dict[str, Any]]:
        schedule: dict[str, dict[str, Any]] = app.conf.beat_schedule
        # Jobs may queue mail, so mail goes last.
        return dict(sorted(schedule.items(), key=lambda item: item[0] == "send due mail"))

    def _run(self, name: str, entry: dict[str, Any]) -> bool:
        try:
            app.tasks[entry["task"]]()
        except Exception as problem:  # noqa: BLE001 - one job must not keep the others from running
            self.stderr.write(f"{name}: {type(problem).__name__}")
            return False
        self.stdout.write(f"{name}: done")
        return True
