"""`amber remark`: how we are told when a member's question touches one of our records."""

import click

from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.load import told
from node.cli.output import noted
from node.codes import Tell


@click.command()
@click.argument("record")
@click.option(
    "--tell",
    type=click.Choice(["nobody", *map(str, Tell)]),
    required=True,
    help="first: the member sees nothing of the record; nobody: as any other.",
)
@click.pass_context
def remark(ctx: click.Context, /, record: str, tell: str) -> int:
    """Change how we are told when a member's search or watch touches RECORD.

    RECORD is its id at its source, as hits show it, SOURCE/ID where several have it, or our id.
    """
    asked(ctx, "Remark", lambda desk: desk.remark(record, told(tell)))
    noted(f"{record}: {tell}.")
    return DONE
