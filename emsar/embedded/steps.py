"""The set-up's commands, one after the other in one process: Django is loaded only once.

Called as ``python -m emsar.embedded.steps '[["migrate", "--no-input"], …]'``.
"""

import json
import sys

import django
from django.conf import settings
from django.core.management import CommandError, call_command

from emsar.embedded.setup import MARK, PROFILE


def main(steps: list[list[str]]) -> int:
    """Do ``steps``; 1 as soon as one refuses, with its own words."""
    django.setup()
    for name, *arguments in steps:
        print(f"{MARK}{name}", flush=True)
        try:
            call_command(name, *(named(argument) for argument in arguments))
        except CommandError as error:
            print(error, flush=True)
            return 1
    return 0


def named(argument: str) -> str:
    """The argument, or the path of the profile that it stands for."""
    return str(settings.PROFILE_PATH) if argument == PROFILE else argument


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
