"""`amber alerts`: what watches found, and what became of it."""

from datetime import UTC, datetime

import click

from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.output import noted, printed
from node.cli.search import hit_words
from node.desk import Desk, Plain

_STATES = ("seen", "assigned", "useful", "false")
_CLOSED = ("useful", "false")


@click.group(invoke_without_command=True)
@click.option("--follow", "is_following", is_flag=True, help="Go on as they come.")
@click.option("--after", type=click.IntRange(0), default=0, help="Only what changed after CHANGE.")
@click.option("--open", "is_open", is_flag=True, help="Only those that are not closed.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def alerts(
    ctx: click.Context, /, *, is_following: bool, after: int, is_open: bool, is_json: bool
) -> int | None:
    """What watches found, here and at other members, in the order of the last change."""
    if ctx.invoked_subcommand:
        return None

    async def listed(desk: Desk) -> None:
        async for one in desk.alerts(after=after, is_following=is_following):
            if not (is_open and one["state"] in _CLOSED):
                printed(one, _words(one), is_json)

    asked(ctx, "FollowAlerts", listed, is_awake=is_following)
    return DONE


@alerts.command()
@click.argument("id")
@click.argument("state", type=click.Choice(_STATES))
@click.option("--to", "assignee", default="", help="Who sees to it, when it is assigned.")
@click.pass_context
def mark(ctx: click.Context, /, id: str, state: str, assignee: str) -> int:
    """Note that the alert ID was seen, is assigned, or is closed as useful or as false."""
    asked(ctx, "ChangeAlert", lambda desk: desk.change_alert(id, state, assignee))
    noted(f"{id}: {state}.")
    return DONE


def _words(one: Plain) -> str:
    at = datetime.fromtimestamp(one["last_at"] / 1e6, UTC)
    urgent = "  URGENT" if one["priority"] == "urgent" else ""
    times = f"  {one['times']} times" if one["times"] > 1 else ""
    assignee = f" to {one['assignee']}" if one["assignee"] else ""
    head = (
        f"{one['alert']}  {at:%Y-%m-%d %H:%M:%S}  {one['state']}{assignee}"
        f"  {one['case_reference']}{urgent}{times}"
    )
    if one["hit"]:
        return f"{head}\n{hit_words(one['hit'])}"
    return f"{head}\n{one['member']} took it back: {one['recalled']}  [{one['reference']}]"
