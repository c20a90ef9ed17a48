"""Markings, one row for each distinct one, with audience and handling in tables of their own."""

import hashlib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NewType

import msgspec

from federation.messages import Marking, MemberId, Share
from node.codes import Tell
from node.store.engine import Tx, View
from node.store.rows import marks, one, parts, run, run_all, select

MarkingNumber = NewType("MarkingNumber", int)

_COLUMNS = (
    "number, share, handling_text, topic, category, grade_scheme, source_grade,"
    " information_grade, review_on, owner, tell"
)


def number(tx: Tx, marking: Marking) -> MarkingNumber:
    """The row of a marking, made when it is the first of its kind."""
    if known := tx.known.numbers.get(marking):
        return MarkingNumber(known)
    digest = _digest(marking)
    row = one(tx, "SELECT number FROM marking WHERE digest = ?", (digest,))
    found = MarkingNumber(row[0]) if row else _insert(tx, marking, digest)
    tx.known.numbers[marking] = found
    return found


def read(view: View, numbers: Iterable[MarkingNumber]) -> dict[MarkingNumber, Marking]:
    """The markings of these rows."""
    wanted = set(numbers)
    known = view.known.markings
    for part in parts(wanted - known.keys()):
        known |= _fetched(view, part)
    return {number: known[number] for number in wanted}


def reaching(view: View, audiences: Collection[str]) -> dict[MarkingNumber, Marking]:
    """Every marking that is not hidden and whose audience names one of these."""
    names = sorted(audiences)
    rows = select(
        view,
        "SELECT DISTINCT m.number FROM marking_audience a JOIN marking m ON m.number = a.marking"  # noqa: S608
        f" WHERE a.audience IN ({marks(names)}) AND m.share > {int(Share.HIDDEN)}",
        names,
    )
    return read(view, [MarkingNumber(row[0]) for row in rows])


def count(view: View) -> int:
    """How many markings records have or ever had."""
    counted: int = select(view, "SELECT count(*) FROM marking").fetchone()[0]
    return counted


def has_told_first(view: View) -> bool:
    """Whether any record was ever marked so that its owner is told first."""
    sql = "SELECT 1 FROM marking WHERE tell = ? AND tell <> '' LIMIT 1"
    return one(view, sql, (Tell.FIRST,)) is not None


def _insert(tx: Tx, marking: Marking, digest: bytes) -> MarkingNumber:
    made = run(
        tx,
        "INSERT INTO marking (digest, share, handling_text, topic, category, grade_scheme,"
        " source_grade, information_grade, review_on, owner, tell)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (digest, *_values(marking), marking.tell),
    ).lastrowid
    run_all(
        tx,
        "INSERT INTO marking_audience (marking, audience) VALUES (?, ?)",
        [(made, name) for name in sorted(marking.audience)],
    )
    run_all(
        tx,
        "INSERT INTO marking_handling (marking, code) VALUES (?, ?)",
        [(made, code) for code in sorted(marking.handling)],
    )
    return MarkingNumber(made or 0)


def _fetched(view: View, numbers: list[MarkingNumber]) -> dict[int, Marking]:
    where = f"WHERE number IN ({marks(numbers)})"
    rows = select(view, f"SELECT {_COLUMNS} FROM marking {where}", numbers).fetchall()  # noqa: S608
    audience = _grouped(view, "marking_audience", "audience", numbers)
    handling = _grouped(view, "marking_handling", "code", numbers)
    return {
        row[0]: _marking(row, audience.get(row[0], []), handling.get(row[0], [])) for row in rows
    }


def _grouped(
    view: View, table: str, column: str, numbers: list[MarkingNumber]
) -> dict[MarkingNumber, list[str]]:
    found: dict[MarkingNumber, list[str]] = {}
    sql = f"SELECT marking, {column} FROM {table} WHERE marking IN ({marks(numbers)})"  # noqa: S608
    for marking, value in select(view, sql, numbers):
        found.setdefault(marking, []).append(value)
    return found


def _marking(row: tuple[Any, ...], audience: list[str], handling: list[str]) -> Marking:
    return Marking(
        share=Share(row[1]),
        audience=frozenset(audience),
        handling=frozenset(handling),
        handling_text=row[2],
        topic=row[3],
        category=row[4],
        grade_scheme=row[5],
        source_grade=row[6],
        information_grade=row[7],
        review_on=date.fromisoformat(row[8]) if row[8] else None,
        owner=MemberId(row[9]),
        tell=row[10],
    )


def _values(marking: Marking) -> tuple[Any, ...]:
    return (
        int(marking.share),
        marking.handling_text,
        marking.topic,
        marking.category,
        marking.grade_scheme,
        marking.source_grade,
        marking.information_grade,
        marking.review_on.isoformat() if marking.review_on else None,
        marking.owner,
    )


def _digest(marking: Marking) -> bytes:
    content = [*_values(marking), sorted(marking.audience), sorted(marking.handling)]
    # Of one that tells nobody it is what it was before there was `tell`.
    content += [marking.tell] if marking.tell else []
    return hashlib.sha256(msgspec.json.encode(content)).digest()
