"""`amber search` and `amber show`: a federated question, and the rest of one hit."""

from pathlib import Path
from typing import Any

import click

from federation.messages import Identifier, Sought
from node.cli.batch import run_batch
from node.cli.connection import asked
from node.cli.faults import DONE, PARTIAL
from node.cli.output import clock_words, noted, printed
from node.codes import Purpose, Topic
from node.desk import Plain, Whom, Why
from node.kinds import Kind


def why_options(command: Any) -> Any:  # noqa: ANN401 - click's decorators are untyped
    """The options that say why something is asked."""
    for option in (
        click.option("--case", "case", required=True, help="Case reference."),
        click.option("--purpose", type=click.Choice([str(one) for one in Purpose]), required=True),
        click.option("--topic", type=click.Choice([str(one) for one in Topic]), default=None),
        click.option("--urgent", is_flag=True, help="A threat, or about to lose its value."),
        click.option("--json", "is_json", is_flag=True, help="One JSON object a line."),
    ):
        command = option(command)
    return command


def sought_options(command: Any) -> Any:  # noqa: ANN401 - click's decorators are untyped
    """What is sought, and of whom."""
    for option in (
        click.argument("name", required=False, default=""),
        click.option("--birth-date", default="", help="1970, 1970-05 or 1970-05-03."),
        click.option("--nationality", default="", help="Two-letter country code."),
        click.option(
            "--identifier",
            "identifiers",
            multiple=True,
            metavar="TYPE:VALUE",
            help="Types: amber codes.",
        ),
        click.option("--kind", type=click.Choice([str(one) for one in Kind]), default=None),
        click.option("--to", default="", help="Members to ask, as EE,LV; all when absent."),
    ):
        command = option(command)
    return command


@click.command()
@sought_options
@click.option("--limit", type=click.IntRange(1, 100), default=None)
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=None, help="Seconds.")
@click.option(
    "--batch",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Questions, a JSON object a line: qid, name, dob, nationality, identifier, kind.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Answers of a batch.")
@click.option("--watch", "is_watched", is_flag=True, help="Let the question stand afterwards.")
@why_options
@click.pass_context
def search(ctx: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - one dict of click's values
    """Ask every member at once for NAME, an identifier, or both."""
    why = why_of(options)
    whom = Whom(members_of(options["to"]), options["limit"], options["timeout"])
    if options["batch"]:
        return _batch(ctx, options, why=why, whom=whom)
    sought = sought_of(options)
    found = asked(
        ctx, "Search", lambda desk: desk.search(sought, why=why, whom=whom), is_awake=True
    )
    printed(found, _words(found), options["is_json"])
    _note_silent(found["members"])
    if options["is_watched"]:
        watched = asked(ctx, "AddWatch", lambda desk: desk.add_watch(sought, why=why, whom=whom))
        noted(f"watch {watched['watch']} stands")
    return DONE if found["complete"] else PARTIAL


@click.command()
@click.argument("member")
@click.argument("ref")
@why_options
@click.pass_context
def show(ctx: click.Context, /, member: str, ref: str, **options: Any) -> int:  # noqa: ANN401
    """Fetch the hit REF of MEMBER again, as much of it as is shared now."""
    why = why_of(options)
    shown = asked(ctx, "Show", lambda desk: desk.show(member, ref, why=why), is_awake=True)
    _note_silent([shown["member"]])
    if shown["hit"] is None:
        return DONE if shown["member"]["outcome"] == "answered" else PARTIAL
    printed(shown["hit"], hit_words(shown["hit"]), options["is_json"])
    return DONE


def why_of(options: dict[str, Any]) -> Why:
    """Why something is asked, as those options say."""
    return Why(options["case"], options["purpose"], options["topic"] or "", options["urgent"])


def members_of(text: str) -> tuple[str, ...]:
    """Members as they are typed: EE,LV."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def sought_of(options: dict[str, Any]) -> Sought:
    """What is sought, as those options say."""
    return Sought(
        name=options["name"],
        birth_date=options["birth_date"],
        nationality=options["nationality"],
        identifiers=tuple(identifier_of(text) for text in options["identifiers"]),
        kind=options["kind"] or "",
    )


def identifier_of(text: str) -> Identifier:
    """An identifier as it is typed: TYPE:VALUE."""
    kind, colon, value = text.partition(":")
    if not (colon and kind.strip() and value.strip()):
        raise click.UsageError("An identifier is written TYPE:VALUE, for example imo:9074729.")
    return Identifier(kind.strip(), value.strip())


def _batch(ctx: click.Context, options: dict[str, Any], *, why: Why, whom: Whom) -> int:
    if options["out"] is None:
        raise click.UsageError("--batch needs --out FILE for the answers.")
    questions, answers = options["batch"], options["out"]
    is_complete = asked(
        ctx,
        "Search",
        lambda desk: run_batch(desk, (questions, answers), why=why, whom=whom),
        is_awake=True,
    )
    return DONE if is_complete else PARTIAL


def _words(found: Plain) -> str:
    if not found["hits"]:
        return "No hit." if found["complete"] else "No hit from those who answered."
    return "\n".join(hit_words(hit) for hit in found["hits"])


def hit_words(hit: Plain, standing: str = "") -> str:
    """A hit in words, with how its member stands where that is to be said."""
    mark = "strong" if hit["strong"] else "      "
    is_meeting = any(reason["feature"] == "contact" for reason in hit["reasons"])
    unnamed = "(an activity)" if is_meeting else "(a hit; ask its owner)"
    caption = hit.get("caption", unnamed)
    told = "  its owner was told" if hit["owner_told"] else ""
    head = f"{hit['score']:.2f} {mark}  {hit['member']}{standing}  {caption}  [{hit['ref']}]{told}"
    return "\n".join([head, *(f"      {reason['text']}" for reason in hit["reasons"])])


def _note_silent(members: list[Plain]) -> None:
    """Name everybody who did not answer, and why: never left out."""
    for member in members:
        if member["outcome"] != "answered":
            noted(f"{member['member']}: {member['outcome']}. {member['reason']}")
        if off_s := member["clock_off_s"]:
            noted(f"{member['member']}: its clock is {clock_words(off_s)} ours")
