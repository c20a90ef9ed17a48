"""`amber audit reconcile`: our books and those of another member, compared."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import click

from node.cli.connection import asked
from node.cli.faults import DONE, FAILED, PARTIAL, UNTRUSTED
from node.cli.output import DAY, day_of, printed
from node.desk import Desk, Plain

#: What a difference is: `a` asked or sent, `b` is whom it went to, each with the word it noted.
_SENTENCES = MappingProxyType(
    {
        "in-flight": "is still under way",
        "not-gathered": "what came back was never noted: the node that asked stopped before",
        "call-failed": "never arrived: the call was {a_word}",
        "refused-unread": "was refused before {b} could read it, and so noted without its name",
        "reply-lost": "{b} noted it as {b_word}; the reply did not come back: {a_word}",
        "receipt-lost": "arrived; its receipt has not come back yet",
        "no-longer-held": "was lost by {b} and could no longer be had: its time was over",
        "not-asked": "{b} noted it; {a} noted no such question",
        "not-recorded": "{a} noted an answer and its place; {b} noted no such question",
        "answer-denied": "{a} noted an answer; {b} noted it as {b_word}",
        "refusal-denied": "{a} noted a refusal; {b} noted an answer",
        "answered-twice": "{b} noted more than one answer",
        "other-question": "{b} noted another question than {a} asked: the digests differ",
        "not-shown": "{b} noted it, and does not show under whose seal",
        "other-answer": "{b} noted another answer than {a} heard: the digests differ",
        "other-place": "{a} was given another place for the answer than {b} noted",
        "not-sent": "{b} noted it; {a} never sent so many",
        "put-back": "{b} noted it; {a} has nothing in that place: put back to an earlier day",
        "not-taken": "{b} acknowledged it, and noted nothing in that place",
        "other-notice": "{b} noted another notice than {a} sent: the digests differ",
        "other-effect": "{a} noted it as {a_word}; {b} noted it as {b_word}",
    }
)
_BOOKS = MappingProxyType(
    {
        "asked": "questions to {member}",
        "heard": "questions from {member}",
        "sent": "notices to {member}",
        "taken": "notices from {member}",
    }
)
_DOUBTS = MappingProxyType(
    {
        "unsigned": "{member} showed a log that it did not sign",
        "rolled-back": "{member} showed a shorter log than it had shown before",
        "forked": "the log of {member} does not go on from what it had shown before",
        "not-in-log": "{member} showed a line, at entry {doubted_at}, that its signed log has not",
    }
)


@click.command()
@click.option("--with", "member", required=True, help="The other member.")
@click.option("--since", type=DAY, default=None, help="The first day.  [30 days before the last]")
@click.option("--until", type=DAY, default=None, help="The last day.  [today]")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def reconcile(
    ctx: click.Context, member: str, since: datetime | None, until: datetime | None, is_json: bool
) -> int:
    """Compare what we sent with what another member says it received, both ways; name gaps."""

    async def compared(desk: Desk) -> Plain:
        result: Plain = {}
        async for kind, found in desk.reconcile_audit(member, day_of(since), day_of(until)):
            if kind == "finding":
                printed(found, _of_finding(found, member.upper()), is_json)
            else:
                result = found
        return result

    result = asked(ctx, "ReconcileAudit", compared)
    printed(result, _of_result(result), is_json)
    return _code(result)


def _code(result: Plain) -> int:
    """A doubt is graver than a gap, and a gap than a member that did not answer to the end."""
    if result["doubt"]:
        return UNTRUSTED
    if result["gaps"]:
        return FAILED
    return DONE if result["outcome"] == "answered" else PARTIAL


def _of_finding(found: Plain, member: str) -> str:
    is_ours = found["book"] in ("asked", "sent")
    sides = [("we", found["ours"]), (member, found["theirs"])]
    (a, begun), (b, met) = sides if is_ours else sides[::-1]
    words = {"a": a, "b": b, "a_word": _word(begun), "b_word": _word(met)}
    sentence = _SENTENCES.get(found["what"], found["what"]).format(**words)
    kind = "gap" if found["gap"] else "explained"
    seal = f" (under the seal of {found['sealed_by']})" if found["sealed_by"] else ""
    at = (begun or met or {"at": ""})["at"]
    return f"{kind}: {_subject(found, member)} of {at}: {sentence}{seal}."


def _subject(found: Plain, member: str) -> str:
    direction = "to" if found["book"] in ("asked", "sent") else "from"
    name = f"question {found['question']}" if found["question"] else f"notice {found['sequence']}"
    return f"{name} {direction} {member}"


def _word(line: Mapping[str, str] | None) -> str:
    return (line["word"] or "taken") if line else ""


def _of_result(result: Plain) -> str:
    lines = [*_of_outcome(result), *_of_agreement(result)]
    if result["unproven"]:
        lines.append(f"{result['unproven']} lines have no place in that log.")
    if result["doubt"]:
        lines.append(f"Not trusted: {_DOUBTS[result['doubt']].format(**result)}.")
    return "\n".join(lines)


def _of_outcome(result: Plain) -> list[str]:
    """That it is not compared to the end comes first: what follows holds no further."""
    if result["outcome"] == "answered":
        return []
    why = f"{result['member']} {result['outcome']}. {result['reason']}"
    return [f"Not compared to the end: {why}".rstrip()]


def _of_agreement(result: Plain) -> list[str]:
    if result["outcome"] != "answered" and not _is_begun(result):
        return []
    agreed = ", ".join(
        f"{result['agreed'].get(book, 0)} {words.format(**result)}"
        for book, words in _BOOKS.items()
    )
    until = "" if result["outcome"] == "answered" else " as far as they were compared"
    return [
        f"Both books agree on {agreed}{until}.",
        f"{result['explained']} differences explained, {result['gaps']} gaps;"
        f" {result['proven']} lines of {result['member']} proven in its log of"
        f" {result['entries']} entries.",
    ]


def _is_begun(result: Plain) -> bool:
    """Whether anything at all was compared."""
    counts = (result["explained"], result["gaps"], result["proven"], result["unproven"])
    return any((*result["agreed"].values(), *counts))
