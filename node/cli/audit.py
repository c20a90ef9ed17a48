"""`amber audit`: the evidence."""

import csv
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import click

from node.cli.connection import asked
from node.cli.faults import DONE, UNTRUSTED
from node.cli.output import DAY, day_of, noted, printed, private
from node.cli.reconcile import reconcile
from node.codes import Operation
from node.desk import Desk, Plain

#: What Directive (EU) 2016/680 Art. 25 asks for, a column each, and our proof of the place.
_COLUMNS = (
    "seq",
    "at",
    "node",
    "operation",
    "event",
    "person",
    "role",
    "peer",
    "recipients",
    "case_reference",
    "purpose",
    "topic",
    "reason",
    "urgent",
    "records",
    "handling",
    "counts",
    "question",
    "question_digest",
    "ground",
    "digests",
)
#: Where a spreadsheet may begin a cell, whatever it takes for the separator, and what makes of a
#: cell a formula (OWASP, CSV injection; the wide signs are those of East Asian settings).
_FORMULA = re.compile(r"(^|[;,|\t\r\n])(\s*)(?=[=+\-@\t\r\n＝＋－＠])")


@click.group()
def audit() -> None:
    """What was asked, why, and that no log was touched."""


audit.add_command(reconcile)


@audit.command("verify")
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def verify(ctx: click.Context, is_json: bool) -> int:
    """Prove that no entry was edited, deleted, inserted or reordered, or name the first one."""
    proof = asked(ctx, "VerifyAudit", lambda desk: desk.verify_audit())
    if proof["whole"]:
        words = f"{proof['entries']} entries, whole."
    else:
        words = f"Broken at entry {proof['broken_at']}: {proof['broken']}."
    printed(proof, words, is_json)
    return DONE if proof["whole"] else UNTRUSTED


@audit.command()
@click.option("--since", type=DAY, default=None, help="The first day.")
@click.option("--until", type=DAY, default=None, help="The last day.")
@click.option("--person", default="", help="Who did it, here or at another member.")
@click.option("--record", default="", help="Its id as hits show it, SOURCE/ID, or our id.")
@click.option("--member", default="", help="The other member of an exchange.")
@click.option("--case", "case_reference", default="", help="Case reference.")
@click.option("--operation", type=click.Choice([str(one) for one in Operation]), default=None)
@click.option("--csv", "out", type=click.Path(dir_okay=False, writable=True, path_type=Path))
@click.option("--json", "is_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def report(
    ctx: click.Context,
    /,
    *,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
    is_json: bool,
    **about: str | None,
) -> int:
    """What was done, when, by whom, why and to whom it went, for a time, a person, a record."""
    if out and is_json:
        raise click.UsageError("--csv and --json are two forms: ask for one.")
    asked_for = {name: value or "" for name, value in about.items()}
    days = {"since": day_of(since), "until": day_of(until)}

    async def listed(desk: Desk) -> int:
        count = 0
        with _table(out) as write:
            async for entry in desk.report_audit(asked_for | days):
                count += 1
                write(entry) if out else printed(entry, _words(entry), is_json)
        return count

    count = asked(ctx, "ReportAudit", listed)
    noted("1 entry." if count == 1 else f"{count} entries.")
    return DONE


@audit.command()
@click.argument("member")
@click.option("--reason", required=True, help="Why, for the log.")
@click.pass_context
def accept(ctx: click.Context, /, member: str, reason: str) -> int:
    """Take the audit log of MEMBER as it stands from now on, after it was doubted."""
    asked(ctx, "AcceptLog", lambda desk: desk.accept_log(member, reason))
    noted(f"The log of {member.upper()} is taken as it stands when it is shown next.")
    return DONE


@contextmanager
def _table(out: Path | None) -> Iterator[Callable[[Plain], object]]:
    """Writes entries as a table into a file of our own, there whole or not at all."""
    if out is None:
        yield lambda _: None
        return
    draft = out.with_name(f".{out.name}.new")
    draft.unlink(missing_ok=True)
    try:
        with os.fdopen(private(draft), "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            yield lambda entry: writer.writerow([safe(entry[column]) for column in _COLUMNS])
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)


def safe(value: object) -> str:
    """A value as a cell of which no spreadsheet takes any part for a formula."""
    if isinstance(value, dict):
        text = "; ".join(f"{key}: {count}" for key, count in sorted(value.items()))
    else:
        text = "; ".join(value) if isinstance(value, list) else str(value)
    return _FORMULA.sub(r"\1\2'", text)


def _words(entry: Plain) -> str:
    by = f"by {entry['person']}" if entry["person"] else ""
    role = f"({', '.join(entry['role'].split())})" if entry["role"] else ""
    who = " ".join(filter(None, (by, role, entry["peer"])))
    why = " ".join(filter(None, (entry["case_reference"], entry["purpose"], entry["reason"])))
    to = f"to {', '.join(entry['recipients'])}" if entry["recipients"] else ""
    what = f"{entry['operation']}: {entry['event']}"
    head = f"{entry['seq']}  {entry['at']}  {what}"
    return "  ".join(filter(None, (head, who, why, to)))
