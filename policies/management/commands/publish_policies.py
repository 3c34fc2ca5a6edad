from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.loading import DocumentError, documents_folder, load_document, read_documents
from policies.models import PolicyVersion
from policies.publishing import PublishingRefusedError, publish


class Command(BaseCommand):
    help = "Load the organisation's documents and publish those that have an effective date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--documents", type=Path, help="folder of the documents")

    def handle(self, *args: Any, documents: Path | None, **options: Any) -> None:
        try:
            found = [*read_documents(documents or documents_folder())]
        except DocumentError as problem:
            raise CommandError(str(problem)) from problem
        for document in found:
            self._publish(load_document(document))

    def _publish(self, version: PolicyVersion) -> None:
        if version.is_published:
            self.stdout.write(f"{version}: published before")
            return
        if version.effective_date is None:
            self.stdout.write(f"{version}: a draft")
            return
        try:
            publish(version, actor=None)
        except PublishingRefusedError as refused:
            lines = "\n  ".join(refused.reasons)
            raise CommandError(f"{version} is refused:\n  {lines}") from refused
        self.stdout.write(f"{version}: published")
