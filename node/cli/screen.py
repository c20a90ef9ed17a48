"""`amber screen`: a list of names against what our own node holds, as one operation."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from node.cli import answers
from node.cli.answers import AnswersFile
from node.cli.connection import asked
from node.cli.output import printed
from node.cli.progress import progress
from node.cli.search import why_of, why_options
from node.desk import Answers, Begun, Desk, Plain, ScreenOptions


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True)
@click.option("--limit", type=click.IntRange(1, 100), default=5, show_default=True)
@click.option("--strong-only", is_flag=True, help="Show strong hits alone.")
@why_options
@click.pass_context
def screen(ctx: click.Context, /, file: Path, **options: Any) -> None:  # noqa: ANN401 - click's values
    """Match every row of FILE against our own records; the same command again goes on.

    FILE is JSON lines in the words of `search --batch` or of `load --format simple`, or a table
    whose first line names its columns. Answers come to --out, one line for each row, in order.
    """
    with answers.opened(options["out"]) as out:
        there = out.answered()
        how = ScreenOptions(
            why=why_of(options),
            limit=options["limit"],
            is_strong_only=options["strong_only"],
            answered=there.count,
            screening=there.screening,
        )
        result = asked(ctx, "Screen", lambda desk: _screened(desk, file, how, out))
    words = ", ".join(f"{name} {result[name]}" for name in ("rows", "hits", "strong", "rejected"))
    if result["rejects"]:
        words += f"\nrejected rows with their reasons: {result['rejects']}"
    printed(result, words, options["is_json"])


async def _screened(desk: Desk, file: Path, how: ScreenOptions, out: AnswersFile) -> Plain:
    """Write the answers as they come, and return what the screening came to."""
    result: Plain = {}
    with ExitStack() as shown:
        advance: Callable[[int], None] = _unheard
        async for step in desk.screen(file, how):
            match step:
                case Begun(rows, answered):
                    out.keep(answered)
                    advance = shown.enter_context(progress("screening", rows))
                    advance(answered)
                case Answers(lines, answered):
                    out.add(lines)
                    if answered is not None:
                        advance(answered)
                case _:
                    result = step
    return result


def _unheard(_done: int) -> None:
    """Progress before the node has said of how much."""
