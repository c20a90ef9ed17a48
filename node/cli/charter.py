"""`amber charter`: who the members are, as a document that all of them sign."""

from pathlib import Path

import click

from federation.charter import Member
from node import app
from node import home as homes
from node.cli.connection import asked, home_of
from node.cli.output import noted, printed

DOCUMENT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def charter() -> None:
    """Membership: cards are exchanged, a draft is proposed, everybody signs, everybody adopts."""


@charter.command("card")
@click.pass_context
def card(ctx: click.Context) -> None:
    """Print this node's card: its name, address, CA and signing key, to be sent to the others."""
    click.echo(homes.open(home_of(ctx), app.clock).card())


@charter.command("show")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def show(ctx: click.Context, is_json: bool) -> None:
    """Show the charter in force."""
    held = homes.open(home_of(ctx), app.clock).charter()
    for member in held.members.values():
        plain = {
            "version": held.version,
            "number": member.number,
            "member": member.id,
            "name": member.name,
            "kind": member.kind,
            "host": member.host,
            "port": member.port,
        }
        printed(plain, _line(member), is_json)


@charter.command("propose")
@click.argument("cards", type=DOCUMENT, nargs=-1, required=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.pass_context
def propose(ctx: click.Context, cards: tuple[Path, ...], out: Path) -> None:
    """Draft the next charter from every member's CARD, ours among them, signed by us."""
    home = homes.open(home_of(ctx), app.clock)
    out.write_bytes(home.propose([card.read_text() for card in cards]))
    noted(f"{out}: signed by {home.member}; now every other member signs it (amber charter sign).")


@charter.command("read")
@click.argument("document", type=DOCUMENT)
def read(document: Path) -> None:
    """Show what a draft says, and whose signature it still needs."""
    proposed = homes.proposal(document.read_bytes())
    for member in proposed.charter.members.values():
        sign = "signed" if member.id in proposed.signed_by else "not signed"
        click.echo(f"{_line(member)}  {sign}")
    noted(f"version {proposed.charter.version}, until {proposed.charter.expires_at:%Y-%m-%d}")


@charter.command("sign")
@click.argument("document", type=DOCUMENT)
@click.pass_context
def sign(ctx: click.Context, document: Path) -> None:
    """Add our signature to a draft, in place. Read it first (amber charter read)."""
    home = homes.open(home_of(ctx), app.clock)
    document.write_bytes(home.sign(document.read_bytes()))
    noted(f"{document}: signed by {home.member}.")


@charter.command("adopt")
@click.argument("document", type=DOCUMENT)
@click.pass_context
def adopt(ctx: click.Context, document: Path) -> None:
    """Put a charter in force that everybody it names has signed."""
    adopted = asked(ctx, "AdoptCharter", lambda desk: desk.adopt_charter(document.read_bytes()))
    noted(f"Charter version {adopted['version']} is in force.")


def _line(member: Member) -> str:
    where = f"{member.host}:{member.port}"
    return f"{member.number:3d}  {member.id:4s} {member.kind:12s} {where}  {member.name}"
