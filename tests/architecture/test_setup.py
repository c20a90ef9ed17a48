"""Set-up: what a machine lacks is named with the command that installs it, and nothing is made."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: What every Debian has.
ALWAYS = "bash cat dirname env find flock sed sha256sum".split()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone in which nothing was installed, at a place with a space in its name."""
    clone = tmp_path / "my clone"
    clone.mkdir()
    shutil.copy(ROOT / "pyproject.toml", clone)
    shutil.copytree(ROOT / "scripts", clone / "scripts")
    return clone


def set_up(clone: Path, *commands: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/setup on a machine that has these commands and no more."""
    path = clone.parent / "bin"
    path.mkdir()
    for name in (*ALWAYS, *commands):
        found = Path(sys.executable).resolve() if name == "python3" else shutil.which(name)
        (path / name).symlink_to(found or f"/missing/{name}")
    environment = {"PATH": str(path), "HOME": os.environ.get("HOME", "/")}
    script = clone / "scripts" / "setup"
    return subprocess.run([script], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("commands", "packages"),
    [
        (("python3", "pkg-config"), ["g++"]),
        (("python3", "g++"), ["libicu-dev", "pkg-config"]),
        (("python3",), ["g++", "libicu-dev", "pkg-config"]),
        (("g++", "pkg-config"), ["python3.11", "python3.11-dev", "python3.11-venv"]),
    ],
)
def test_what_is_missing_is_named_with_its_command(
    clone: Path, commands: tuple[str, ...], packages: list[str]
) -> None:
    run = set_up(clone, *commands)

    *_, command = run.stderr.splitlines()

    assert run.returncode == 2
    assert command.startswith("  sudo apt-get install -y ")
    assert sorted(command.split()[4:]) == packages
    assert not (clone / ".venv").exists()


def test_a_lock_names_no_place_and_a_digest_for_every_package() -> None:
    for file in (ROOT / "scripts" / "locks").iterdir():
        packages = file.read_text().split("\n\n")[0].replace("\\\n", "").splitlines()
        pinned = [line for line in packages if not line.lstrip().startswith("#")]

        assert pinned
        assert all("==" in line and "--hash=sha256:" in line for line in pinned)
        assert "/" not in file.read_text().replace("#    scripts/lock", "")
