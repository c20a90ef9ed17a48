"""`amber activity`: what is planned, and what of other members gets in its way."""

from datetime import UTC, datetime
from typing import Any

import click

from federation.meetings import ContactPoint, Place
from federation.messages import Sought
from node.cli.connection import asked
from node.cli.faults import DONE
from node.cli.output import moment, noted, printed, standing_words
from node.cli.search import identifier_of, members_of, why_of, why_options
from node.codes import ActivityKind
from node.desk import Plain, Plan, Whom
from node.kinds import Kind

_INSTANT = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"])
_RADIUS_M = 200.0


@click.group()
def activity() -> None:
    """Planned activities: two that meet are told to both, and nothing else of them."""


def _options(command: Any) -> Any:  # noqa: ANN401 - click's decorators are untyped
    """What is planned, where, when and for whom."""
    for option in (
        click.option(
            "--kind", type=click.Choice([str(one) for one in ActivityKind]), required=True
        ),
        click.option("--from", "begins_at", type=_INSTANT, required=True, help="UTC."),
        click.option("--until", "ends_at", type=_INSTANT, required=True, help="UTC."),
        click.option("--target", "name", default="", help="Name of the person or thing."),
        click.option("--birth-date", default="", help="1970, 1970-05 or 1970-05-03."),
        click.option("--nationality", default="", help="Country code, as EE or EST."),
        click.option("--identifier", "identifiers", multiple=True, metavar="TYPE:VALUE"),
        click.option("--target-kind", type=click.Choice([str(one) for one in Kind]), default=None),
        click.option("--address", default="", help="Street, house number and town."),
        click.option("--at", default="", metavar="LATITUDE,LONGITUDE", help="Degrees, WGS 84."),
        click.option("--radius", type=float, default=_RADIUS_M, help="Metres around it."),
        click.option("--contact", required=True, help="A unit or duty desk, not a person."),
        click.option("--phone", default="", help="Of the contact point; this or --mail."),
        click.option("--mail", default="", help="Of the contact point; this or --phone."),
        click.option("--to", help="Members to compare with, as EE,LV; all when absent."),
        click.option("--instead-of", default="", metavar="ID", help="The activity this changes."),
    ):
        command = option(command)
    return command


@activity.command()
@_options
@why_options
@click.pass_context
def add(ctx: click.Context, /, **options: Any) -> int:  # noqa: ANN401 - one dict of click's values
    """Plan an activity, and find out whether it meets one of another member."""
    if not (options["phone"].strip() or options["mail"].strip()):
        raise click.UsageError("Say how the contact is reached: --phone, --mail, or both.")
    plan, why, whom = _plan(options), why_of(options), Whom(members_of(options["to"]))
    made = asked(
        ctx,
        "AddActivity",
        lambda desk: desk.add_activity(plan, why=why, whom=whom, instead_of=options["instead_of"]),
    )
    printed(made, made["activity"], options["is_json"])
    return DONE


@activity.command(name="list")
@click.option("--all", "is_all", is_flag=True, help="Those that are over, too.")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def list_(ctx: click.Context, /, *, is_all: bool, is_json: bool) -> int:
    """Every activity, how far it was compared at each member, and what it meets."""
    for one in asked(ctx, "ListActivities", lambda desk: desk.activities(is_all=is_all)):
        printed(one, _words(one), is_json)
    return DONE


@activity.command()
@click.argument("id")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def show(ctx: click.Context, /, id: str, *, is_json: bool) -> int:
    """Show the activity ID, or the one that meets under ID, and what members show of theirs."""
    every = asked(ctx, "ListActivities", lambda desk: desk.activities(is_all=True))
    found = [
        one for one in every if id in {one["activity"], *(m["meeting"] for m in one["meetings"])}
    ]
    for one in found:
        printed(one, _words(one), is_json)
    if not found:
        noted(f"no activity {id}")
    return DONE if found else 1


@activity.command()
@click.argument("id")
@click.pass_context
def remove(ctx: click.Context, /, id: str) -> int:
    """End the activity ID: what it met is told, and what it said is forgotten."""
    asked(ctx, "RemoveActivity", lambda desk: desk.remove_activity(id))
    noted(f"{id} is over and forgotten.")
    return DONE


