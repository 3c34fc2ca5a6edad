from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from policies.loading import (
    Document,
    DocumentError,
    differs,
    documents_folder,
    load_document,
    read_documents,
)
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
            self._bring_in(document)

    def _bring_in(self, document: Document) -> None:
        version = load_document(document)
        if version.is_published or version.edited_at is not None:
            state = "published before" if version.is_published else "a draft that staff edited"
            note = "; the files differ from it" if differs(document, version) else ""
            self.stdout.write(f"{version}: {state}{note}")
        elif version.effective_date is None:
            self.stdout.write(f"{version}: a draft")
        else:
            self._publish(version)

    def _publish(self, version: PolicyVersion) -> None:
        try:
            publish(version, actor=None)
        except PublishingRefusedError as refused:
            lines = "\n  ".join(refused.reasons)
            raise CommandError(f"{version} is refused:\n  {lines}") from refused
        self.stdout.write(f"{version}: published")
