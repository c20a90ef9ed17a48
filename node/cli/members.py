"""How members met a question, in words: who was silent and why, whose hits are not all shown."""

from node.cli.hits import flat
from node.cli.output import clock_words, noted
from node.desk import Plain


def note_silent(members: list[Plain]) -> None:
    """Name everybody who did not answer, and why: never left out."""
    for member in members:
        if member["outcome"] != "answered":
            noted(f"{member['member']}: {member['outcome']}. {flat(member['reason'])}")
        if off_s := member["clock_off_s"]:
            noted(f"{member['member']}: its clock is {clock_words(off_s)} ours")


def note_cut(members: list[Plain]) -> None:
    """Say whose hits are not all shown: the best of all are, whoever's they are."""
    gave = [member for member in members if member["hits"]]
    if any(member["more"] or member["shown"] < member["hits"] for member in gave):
        said = "; ".join(_shown_words(member) for member in gave)
        noted(f"{said} shown. For others: --limit, or say more of whom you seek.")
    for member in members:
        if member["truncated"]:
            noted(f"{member['member']}: some hits came without their content: amber show brings it")


def _shown_words(member: Plain) -> str:
    more = " or more" if member["more"] else ""
    return f"{member['member']}: {member['shown']} of {member['hits']}{more}"
