"""`amber alerts`: what watches found, and what became of it."""

from collections.abc import Callable
from typing import Any

import click

from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.hits import hit_words, sought_words
from node.cli.output import noted, printed, second, standing_words
from node.desk import Desk, Plain

_STATES = ("seen", "assigned", "useful", "false")
_CLOSED = ("useful", "false")
#: Which of the desk's lists a call is.
_LISTS = {"FollowAlerts": "alerts", "FollowTouches": "touches", "FollowAlarms": "alarms"}


@click.group(invoke_without_command=True)
@click.option("--follow", "is_following", is_flag=True, help="Go on as they come.")
@click.option("--after", type=click.IntRange(0), default=0, help="Only what changed after CHANGE.")
@click.option("--open", "is_open", is_flag=True, help="Only those that are not closed.")
@click.option(
    "--touched", "is_touched", is_flag=True, help="Who touched records of which we are told."
)
@click.option("--alarms", "is_alarmed", is_flag=True, help="Who seemed to fish, here or elsewhere.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def alerts(ctx: click.Context, /, **options: Any) -> int | None:  # noqa: ANN401 - click's values
    """What watches found, here and at other members, in the order of the last change."""
    if ctx.invoked_subcommand:
        return None
    call, words = _list_of(options)
    how = {"after": options["after"], "is_following": options["is_following"]}

    async def listed(desk: Desk) -> None:
        async for one in getattr(desk, _LISTS[call])(**how):
            if not (options["is_open"] and one["state"] in _CLOSED):
                printed(one, words(one), options["is_json"])
        if call != "FollowAlarms" and (count := (await desk.status())["alarms"]):
            noted(f"{count} alarms nobody has looked at: amber alerts --alarms")

    asked(ctx, call, listed, is_awake=options["is_following"])
    return DONE


@alerts.command()
@click.argument("id")
@click.argument("state", type=click.Choice(_STATES))
@click.option("--to", "assignee", default="", help="Who sees to it, when it is assigned.")
@click.pass_context
def mark(ctx: click.Context, /, id: str, state: str, assignee: str) -> int:
    """Note that the alert, touch or alarm ID is seen, assigned, or closed as useful or false."""
    asked(ctx, "ChangeAlert", lambda desk: desk.change_alert(id, state, assignee))
    noted(f"{id}: {state}.")
    return DONE


def _list_of(options: dict[str, Any]) -> tuple[str, Callable[[Plain], str]]:
    """The call that lists what is asked for, and what it is in words."""
    if options["is_touched"] and options["is_alarmed"]:
        raise click.UsageError("--touched and --alarms are two lists: ask for one.")
    if options["is_alarmed"]:
        return "FollowAlarms", _alarm_words
    return ("FollowTouches", _touch_words) if options["is_touched"] else ("FollowAlerts", _words)


def _touch_words(one: Plain) -> str:
    at = second(one["last_at"])
    urgent = "  URGENT" if one["urgent"] else ""
    times = f"  {one['times']} times" if one["times"] > 1 else ""
    assignee = f" to {one['assignee']}" if one["assignee"] else ""
    shown = "saw nothing of it" if one["tell"] == "first" else f"told {one['tell']}"
    return (
        f"{one['touch']}  {at}  {one['state']}{assignee}{urgent}{times}\n"
        f"      {one['member']}{standing_words(one)}  {one['person']} ({one['role']})"
        f"  {one['case_reference']}  {one['purpose']}\n"
        f"      {one['caption']}  [{one['record']}]  {shown}"
    )


_LOOKED = {
    "misses": "hardly a strong hit",
    "walk": "names in the order of the alphabet",
    "variation": "one name varied again and again",
    "quota": "a quota was used up",
}


def _alarm_words(one: Plain) -> str:
    at = second(one["last_at"])
    times = f"  {one['times']} times" if one["times"] > 1 else ""
    assignee = f" to {one['assignee']}" if one["assignee"] else ""
    who = one["person"] or "the member as a whole"
    return (
        f"{one['alarm']}  {at}  {one['state']}{assignee}{times}\n"
        f"      {one['member']}{standing_words(one)}  {who}  {one['case_reference']}"
        f"  at {one['told_by']}{standing_words(one, 'told_by')}: {_LOOKED[one['kind']]}\n"
        f"      {one['questions']} questions, {one['misses']} without a strong hit"
    )


def _words(one: Plain) -> str:
    at = second(one["last_at"])
    urgent = "  URGENT" if one["priority"] == "urgent" else ""
    times = f"  {one['times']} times" if one["times"] > 1 else ""
    assignee = f" to {one['assignee']}" if one["assignee"] else ""
    head = f"{one['alert']}  {at}  {one['state']}{assignee}  {one['case_reference']}{urgent}{times}"
    sought, standing = sought_words(one["seeks"]), standing_words(one)
    watch = f"watch {one['watch']}  seeks {sought}" if sought else f"activity {one['watch']}"
    if one["hit"]:
        return f"{head}\n      {watch}\n{hit_words(one['hit'], standing)}"
    took_back = f"{one['member']}{standing} took it back: {one['recalled']}"
    return f"{head}\n      {watch}\n{took_back}  [{one['reference']}]"
