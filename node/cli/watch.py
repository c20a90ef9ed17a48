"""`amber watch`: questions that stand."""

from datetime import datetime
from typing import Any

import click

from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.output import DAY, day, day_of, noted, printed, standing_words
from node.cli.search import members_of, sought_of, sought_options, why_of, why_options
from node.desk import Plain, Until, Whom


@click.group()
def watch() -> None:
    """Questions that stand: what fits one, now or later, raises an alert."""


@watch.command()
@sought_options
@click.option("--threshold", type=click.FloatRange(0, 1, min_open=True), default=None)
@click.option("--until", type=DAY, default=None, help="The last day on which it stands.")
@click.option("--case-until", type=DAY, default=None, help="The last day of the case.")
@why_options
@click.pass_context
def add(ctx: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - one dict of click's values
    """Watch for NAME, an identifier, or both, at every member or those of --to."""
    sought, why, whom = sought_of(options), why_of(options), Whom(members_of(options["to"]))
    until = Until(day_of(options["until"]), day_of(options["case_until"]), options["threshold"])
    made = asked(
        ctx, "AddWatch", lambda desk: desk.add_watch(sought, why=why, whom=whom, until=until)
    )
    printed(made, f"{made['watch']}  until {day(made['expires_at'])}", options["is_json"])
    return DONE


@watch.command(name="list")
@click.option("--all", "is_all", is_flag=True, help="Those that are over, too.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_(ctx: click.Context, /, *, is_all: bool, is_json: bool) -> int:
    """Every watch, how it stands at each member, and what it brought."""
    for one in asked(ctx, "ListWatches", lambda desk: desk.watches(is_all=is_all)):
        printed(one, _words(one), is_json)
    return DONE


@watch.command()
@click.argument("id")
@click.option("--until", type=DAY, required=True, help="The last day on which it stands.")
@click.pass_context
def renew(ctx: click.Context, /, id: str, until: datetime) -> int:
    """Let the watch ID stand until then."""
    asked(ctx, "RenewWatch", lambda desk: desk.renew_watch(id, day_of(until)))
    noted(f"{id} stands until {day_of(until)}.")
    return DONE


@watch.command()
@click.argument("id")
@click.pass_context
def remove(ctx: click.Context, /, id: str) -> int:
    """End the watch ID everywhere."""
    asked(ctx, "RemoveWatch", lambda desk: desk.remove_watch(id))
    noted(f"{id} is over; `amber watch list --all` shows which members have confirmed it.")
    return DONE


def _words(one: Plain) -> str:
    numbers = (f"{number['type']}:{number['value']}" for number in one["identifiers"])
    sought = " ".join(filter(None, (one["name"], one["birth_date"], *numbers)))
    standing = f"until {day(one['expires_at'])}" if not one["ended_at"] else "over"
    lines = [
        f"{one['watch']}  {sought}  {one['case_reference']}  from {one['threshold']:.2f}"
        f"  {standing}  {one['alerts']} {'alert' if one['alerts'] == 1 else 'alerts'},"
        f" {one['unseen']} new"
    ]
    if one["proposed_threshold"] > one["threshold"]:
        lines.append(f"      false alerts would be spared from {one['proposed_threshold']:.2f}")
    lines += [f"      {_member_words(member)}" for member in one["members"]]
    return "\n".join(lines)


def _member_words(member: Plain) -> str:
    ground = f" ({member['ground']})" if member["ground"] else ""
    return f"{member['member']}{standing_words(member)}  {member['state']}{ground}"
