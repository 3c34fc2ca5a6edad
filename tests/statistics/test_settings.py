"""What the environment says about Google Analytics is looked at when a process starts."""

import os
import subprocess
import sys

import pytest

from tests.structure.sources import root


def start(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", "import emsar.settings.test"],
        cwd=root(),
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GA_MEASUREMENT_ID", "UA-12345-6"),
        ("GA_MEASUREMENT_ID", "G-AB12'CD"),
        ("GA_PROPERTY_ID", "properties/1"),
    ],
)
def test_a_number_that_cannot_be_one_stops_the_start(name, value):
    done = start(**{name: value})

    assert done.returncode != 0
    assert f"ImproperlyConfigured: {name} must" in done.stderr


def test_numbers_that_can_be_ones_do_not():
    done = start(GA_MEASUREMENT_ID="G-AB12CD34EF", GA_PROPERTY_ID="123456")

    assert (done.returncode, done.stderr) == (0, "")
