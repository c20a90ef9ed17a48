"""`amber codes`: every code list that a verb takes."""

import click

from node import codes as lists
from node.cli.output import printed
from node.kinds import Kind
from node.people import Role


@click.command()
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
def codes(is_json: bool) -> None:
    """Show every code list."""
    for name, values in TABLES.items():
        printed({"list": name, "codes": list(values)}, f"{name}: {', '.join(values)}", is_json)


TABLES = {
    "purpose": tuple(lists.Purpose),
    "topic": tuple(lists.Topic),
    "category": tuple(lists.Category),
    "share": tuple(lists.SHARES),
    "tell": ("nobody", *lists.Tell),
    "handling": tuple(f"{code} {text}" for code, text in lists.HANDLING.items()),
    "grade": tuple(f"{name}:[{s}][{i}]" for name, (s, i) in lists.GRADES.items()),
    "activity": tuple(lists.ActivityKind),
    "kind": tuple(Kind),
    "identifier": tuple(lists.IdentifierType),
    "role": tuple(Role),
    "operation": tuple(lists.Operation),
}