@activity.command()
@click.argument("id")
@click.option("--show", "shows", default="", help="As kind,time,place,target; all but the target.")
@click.pass_context
def agree(ctx: click.Context, /, id: str, shows: str) -> int:
    """Agree that both sides of the meeting ID show more: once both did, this much of ours.

    ID is what `activity list` shows in brackets behind what an activity meets.
    """
    parts = [part.strip() for part in shows.split(",") if part.strip()]
    asked(ctx, "AnswerMeeting", lambda desk: desk.answer_meeting(id, is_agreed=True, shows=parts))
    noted(f"{id}: agreed. More is shown once the other side agrees, too.")
    return DONE


@activity.command()
@click.argument("id")
@click.pass_context
def disagree(ctx: click.Context, /, id: str) -> int:
    """Do not show more to the other side of the meeting ID."""
    asked(ctx, "AnswerMeeting", lambda desk: desk.answer_meeting(id, is_agreed=False, shows=[]))
    noted(f"{id}: disagreed.")
    return DONE


def _plan(options: dict[str, Any]) -> Plan:
    begins_at, ends_at = (_microseconds(options[name]) for name in ("begins_at", "ends_at"))
    contact = ContactPoint(options["contact"], options["phone"], options["mail"])
    has_place = options["address"] or options["at"]
    has_target = options["name"] or options["identifiers"]
    return Plan(
        options["kind"],
        begins_at,
        ends_at,
        contact,
        target=_target(options) if has_target else None,
        place=_place(options) if has_place else None,
    )


def _target(options: dict[str, Any]) -> Sought:
    return Sought(
        name=options["name"],
        birth_date=options["birth_date"],
        nationality=options["nationality"],
        identifiers=tuple(identifier_of(text) for text in options["identifiers"]),
        kind=options["target_kind"] or "",
    )


def _place(options: dict[str, Any]) -> Place:
    if not options["at"]:
        return Place(options["address"])
    latitude, comma, longitude = options["at"].partition(",")
    try:
        if comma:
            at = float(latitude), float(longitude)
            return Place(options["address"], *at, options["radius"])
    except ValueError:
        pass
    raise click.UsageError("A place on the map is written 59.437,24.754.")


def _microseconds(at: datetime) -> int:
    return round(at.replace(tzinfo=UTC).timestamp()) * 1_000_000


def _words(one: Plain) -> str:
    what = _content_words(one["content"]) if one["content"] else "forgotten"
    over = f"  {one['ground']}" if one["ended_at"] else ""
    lines = [f"{one['activity']}  {one['case_reference']}  {what}{over}"]
    lines += [
        f"      {member['member']}{standing_words(member)}  {member['state']}"
        for member in one["members"]
    ]
    lines += [line for met in one["meetings"] for line in _meeting_words(met)]
    return "\n".join(lines)


def _content_words(content: Plain) -> str:
    time = "  ".join(moment(content[at]) for at in ("begins_at", "ends_at") if content[at])
    place, target = content["place"] or {}, content["target"] or {}
    on_map = ""
    if place.get("latitude") is not None:
        on_map = f"{place['latitude']},{place['longitude']} within {place['radius_m']:.0f} m"
    numbers = [f"{one['type']}:{one['value']}" for one in target.get("identifiers", ())]
    sought = " ".join(filter(None, (target.get("name"), target.get("birth_date"), *numbers)))
    words = (content["kind"], time, place.get("address"), on_map, sought)
    return "  ".join(filter(None, words))


def _meeting_words(met: Plain) -> list[str]:
    met_in = [
        name for name, is_in in (("target", met["in_target"]), ("place", met["in_place"])) if is_in
    ]
    contact = met["contact"] or {}
    said_to_call = filter(None, (contact.get(key) for key in ("name", "phone", "mail")))
    call = ", ".join(said_to_call) or "(it has not said whom to call)"
    said = f"we {met['our_word'] or 'say nothing'}, they {met['their_word'] or 'say nothing'}"
    state = f"over: {met['ground']}" if met["ended_at"] else said
    whose = f"{met['member']}{standing_words(met)}"
    lines = [f"      meets {whose} in {' and '.join(met_in)}  {call}  {state}  [{met['meeting']}]"]
    if met["shown"]:
        lines.append(f"        {_content_words(met['shown'])}")
    return lines
