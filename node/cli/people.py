"""`amber people`: certificates for our own people."""

import click

from node.cli.connection import asked
from node.cli.output import noted, printed
from node.people import Role


@click.group()
def people() -> None:
    """Who may use this node, and in which role."""


@people.command("add")
@click.argument("person")
@click.option(
    "--role", "roles", type=click.Choice([str(one) for one in Role]), multiple=True, required=True
)
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def add(ctx: click.Context, person: str, roles: tuple[str, ...], is_json: bool) -> None:
    """Issue a certificate for PERSON; its key and certificate are put into the home."""
    issued = asked(ctx, "AddPerson", lambda desk: desk.add_person(person, roles))
    printed(issued, f"{issued['certificate']}\n{issued['key']}", is_json)
    noted(
        "Hand both files over to the person by a safe way, and remove the key here: verbs find them"
        " by --credentials FOLDER."
    )


@people.command("renew")
@click.argument("person")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def renew(ctx: click.Context, person: str, is_json: bool) -> None:
    """Issue a new certificate for PERSON: for the same key, wherever it is, in the same roles."""
    renewed = asked(ctx, "RenewPerson", lambda desk: desk.renew_person(person))
    printed(renewed, renewed["certificate"], is_json)
    noted("Whoever keeps the key elsewhere puts this certificate beside it.")
