"""`amber lab`: whole federations on this machine, every node a home and a process of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click

from federation.errors import FederationError, InvalidError
from node import app, config
from node import home as homes
from node.cli.connection import asked_at
from node.cli.output import noted, printed
from node.desk import Plain
from node.home import Running

#: Ports between the bases of two members: as many as a charter has numbers.
SPAN = 64
READY_S = 90.0
STOP_S = 30.0
LOOK_S = 0.1
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def lab() -> None:
    """Make, start and stop a federation on loopback."""


@lab.command("create")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--members", required=True, help="As LT,LV,EE.")
@click.option("--port", type=click.IntRange(1024, 60_000), default=7400, show_default=True)
@click.option("--quotas", is_flag=True, help="Keep the quotas on, which a lab has off.")
def create(folder: Path, members: str, port: int, quotas: bool) -> None:
    """Make one home per member under DIR, and a charter signed by all."""
    names = [name.strip().upper() for name in members.split(",") if name.strip()]
    if len(set(names)) != len(names) or not names:
        raise InvalidError("--members names each member once, as LT,LV,EE")
    settings = [
        config.lab_member(name, port + SPAN * position, has_quotas=quotas)
        for position, name in enumerate(names)
    ]
    homes.federate([homes.make(folder / one.member.id, one, app.clock) for one in settings])
    noted(f"{folder}: {len(names)} homes under one charter. Next: amber lab start {folder}")


@lab.command("start")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--detach", is_flag=True, help="Leave them running and return when all answer.")
def start(folder: Path, detach: bool) -> None:
    """Run every node of DIR as its own process; says `ready` when all answer."""
    started = [_spawned(home) for home in _homes(folder) if _running(home) is None]
    try:
        _await_ready(folder, started)
    except FederationError:
        _end(folder)
        raise
    click.echo("ready")
    if not detach:
        _stay(folder, started)


@lab.command("stop")
@click.argument("folder", metavar="DIR", type=FOLDER)
def stop(folder: Path) -> None:
    """Stop every node of DIR; calls in flight are finished."""
    _end(folder)


@lab.command("status")
@click.argument("folder", metavar="DIR", type=FOLDER)
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
def status(folder: Path, is_json: bool) -> None:
    """Say for each member whether it runs, and where it is reached."""
    for home in _homes(folder):
        said = _status(home)
        printed(said, f"{said['member']}: {_words(said)}", is_json)


def _homes(folder: Path) -> list[Path]:
    found = sorted(path.parent for path in folder.glob("*/amber.toml"))
    if not found:
        raise InvalidError(f"{folder} holds no homes: amber lab create {folder} --members LT,LV,EE")
    return found


def _running(home: Path) -> Running | None:
    return app.opened(home).running()


def _spawned(home: Path) -> subprocess.Popen[bytes]:
    """One node in a session of its own, so that it outlives the shell; its log is in its home."""
    with (home / "node.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable, "-P", "-m", "node", "serve", str(home)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _await_ready(folder: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Return when every node answers its desk; a node that ended or is late is named."""
    until = time.monotonic() + READY_S
    waiting = _homes(folder)
    while waiting:
        waiting = [home for home in waiting if not _answers(home)]
        ended = [process for process in started if process.poll() is not None]
        if ended or time.monotonic() > until:
            names = ", ".join(home.name for home in waiting)
            raise InvalidError(f"{names} did not start; see node.log in the home")
        time.sleep(LOOK_S)


def _answers(home: Path) -> bool:
    if _running(home) is None:
        return False
    try:
        asked_at(home, "GetStatus", lambda desk: desk.status())
    except FederationError:
        return False
    return True


def _status(home: Path) -> Plain:
    """How one node stands; a halted one still has its pid. The analyst's page is yet to come."""
    run = _running(home)
    said: Plain = {"member": home.name, "pid": None, "desk": None, "page": None, "doors": []}
    said["answers"] = False
    if run is not None:
        said |= {"pid": run.pid, "desk": run.desk}
        with contextlib.suppress(FederationError):
            doors = asked_at(home, "GetStatus", lambda desk: desk.status())["doors"]
            said |= {"doors": doors, "answers": True}
    return said


def _words(said: Plain) -> str:
    if not said["pid"]:
        return "not running"
    silence = "" if said["answers"] else "; does not answer: is it halted? See node.log in its home"
    return f"pid {said['pid']}, desk {said['desk']}{silence}"


def _end(folder: Path) -> None:
    """Ask every node to stop, then wait until each has; name the one that does not."""
    runs = {home: run for home in _homes(folder) if (run := _running(home))}
    for run in runs.values():
        os.kill(run.pid, signal.SIGTERM)
        os.kill(run.pid, signal.SIGCONT)  # one that was halted must wake to hear it
    until = time.monotonic() + STOP_S
    while any(_running(home) for home in runs):
        if time.monotonic() > until:
            names = ", ".join(home.name for home in runs if _running(home))
            raise InvalidError(f"{names} did not stop within {STOP_S:.0f} s")
        time.sleep(LOOK_S)


def _stay(folder: Path, started: list[subprocess.Popen[bytes]]) -> None:
    """Stay in the foreground until interrupted or until the nodes are gone, then stop them."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for process in started:
            process.wait()
    finally:
        _end(folder)
