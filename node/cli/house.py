"""`amber init`, `serve` and `status`: a home, and the node that runs from it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import click
import msgspec

from federation.errors import InvalidError
from node import app, config
from node import home as homes
from node.cli.connection import asked
from node.cli.output import clock_words, noted, printed
from node.desk import Plain
from node.keyring import unlocking

FILE = click.Path(dir_okay=False, path_type=Path)
HOME = click.Path(file_okay=False, path_type=Path)


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT as a host and a base port."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise InvalidError("--address is written HOST:PORT, for example amber.police.ee:7400")
    return host.strip("[]"), int(port)


@click.command()
@click.argument("home", type=HOME)
@click.option("--member", required=True, help="Short name in the charter, as EE.")
@click.option("--name", required=True, help="Full name.")
@click.option("--address", required=True, help="HOST:PORT; PORT is the base of the doors.")
@click.option(
    "--kind",
    type=click.Choice(["state", "organisation", "observer"]),
    default="state",
    show_default=True,
)
@click.option("--key-file", type=FILE, help="What opens the keys; made if not there.")
@click.option("--passphrase", "has_passphrase", is_flag=True, help="It opens the keys.")
def init(  # noqa: PLR0913 - the words of a verb
    *,
    home: Path,
    member: str,
    name: str,
    address: str,
    kind: str,
    key_file: Path | None,
    has_passphrase: bool,
) -> None:
    """Make a new home: keys, CA, certificates, settings and database."""
    if key_file and has_passphrase:
        raise InvalidError("say either --key-file FILE or --passphrase")
    host, port = address_of(address)
    settings = config.made(id=member, name=name, host=host, port=port, kind=kind)
    if key_file:
        held = config.Keys(key_file=str(key_file.absolute()))
        settings = msgspec.structs.replace(settings, keys=held)
    homes.make(home, settings, app.clock, unlocking.new_passphrase if has_passphrase else None)
    if not (key_file or has_passphrase):
        noted("Private keys are NOT encrypted: amber keys encrypt --key-file FILE outside of here.")
    noted(f"{home}: made. Next: amber -n {home} charter card; amber serve {home}")


@click.command()
@click.argument("home", type=HOME)
def serve(home: Path) -> None:
    """Run the node of HOME until it is told to stop (SIGTERM); calls in flight are finished."""
    asyncio.run(app.serve(home))


@click.command()
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def status(ctx: click.Context, is_json: bool) -> None:
    """Say how this node stands."""
    said = asked(ctx, "GetStatus", lambda desk: desk.status(), is_awake=True)
    doors = ", ".join(map(_door_words, said["doors"]))
    words = (
        f"{said['member']}: charter {said['charter_version']}, {said['records']} records, "
        f"{said['audit_entries']} audit entries\ndoors: {doors or 'none'}"
    )
    if said["reindex_due"]:
        words += f"\n{said['reindex_due']} records are due: amber reindex"
    words += "".join(f"\n{line}" for line in _charter_words(said["charter"]))
    words += "".join(f"\n{_way_words(way)}" for way in said["ways"])
    words += "".join(f"\n{line}" for line in (*_clock_words(said), *_refused_words(said)))
    if said["alarms"]:
        words += f"\n{said['alarms']} alarms nobody has looked at: amber alerts --alarms"
    words += "".join(f"\n{_end_words(one)}" for one in said["ends_soon"])
    if not said["keys_encrypted"]:
        words += "\nprivate keys are not encrypted: amber keys encrypt"
    if said["keys_changing"]:
        words += "\na change of keys goes on: amber keys show"
    printed(said, words, is_json)


def _end_words(one: Plain) -> str:
    """What ends soon, or has."""
    who = f" of {one['person']}" if one["person"] else ""
    return f"{one['what']}{who} {'ends' if one['warned'] else 'HAS ENDED'}: {one['until']}"


def _charter_words(charter: Plain) -> Iterator[str]:
    """What of the charter wants somebody's attention."""
    until = f"{_instant(charter['expires_at'])}"
    yield (
        f"charter EXPIRED {until}: doors are closed"
        if charter["expired"]
        else (f"charter until {until}, {charter['way']} {charter['told_by']}".rstrip())
    )
    if charter["standing"] != "active":
        yield f"this node is {charter['standing']}"
    if charter["proposals"]:
        yield f"{charter['proposals']} proposals are open: amber charter proposals"
    if charter["missed_version"]:
        yield (
            f"was behind and caught up with charter {charter['missed_version']}"
            f" {_instant(charter['missed_at'])}"
        )
    for fork in charter["forks"]:
        yield (
            f"FORKED: another charter {fork['version']} exists, both signed by"
            f" {', '.join(fork['members'])}"
        )


def _instant(microseconds: int) -> str:
    return f"{datetime.fromtimestamp(microseconds / 1e6, UTC):%Y-%m-%d %H:%MZ}"


def _door_words(door: Plain) -> str:
    return f"{door['member']} {door['address']}{'' if door['open'] else ' (shut)'}"


def _clock_words(said: Plain) -> Iterator[str]:
    """Whose clock is not ours."""
    for door in said["doors"]:
        if off_s := door["clock_off_s"]:
            yield f"the clock of {door['member']} is {clock_words(off_s)} ours: check both"


def _refused_words(said: Plain) -> Iterator[str]:
    """What was refused since the node began, a line for each member."""
    for member, rows in groupby(said["refused"], itemgetter("member")):
        counts = ", ".join(f"{row['calls']} {row['reason']}" for row in rows)
        yield f"refused {member}: {counts}"


def _way_words(way: Plain) -> str:
    """How a way out of the node stands."""
    words = f"{way['way']}: {way['delivered']} delivered, {way['waiting']} waiting"
    return f"{words}, failing {way['tries']} times: {way['fault']}" if way["tries"] else words
