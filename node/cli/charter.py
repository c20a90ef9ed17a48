"""`amber charter`: who the members are, as a document that enough of them sign."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from federation.charter import Charter, Member, Standing, document_fingerprint, fingerprint
from node import app
from node import home as homes
from node.cli.connection import asked, home_of
from node.cli.output import noted, printed, still
from node.cli.proposals import DOCUMENT, proposal_words, proposals, propose
from node.desk import Plain


@click.group()
def charter() -> None:
    """Membership: proposed, signed by enough members, in force by itself at every node."""


charter.add_command(propose)
charter.add_command(proposals)


@charter.command("card")
@click.option("--fingerprint", "is_read", is_flag=True, help="Print what to read over the phone.")
@click.pass_context
def card(ctx: click.Context, is_read: bool) -> None:
    """Print this node's card: its name, address, CA and signing key, to be sent to the others."""
    home = app.opened(home_of(ctx))
    click.echo(fingerprint(home.own()) if is_read else home.card())


@charter.command("show")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.option("--document", "is_document", is_flag=True, help="The document itself, for a file.")
@click.pass_context
def show(ctx: click.Context, is_json: bool, is_document: bool) -> None:
    """Show the charter in force: its members, groups and rules, and what to read over the phone."""
    home = app.opened(home_of(ctx))
    if is_document:
        sys.stdout.buffer.write(home.document())
        return
    held, read = home.charter(), document_fingerprint(home.document())
    for member in held.members.values():
        printed(_plain(held, member, read), _line(member), is_json)
    if not is_json:
        click.echo(still(_rules(held, read)))


@charter.command("read")
@click.argument("document", type=DOCUMENT)
def read(document: Path) -> None:
    """Show what a draft says, and whose signature it still needs."""
    proposed = homes.proposal(document.read_bytes())
    for member in proposed.charter.members.values():
        sign = "signed" if member.id in proposed.signed_by else "not signed"
        click.echo(still(f"{_line(member)}  {sign}"))
    click.echo(still(_rules(proposed.charter, document_fingerprint(document.read_bytes()))))
    noted(f"version {proposed.charter.version}, until {proposed.charter.expires_at:%Y-%m-%d}")


@charter.command("sign")
@click.argument("what", metavar="ID|FILE")
@click.pass_context
def sign(ctx: click.Context, what: str) -> None:
    """Sign a proposal, or a draft in a file, in place. Read it first (proposals, read)."""
    file = Path(what)
    if not file.exists():
        said = asked(ctx, "SignCharter", lambda desk: desk.sign_proposal(what))
        noted(proposal_words(said))
        return
    document = file.read_bytes()
    file.write_bytes(asked(ctx, "SignCharter", lambda desk: desk.sign_document(document)))
    noted(f"{file}: signed by {app.opened(home_of(ctx)).member}.")


@charter.command("withdraw")
@click.argument("id_", metavar="ID")
@click.pass_context
def withdraw(ctx: click.Context, id_: str) -> None:
    """Take a proposal of ours back, so that nobody signs it any more."""
    asked(ctx, "WithdrawProposal", lambda desk: desk.withdraw_proposal(id_))
    noted(f"{id_}: withdrawn.")


@charter.command("adopt")
@click.argument("document", type=DOCUMENT)
@click.option("--fingerprint", "heard", default="", help="As a member reads it from charter show.")
@click.pass_context
def adopt(ctx: click.Context, document: Path, heard: str) -> None:
    """Put a charter in force from a file; a node that is alone says its fingerprint."""
    data = document.read_bytes()
    adopted = asked(ctx, "AdoptCharter", lambda desk: desk.adopt_charter(data, heard))
    noted(f"Charter version {adopted['version']} is in force.")


def _plain(held: Charter, member: Member, read: str) -> Plain:
    """One member with the rules of the charter it stands in."""
    return {
        "version": held.version,
        "number": member.number,
        "member": member.id,
        "name": member.name,
        "kind": member.kind,
        "host": member.host,
        "port": member.port,
        "standing": member.standing,
        "vote": member.has_vote,
        "topics": sorted(member.topics),
        "fingerprint": fingerprint(member),
        "groups": sorted(held.groups_of(member.id)),
        "leads": sorted(name for name, group in held.groups.items() if group.lead == member.id),
        "threshold": held.threshold,
        "expires_at": held.expires_at.isoformat(),
        "life_days": held.life.days,
        "charter_fingerprint": read,
    }


def _rules(held: Charter, read: str) -> str:
    """What holds for all members."""
    groups = [
        f"group {name}: {', '.join(sorted(group.members))}"
        + (f", led by {group.lead}" if group.lead else "")
        for name, group in sorted(held.groups.items())
    ]
    expired = " (EXPIRED: doors are closed)" if held.expires_at <= app.clock() else ""
    rules = (
        f"charter {held.version}: {held.threshold} of {len(held.voters)} sign,"
        f" until {_instant(held.expires_at)}{expired}, renewed for {held.life.days} days",
        f"fingerprint of the charter: {read}",
    )
    return "\n".join((*groups, *rules))


def _instant(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def _line(member: Member) -> str:
    where = f"{member.host}:{member.port}"
    standing = "" if member.standing is Standing.ACTIVE else f" {member.standing.upper()}"
    topics = f" ({', '.join(sorted(member.topics)) or 'no topic'})" if not member.has_vote else ""
    of = member.kind + (topics if member.kind == "observer" else "")
    line = f"{member.number:3d}  {member.id:4s} {of:12s}{standing} {where}  {member.name}"
    return f"{line}\n     {fingerprint(member)}"
