"""`amber charter propose` and `proposals`: what is to change, and how it stands."""

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from federation.errors import InvalidError
from node import app
from node import home as homes
from node.cli.connection import asked, home_of
from node.cli.output import moment, noted, printed
from node.desk import Plain, Wanted

#: What an option may say.
Said = Any
DOCUMENT = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("propose")
@click.argument("cards", type=DOCUMENT, nargs=-1)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Founding: draft a file of CARDS.",
)
@click.option("--add", multiple=True, type=DOCUMENT, help="The card of a new member.")
@click.option("--replace", multiple=True, type=DOCUMENT, help="A new card: the keys were lost.")
@click.option("--fingerprint", multiple=True, help="Of each card, as its owner reads it to you.")
@click.option("--suspend", multiple=True, metavar="EE")
@click.option("--reinstate", multiple=True, metavar="EE")
@click.option("--withdraw-member", "withdraw", multiple=True, metavar="EE", help="For good.")
@click.option("--group", multiple=True, metavar="NAME=EE,LV", help="NAME= dissolves it.")
@click.option("--lead", metavar="LV", help="Who leads the one group that is named.")
@click.option("--observer", multiple=True, metavar="ID=TOPIC,TOPIC", help="What it may ask about.")
@click.option("--threshold", type=int, help="How many must sign the next charter.")
@click.option("--life-days", type=int, help="How long a renewed charter lasts.")
@click.option("--own", is_flag=True, help="Our own address and name, as amber.toml has them now.")
@click.option("--renew", is_flag=True, help="Nothing else: the same for one more life.")
@click.option("--reason", default="", help="Why, for those who are to sign.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def propose(ctx: click.Context, /, cards: tuple[Path, ...], is_json: bool, **said: Said) -> None:
    """Propose the next charter to every other member; with CARDS and --out, found a federation."""
    if cards or said["out"]:
        _check_founding(ctx)
        _found(ctx, cards, said["out"])
        return
    wanted = _wanted(said)
    if wanted == Wanted(reason=wanted.reason) and not said["renew"]:
        raise click.UsageError("Say what is to change (--help), or --renew.")
    proposal = asked(ctx, "ProposeCharter", lambda desk: desk.propose_charter(wanted))
    printed(proposal, proposal_words(proposal), is_json)


@click.command("proposals")
@click.option("--all", "is_all", is_flag=True, help="Those that are over, too.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def proposals(ctx: click.Context, is_all: bool, is_json: bool) -> None:
    """List proposals: what each would change, who has signed it and who has not."""
    listed = asked(ctx, "ListProposals", lambda desk: desk.proposals(is_all=is_all))
    for proposal in listed:
        printed(proposal, proposal_words(proposal), is_json)
    if not listed and not is_json:
        noted("No proposal is open.")


def proposal_words(proposal: Plain) -> str:
    """A proposal as a person reads it."""
    by = proposal["proposed_by"] or "somebody who has not told us so"
    why = f": {proposal['reason']}" if proposal["reason"] else ""
    wanted = max(proposal["wanted"], proposal["wanted_before"])
    lines = [
        f"{proposal['id']}  charter {proposal['version']}, {proposal['state']},"
        f" proposed by {by} {moment(proposal['came_at'])}{why}",
        *(f"  {line}" for line in proposal["changes"]),
        f"  signed: {', '.join(proposal['signed']) or 'nobody'};"
        f" not signed: {', '.join(proposal['missing']) or 'nobody'}",
    ]
    if proposal["state"] == "open":
        lines.append(f"  signatures still wanted: {wanted}; amber charter sign {proposal['id']}")
    return "\n".join(lines)


def _check_founding(ctx: click.Context) -> None:
    """Raise a fault of usage for what a founding charter would leave out."""
    alone = {"cards", "out", "is_json"}
    said = [
        param.opts[0]
        for param in ctx.command.params
        if ctx.get_parameter_source(str(param.name)) is ParameterSource.COMMANDLINE
        and param.name not in alone
    ]
    if said:
        raise click.UsageError(
            f"Founding takes CARDs and --out alone: propose {', '.join(said)} once the charter of"
            " all is in force."
        )


def _found(ctx: click.Context, cards: tuple[Path, ...], out: Path | None) -> None:
    """Draft a charter of these cards and ours into a file, signed by us."""
    if not cards or out is None:
        raise click.UsageError("Founding takes every member's CARD and --out FILE.")
    home = homes.open(home_of(ctx), app.clock)
    draft = home.draft([card.read_text() for card in cards])
    out.write_bytes(asked(ctx, "SignCharter", lambda desk: desk.sign_document(draft)))
    noted(f"{out}: signed by {home.member}; now every other member signs it (amber charter sign).")


def _wanted(said: dict[str, Any]) -> Wanted:
    """What the options say."""
    cards = [*said["add"], *said["replace"]]
    if len(cards) != len(said["fingerprint"]):
        raise click.UsageError(
            "Each --add or --replace CARD needs the --fingerprint that its owner reads to you,"
            " those of --add first."
        )
    groups = [_named(text, "--group NAME=EE,LV") for text in said["group"]]
    if said["lead"] and len(groups) != 1:
        raise click.UsageError("--lead goes with one --group.")
    pairs = zip(cards, said["fingerprint"], strict=True)
    heard = [(card.read_text(), read) for card, read in pairs]
    new = len(said["add"])
    return Wanted(
        reason=said["reason"],
        added=tuple(heard[:new]),
        replaced=tuple(heard[new:]),
        suspended=said["suspend"],
        reinstated=said["reinstate"],
        withdrawn=said["withdraw"],
        groups=tuple((name, members, said["lead"] or "") for name, members in groups),
        observers=tuple(_named(text, "--observer ID=TOPIC") for text in said["observer"]),
        threshold=said["threshold"],
        life_days=said["life_days"],
        is_own=said["own"],
    )


def _named(text: str, form: str) -> tuple[str, tuple[str, ...]]:
    """NAME=ONE,TWO as the name and the words behind it."""
    name, equals, words = text.partition("=")
    if not (name.strip() and equals):
        raise InvalidError(f"{text!r} is not written {form}")
    return name.strip(), tuple(word.strip() for word in words.split(",") if word.strip())
