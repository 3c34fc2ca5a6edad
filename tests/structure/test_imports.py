"""Imports run one way only: from a room to the rooms below it."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.structure.sources import PACKAGES, ROOMS, root

LINTER = Path(sys.executable).with_name("lint-imports")


def lint(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [LINTER, "--no-cache", *arguments], cwd=root(), capture_output=True, text=True
    )


def contracts() -> dict[str, dict[str, object]]:
    settings = tomllib.loads((root() / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {contract["name"]: contract for contract in settings["contracts"]}


def test_contracts_are_kept() -> None:
    checked = lint()
    assert checked.returncode == 0, checked.stdout
    assert "0 broken" in checked.stdout


def test_contracts_name_every_room_in_its_order() -> None:
    layers = contracts()["Apps import to the right only"]["layers"]
    assert [name.removeprefix("emsar.") for name in layers] == list(reversed(ROOMS))


def test_rooms_are_all_that_there_are() -> None:
    """A new app has to be given its place."""
    apps = {
        path.parent.name for package in PACKAGES for path in root().glob(f"{package}/**/apps.py")
    }
    assert apps == set(ROOMS)


def test_linter_finds_an_import_that_runs_the_wrong_way(tmp_path) -> None:
    """The control: the same code against the opposite order."""
    opposite = tmp_path / "opposite.toml"
    opposite.write_text(
        '[tool.importlinter]\nroot_packages = ["emsar"]\n'
        '[[tool.importlinter.contracts]]\nname = "opposite"\ntype = "layers"\n'
        'layers = ["emsar.datamap", "emsar.audit"]\n'
    )
    checked = lint("--config", str(opposite))
    assert checked.returncode == 1
    assert "emsar.audit" in checked.stdout
    assert "1 broken" in checked.stdout
