"""`amber search` and `amber show`: a federated question, and the rest of one hit."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from federation.errors import NotFoundError
from federation.messages import Identifier, Sought
from node.cli.batch import run_batch
from node.cli.connection import asked
from node.cli.faults import DONE, PARTIAL
from node.cli.hits import hit_words, whole_words
from node.cli.members import note_cut, note_silent
from node.cli.output import noted, printed
from node.codes import IdentifierType, Purpose, Topic, type_asked
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
        click.option("--nationality", default="", help="Country code, as EE or EST."),
        click.option(
            "--identifier",
            "identifiers",
            multiple=True,
            metavar="TYPE:VALUE",
            help="Types: amber codes.",
        ),
        click.option("--kind", type=click.Choice([str(one) for one in Kind]), default=None),
        click.option("--to", help="Members to ask, as EE,LV; all when absent."),
    ):
        command = option(command)
    return command


#: What a batch says line by line, as it would be said of one question.
_OF_ONE = MappingProxyType(
    {
        "name": "NAME",
        "birth_date": "--birth-date",
        "nationality": "--nationality",
        "identifiers": "--identifier",
        "kind": "--kind",
        "is_watched": "--watch",
    }
)


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
    _check_batch(options)
    if options["batch"]:
        return _batch(ctx, options, why=why, whom=whom)
    sought = sought_of(options)
    found = asked(
        ctx, "Search", lambda desk: desk.search(sought, why=why, whom=whom), is_awake=True
    )
    printed(found, _words(found), options["is_json"])
    note_silent(found["members"])
    note_cut(found["members"])
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
    note_silent([shown["member"]])
    if shown["hit"] is None and shown["member"]["outcome"] != "answered":
        return PARTIAL
    if shown["hit"] is None:
        whose = shown["member"]["member"]
        raise NotFoundError(f"{whose} never gave it to us, has withdrawn it, or shares it no more.")
    printed(shown["hit"], whole_words(shown["hit"]), options["is_json"])
    return DONE


def why_of(options: dict[str, Any]) -> Why:
    """Why something is asked, as those options say."""
    return Why(options["case"], options["purpose"], options["topic"] or "", options["urgent"])


def members_of(text: str | None) -> tuple[str, ...]:
    """Members as they are typed: EE,LV; nobody in particular when the option is absent."""
    if text is None:
        return ()
    members = tuple(part.strip() for part in text.split(",") if part.strip())
    if not members:
        raise click.UsageError("--to names members, as EE,LV; leave it out for all.")
    return members


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
    """An identifier as it is typed, TYPE:VALUE; a type in no list is said to be none."""
    kind, colon, value = text.partition(":")
    if not (colon and kind.strip() and value.strip()):
        raise click.UsageError("An identifier is written TYPE:VALUE, for example imo:9074729.")
    word = type_asked(kind)
    if word not in set(IdentifierType):
        noted(f"{word} is no type of `amber codes`: sought by its value, as other and by that name")
    return Identifier(word, value.strip())


def _check_batch(options: dict[str, Any]) -> None:
    """Nothing that was typed is passed over without a word."""
    if not options["batch"]:
        if options["out"]:
            raise click.UsageError("--out is for the answers of a --batch.")
        return
    if options["out"] is None:
        raise click.UsageError("--batch needs --out FILE for the answers.")
    if of_one := [option for key, option in _OF_ONE.items() if options[key]]:
        raise click.UsageError(f"Questions of a --batch stand in its file: leave out {of_one[0]}.")


def _batch(ctx: click.Context, options: dict[str, Any], *, why: Why, whom: Whom) -> int:
    questions, answers = options["batch"], options["out"]
    tally = asked(
        ctx,
        "Search",
        lambda desk: run_batch(desk, (questions, answers), why=why, whom=whom),
        is_awake=True,
    )
    for line in tally.words():
        noted(line)
    return tally.code


def _words(found: Plain) -> str:
    if not found["hits"]:
        return "No hit." if found["complete"] else "No hit from those who answered."
    return "\n".join(hit_words(hit) for hit in found["hits"])
