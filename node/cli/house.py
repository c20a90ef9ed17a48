"""`amber init` and `serve`: a home, and the node that runs from it."""

import asyncio
import re
from pathlib import Path

import click
import msgspec

from federation.errors import InvalidError
from node import app, config
from node import home as homes
from node.cli.output import noted
from node.keyring import unlocking

FILE = click.Path(dir_okay=False, path_type=Path)
HOME = click.Path(file_okay=False, path_type=Path)

_ID = re.compile(r"[A-Z][A-Z0-9]{1,15}")
#: Base ports that leave room for the doors.
_PORTS = range(1, 65_473)


def address_of(text: str) -> tuple[str, int]:
    """HOST:PORT as a host and a base port."""
    host, colon, port = text.rpartition(":")
    if not (colon and host and port.isdigit()):
        raise InvalidError("--address is written HOST:PORT, for example amber.police.ee:7400")
    if int(port) not in _PORTS:
        raise InvalidError(
            f"--address: the port is {_PORTS[0]} to {_PORTS[-1]}; the doors of the others are above"
        )
    return host.strip("[]"), int(port)


def _member(text: str) -> str:
    """The short name of a member, typed in any case."""
    if not _ID.fullmatch(text.upper()):
        raise InvalidError("--member is 2 to 16 letters and digits, a letter first, as EE")
    return text.upper()


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
    settings = config.made(id=_member(member), name=name, host=host, port=port, kind=kind)
    if key_file:
        held = config.Keys(key_file=str(key_file.absolute()))
        settings = msgspec.structs.replace(settings, keys=held)
    homes.make(home, settings, app.clock, unlocking.first_passphrase if has_passphrase else None)
    if not (key_file or has_passphrase):
        noted("Private keys are NOT encrypted: amber keys encrypt --key-file FILE outside of here.")
    noted(f"{home}: made. Next: amber -n {home} charter card; amber serve {home}")


@click.command()
@click.argument("home", type=HOME)
def serve(home: Path) -> None:
    """Run the node of HOME until it is told to stop (SIGTERM); calls in flight are finished."""
    asyncio.run(app.serve(home))
