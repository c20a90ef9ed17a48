"""`amber status`: how the node that runs from a home stands, and what wants attention."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import click

from node.cli.connection import asked
from node.cli.output import clock_words, moment, printed, standing_words
from node.desk import Plain


@click.command()
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def status(ctx: click.Context, is_json: bool) -> None:
    """Say how this node stands."""
    said = asked(ctx, "GetStatus", lambda desk: desk.status(), is_awake=True)
    doors = ", ".join(map(_door_words, said["doors"]))
    words = (
        f"{said['member']}: charter {said['charter_version']}, {said['records']} records, "
        f"{said['audit_entries']} audit entries\ndoors: {doors or 'none'}"
    )
    if said["reindex_due"]:
        words += f"\n{said['reindex_due']} records are due: amber reindex"
    words += "".join(f"\n{line}" for line in _charter_words(said["charter"]))
    words += "".join(f"\n{line}" for line in _log_words(said))
    words += "".join(f"\n{_lane_words(lane)}" for lane in said["lanes"])
    words += "".join(f"\n{_way_words(way)}" for way in said["ways"])
    words += "".join(f"\n{line}" for line in (*_clock_words(said), *_refused_words(said)))
    if said["alarms"]:
        alarms = "alarm" if said["alarms"] == 1 else "alarms"
        words += f"\n{said['alarms']} {alarms} nobody has looked at: amber alerts --alarms"
    words += "".join(f"\n{_end_words(one)}" for one in said["ends_soon"])
    if not said["keys_encrypted"]:
        words += "\nprivate keys are not encrypted: amber keys encrypt"
    if said["keys_changing"]:
        words += "\na change of keys goes on: amber keys show"
    printed(said, words, is_json)


def _end_words(one: Plain) -> str:
    """What ends soon, or has."""
    who = f" of {one['person']}" if one["person"] else ""
    return f"{one['what']}{who} {'ends' if one['warned'] else 'HAS ENDED'}: {one['until']}"


def _charter_words(charter: Plain) -> Iterator[str]:
    """What of the charter wants somebody's attention."""
    until = f"{moment(charter['expires_at'])}"
    yield (
        f"charter EXPIRED {until}: doors are closed"
        if charter["expired"]
        else (f"charter until {until}, {charter['way']} {charter['told_by']}".rstrip())
    )
    if charter["standing"] != "active":
        yield f"this node is {charter['standing']}"
    if charter["proposals"]:
        yield f"{charter['proposals']} proposals are open: amber charter proposals"
    if charter["missed_version"]:
        yield (
            f"was behind and caught up with charter {charter['missed_version']}"
            f" {moment(charter['missed_at'])}"
        )
    for fork in charter["forks"]:
        yield (
            f"FORKED: another charter {fork['version']} exists, both signed by"
            f" {', '.join(fork['members'])}"
        )


def _log_words(said: Plain) -> Iterator[str]:
    """Whose audit log contradicts itself, ours among them: what nobody may overlook."""
    if said["doubt"]:
        yield f"OUR LOG IS DOUBTED by {said['doubt']} (amber audit verify)"
    for lane in said["lanes"]:
        if lane["doubt"]:
            yield f"THE LOG OF {lane['member']} IS DOUBTED: {lane['doubt']} (amber audit accept)"


def _lane_words(lane: Plain) -> str:
    """How the mail to and from a member stands."""
    waits = f"{lane['waiting']} waiting"
    if lane["waiting_since"]:
        waits += f" since {moment(lane['waiting_since'])}"
    heard = f"heard {moment(lane['heard_at'])}" if lane["heard_at"] else "never heard"
    said = [waits, *([f"last try {lane['fault']}"] if lane["fault"] else ()), heard]
    if lane["withheld_since"]:
        said.append(
            f"WITHHELD since {moment(lane['withheld_since'])}: says it sent what is not here"
        )
    return f"mail {lane['member']}{standing_words(lane)}: {', '.join(said)}"


def _door_words(door: Plain) -> str:
    return f"{door['member']} {door['address']}{'' if door['open'] else ' (shut)'}"


def _clock_words(said: Plain) -> Iterator[str]:
    """Whose clock is not ours."""
    for door in said["doors"]:
        if off_s := door["clock_off_s"]:
            yield f"the clock of {door['member']} is {clock_words(off_s)} ours: check both"


def _refused_words(said: Plain) -> Iterator[str]:
    """What was refused since the node began, a line for each member."""
    for member, rows in groupby(said["refused"], itemgetter("member")):
        counts = ", ".join(f"{row['calls']} {row['reason']}" for row in rows)
        yield f"refused {member}: {counts}"


def _way_words(way: Plain) -> str:
    """How a way out of the node stands."""
    words = f"{way['way']}: {way['delivered']} delivered, {way['waiting']} waiting"
    return f"{words}, failing {way['tries']} times: {way['fault']}" if way["tries"] else words
