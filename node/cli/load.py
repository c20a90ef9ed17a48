"""`amber load`: records from a file of any known format, marked before they are stored."""

from pathlib import Path
from typing import Any

import click

from node.cli.connection import asked
from node.cli.faults import DONE, FAILED
from node.cli.output import noted, printed
from node.cli.progress import progress
from node.codes import HANDLING, SHARES, Category, Tell, Topic
from node.desk import LoadOptions

MAPPING = click.Path(exists=True, dir_okay=False, path_type=Path)


#: What of the result is told in words of its own.
_TOLD = ("rejects", "awaited")


def told(word: str) -> str:
    """How the owner is told, as a marking says it."""
    return "" if word == "nobody" else word


def _listed(text: str) -> tuple[str, ...]:
    """EE,LV -> EE and LV; `nobody` -> nobody."""
    parts = (part.strip() for part in text.split(","))
    return tuple(part for part in parts if part and part != "nobody")


def _audience(text: str) -> tuple[str, ...]:
    """The same of --to, which is not left empty by chance."""
    if not text.strip(" ,"):
        raise click.UsageError("--to is empty: write nobody, ALL, EE,LV or group:ID.")
    return _listed(text)


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "format_", type=click.Choice(["simple", "ftm", "un", "ofac", "csv"]), required=True
)
@click.option("--source", default=None, help="Name of the list or system.  [the format's name]")
@click.option("--edition", is_flag=True, help="FILE is all of --source: withdraw the rest of it.")
@click.option("--share", type=click.Choice(list(SHARES)), default="hidden", show_default=True)
@click.option("--to", default="nobody", show_default=True, help="nobody, ALL, EE,LV or group:ID.")
@click.option("--handling", default="", help=f"Of {', '.join(HANDLING)}, as H1,H2.")
@click.option("--handling-text", default="", help="What H3 restricts.")
@click.option("--topic", type=click.Choice([str(one) for one in Topic]), default=None)
@click.option("--category", type=click.Choice([str(one) for one in Category]), default=None)
@click.option("--grade", default="", help="SCHEME:CODE, as europol-4x4:B2.")
@click.option(
    "--tell", type=click.Choice(["nobody", *map(str, Tell)]), default="nobody", show_default=True
)
@click.option("--mapping", type=MAPPING, help="Mapping file of the csv format.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def load(ctx: click.Context, /, file: Path, **options: Any) -> int:  # noqa: ANN401 - click's values
    """Load FILE, of format ofac a folder; safe to repeat."""
    how = _how(options)
    if how.is_edition and not options["source"]:
        noted(f"source {how.source}, by the format: what FILE lacks of it is withdrawn (--source).")
    with progress("reading") as advance:
        loaded = asked(ctx, "Load", lambda desk: desk.load(file, how, advance))
    words = ", ".join(f"{name} {count}" for name, count in loaded.items() if name not in _TOLD)
    if loaded["rejects"]:
        words += f"\nrejected rows with their reasons: {loaded['rejects']}"
    printed(loaded, words, options["is_json"])
    if loaded["awaited"]:
        noted(f"No charter names {', '.join(loaded['awaited'])} yet: they see it once one does.")
    if loaded["read"] == loaded["rejected"] > 0:
        noted("No row could be loaded: the file of rejects says why.")
        return FAILED
    return DONE


def _how(options: dict[str, Any]) -> LoadOptions:
    mapping = options["mapping"]
    if mapping and options["format_"] != "csv":
        raise click.UsageError("--mapping is for --format csv alone.")
    return LoadOptions(
        format=options["format_"],
        source=options["source"] or options["format_"],
        is_edition=options["edition"],
        share=options["share"],
        to=_audience(options["to"]),
        handling=_listed(options["handling"]),
        handling_text=options["handling_text"],
        topic=options["topic"] or "",
        category=options["category"] or "",
        grade=options["grade"],
        mapping=mapping.read_bytes() if mapping else b"",
        tell=told(options["tell"]),
    )
