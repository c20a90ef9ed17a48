"""`amber mail`: the notices to other members, and how the delivery of each stands."""

import click

from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.output import printed
from node.desk import Desk, Plain

_STATES = ("waiting", "delivered", "refused", "expired")


@click.command()
@click.option("--to", default="", help="The member; all when absent.")
@click.option("--state", type=click.Choice(_STATES), default=None)
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def mail(ctx: click.Context, /, *, to: str, state: str | None, is_json: bool) -> int:
    """Every notice to other members, in order, with how its delivery stands."""

    async def listed(desk: Desk) -> None:
        async for one in desk.mail(to=to, state=state or ""):
            printed(one, _words(one), is_json)

    asked(ctx, "ListMail", listed)
    return DONE


def _words(one: Plain) -> str:
    ground = f" ({one['ground']})" if one["ground"] else ""
    return (
        f"{one['member']}  {one['sequence']}  {one['kind']}  {one['state']}{ground}  {one['about']}"
    )
