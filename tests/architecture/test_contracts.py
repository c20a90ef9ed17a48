"""Import contracts: the house keeps every one, and each breaks when what it forbids is done."""

import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]
LINT = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"

#: Contract, file, and a line that the contract does not allow there.
TRESPASSES = [
    ("house", "protos/__init__.py", "import federation"),
    ("house", "federation/errors.py", "import node.errors"),
    ("rooms-of-node", "node/codes.py", "import node.dates"),
    ("rooms-of-node", "node/unplaced.py", ""),
    ("rooms-of-federation", "federation/errors.py", "import federation.limits"),
    ("rooms-of-federation", "federation/unplaced.py", ""),
    ("no-cycles", "node/store/rows.py", "import node.store.engine, node.store.records"),
    ("store-speaks-sql", "node/config/reading.py", "import sqlite3"),
    ("store-speaks-sql", "federation/keys.py", "import sqlite_utils"),
    ("wire-between-nodes", "federation/peer.py", "import protos.federation.v1.federation_pb2"),
    ("wire-of-the-desk", "node/asking.py", "import protos.node.v1.node_pb2"),
    ("grpc", "node/asking.py", "import grpc"),
    ("grpc", "federation/fanout.py", "import grpc"),
    ("ways-out", "node/alerts/leaving.py", "import smtplib"),
    ("ways-out", "federation/fanout.py", "import http.client"),
    ("pure", "node/people.py", "import time"),
    ("pure", "federation/seal.py", "import random"),
    ("gate-is-plain", "node/answering.py", "import asyncio"),
    ("gate-is-plain", "node/store/engine.py", "import federation.peer"),
    ("gate-is-plain", "node/keyring/rotating.py", "import asyncio"),
    ("finding-is-not-releasing", "node/search/__init__.py", "import node.policy"),
    ("intake-only-reads", "node/intake/__init__.py", "import node.audit"),
    ("verbs-ask-the-node", "node/cli/codes.py", "import node.policy"),
    ("verbs-ask-the-node", "node/cli/charter.py", "import node.chartering.proposing"),
    ("edges-decide-nothing", "node/api/forms.py", "import node.policy"),
]


def broken(folder: Path) -> set[str]:
    """The ids of the contracts that the code in a folder breaks."""
    lint = ["-c", LINT, "--no-logo", "--no-cache"]
    run = subprocess.run(
        [sys.executable, *lint], cwd=folder, capture_output=True, text=True, check=False
    )
    said = dict(line.rsplit(" ", 1) for line in run.stdout.splitlines() if " " in line)
    states = {contract["id"]: said.get(contract["name"]) for contract in CONTRACTS}
    assert set(states.values()) <= {"KEPT", "BROKEN"}, run.stdout + run.stderr
    return {id for id, state in states.items() if state == "BROKEN"}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code, for trespassing."""
    copy = tmp_path_factory.mktemp("house")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for room in ("protos", "federation", "node"):
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


@pytest.fixture(scope="module")
def broken_already(house: Path) -> set[str]:
    """What the house breaks without anybody's help."""
    return broken(house)


@pytest.fixture
def trespass(house: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """The copy with one line too many."""
    file = house / request.param[0]
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{request.param[1]}\n")
    yield house
    if before is None:
        file.unlink()
    else:
        file.write_text(before)


def test_the_house_keeps_every_contract(broken_already: set[str]) -> None:
    assert broken_already == set()


@pytest.mark.parametrize(
    ("contract", "trespass"),
    [(contract, (file, line)) for contract, file, line in TRESPASSES],
    indirect=["trespass"],
    ids=[f"{contract}-{file}" for contract, file, _ in TRESPASSES],
)
def test_a_trespass_breaks_its_contract_and_no_other(
    broken_already: set[str], trespass: Path, contract: str
) -> None:
    assert broken(trespass) - broken_already == {contract}


def test_every_contract_has_a_trespass() -> None:
    assert {id for id, _, _ in TRESPASSES} == {contract["id"] for contract in CONTRACTS}
