"""`amber keys` and `metrics`: our keys shown, changed, taken back, encrypted; what is measured."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import click

from federation.errors import InvalidError, UnreachableError
from federation.keys import NOTHING, Unlocking
from node import app
from node.cli.connection import asked, home_of
from node.cli.faults import DONE, PARTIAL
from node.cli.output import noted, printed
from node.desk import Desk, Plain
from node.home import Home
from node.keyring import unlocking

KINDS = click.Choice(["tls", "ca", "signing"])
#: Seconds that a verb waits for the members to know new keys, and between two looks.
WAIT_S, LOOK_S = 30.0, 0.2
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def keys() -> None:
    """The keys of this node: TLS key, CA and signing key change each by itself, without a stop."""


@keys.command("show")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def show(ctx: click.Context, is_json: bool) -> None:
    """List keys, certificates and the charter: which, since when, until when, how it stands."""
    said = asked(ctx, "ShowKeys", _shown)
    for one in said["keys"]:
        printed(one, _words(one), is_json)
    if not said["encrypted"]:
        noted("Private keys are not encrypted: amber keys encrypt --key-file FILE.")
    if said["changing"]:
        noted(_progress(said))


@keys.command("rotate")
@click.argument("what", type=click.Choice([*KINDS.choices, "all"]), default="all")
@click.option("--wait", "wait_s", type=float, default=WAIT_S, show_default=True)
@click.pass_context
def rotate(ctx: click.Context, what: str, wait_s: float) -> int:
    """Change WHAT (tls, ca, signing or all); those before go on counting for a while.

    New keys are in use once a charter names them, which the other nodes sign by themselves, and
    members were heard to hold it. Exit code 4 when that takes longer than --wait; it goes on.
    """
    wanted = () if what == "all" else (what,)
    return _changed(ctx, "RotateKeys", lambda desk: desk.rotate_keys(wanted), wait_s)


@keys.command("revoke")
@click.argument("what", type=KINDS)
@click.option("--reason", required=True, help="Why: it is written down.")
@click.option("--wait", "wait_s", type=float, default=WAIT_S, show_default=True)
@click.pass_context
def revoke(ctx: click.Context, what: str, reason: str, wait_s: float) -> int:
    """Take a stolen key back: a new one at once, and what the thief holds counts for nothing."""
    return _changed(ctx, "RevokeKey", lambda desk: desk.revoke_key(what, reason), wait_s)


@keys.command("encrypt")
@click.option("--key-file", type=FILE, help="Outside of the home; made if it is not there.")
@click.option("--passphrase", "has_passphrase", is_flag=True, help="Asked for, or from a file.")
@click.pass_context
def encrypt(ctx: click.Context, key_file: Path | None, has_passphrase: bool) -> None:
    """Encrypt every private key of a home whose node does not run, or under another secret."""
    if (key_file is None) is not has_passphrase:
        raise InvalidError("say either --key-file FILE or --passphrase")
    home = app.opened(home_of(ctx))
    by_file = home.unlocking(str(key_file.absolute()) if key_file else "")
    chosen = unlocking.new_passphrase if home.is_encrypted else unlocking.first_passphrase
    _relocked(home, by_file if key_file else Unlocking(None, chosen))
    noted("Private keys are encrypted. Keep what opens them apart from the home and its backups.")


@keys.command("decrypt")
@click.pass_context
def decrypt(ctx: click.Context) -> None:
    """Keep the private keys as they are again, for whoever can read the home."""
    _relocked(app.opened(home_of(ctx)), NOTHING)
    noted("Private keys are not encrypted any more.")


@click.command()
@click.pass_context
def metrics(ctx: click.Context) -> None:
    """Print how the node stands as numbers, in Prometheus' text format; nothing personal."""
    click.echo(asked(ctx, "GetMetrics", lambda desk: desk.metrics(), is_awake=True), nl=False)


def _changed(
    ctx: click.Context, call: str, change: Callable[[Desk], Awaitable[None]], wait_s: float
) -> int:
    """Begin a change and wait until every member knows of it, if the node runs."""
    asked(ctx, call, change)
    # Each look is a line of its own: with a new CA we have a new certificate, too.
    is_running = app.opened(home_of(ctx)).running() is not None
    until = time.monotonic() + (wait_s if is_running else 0)
    while (said := _looked(ctx, until))["changing"] and time.monotonic() < until:
        time.sleep(LOOK_S)
    if said["changing"]:
        noted(_progress(said))
        return PARTIAL
    noted("Done: the new keys are in use, and every member knows them.")
    return DONE


def _looked(ctx: click.Context, until: float) -> Plain:
    """How the change stands.

    While our CA changes the one on disk is for a moment not that of the desk, which is no fault.
    """
    while True:
        try:
            return asked(ctx, "ShowKeys", _shown)
        except UnreachableError:
            if time.monotonic() >= until:
                raise
            time.sleep(LOOK_S)


async def _shown(desk: Desk) -> Plain:
    return await desk.show_keys()


def _progress(said: Plain) -> str:
    """How far a change is that goes on."""
    coming = [one["what"] for one in said["keys"] if one["state"] == "coming"]
    if coming:
        return f"A change of keys goes on: {', '.join(coming)} wait for a charter that names them."
    names = ", ".join(said["unheard"]) or "nobody"
    return f"A change of keys goes on: the new ones are in use; not heard since: {names}."


def _words(one: Plain) -> str:
    who = f" {one['person']}" if one["person"] else ""
    since = f"since {one['since']}" if one["since"] else ""
    until = f"until {one['until']}" if one["until"] else ""
    soon = "" if one["warned"] is None else "  ends soon" if one["warned"] else "  HAS ENDED"
    which = f"{one['what'] + who:16s} {one['state']:15s} {one['fingerprint'][:16]:16s}"
    return f"{which}  {since:28s}  {until}{soon}".rstrip()


def _relocked(home: Home, by: Unlocking) -> None:
    with home.lock():
        home.relock(by)
