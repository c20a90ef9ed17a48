"""`amber reindex`: keys and forms of records, made anew from what was typed."""

import click

from node.cli.connection import asked
from node.cli.output import printed
from node.cli.progress import progress


@click.command()
@click.option("--all", "is_all", is_flag=True, help="Every record, not only those that are due.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def reindex(ctx: click.Context, is_all: bool, is_json: bool) -> None:
    """Make anew by what records are found; they are found meanwhile. Safe to stop and repeat."""
    with progress("reindexing") as advance:
        done = asked(ctx, "Reindex", lambda desk: desk.reindex(advance, is_all=is_all))
    printed(done, f"reindexed {done['reindexed']}", is_json)
