"""Disclosures: what left this node, in which version, to whom and under which marking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from federation.messages import Marking, MemberId, QuestionId, Reference, Share
from node.records import RecordId
from node.store import markings
from node.store.engine import Tx, View
from node.store.instants import instant, microseconds
from node.store.records import Held
from node.store.rows import run_all, select


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One record given to one member in answer to one question, under the marking it had then."""

    record: RecordId
    version: int
    member: MemberId
    question: QuestionId
    reference: Reference
    share: Share
    fields: tuple[str, ...]
    marking: Marking
    disclosed_at: datetime


@dataclass(frozen=True, slots=True)
class Given:
    """A record as it is about to leave: which state of it, how much, under which reference."""

    held: Held
    reference: Reference
    share: Share
    fields: tuple[str, ...]


def add(tx: Tx, member: MemberId, question: QuestionId, given: Iterable[Given]) -> None:
    """Note everything that one answer gives to one member."""
    run_all(
        tx,
        "INSERT INTO disclosure (record, version, marking, member, question, reference, share,"
        " fields, disclosed_at) VALUES (?,?,?,?,?,?,?,?,?)",
        [
            (
                one.held.number,
                one.held.record.version,
                one.held.marking,
                member,
                question,
                one.reference,
                int(one.share),
                " ".join(one.fields),
                microseconds(tx.now),
            )
            for one in given
        ],
    )


def of_record(view: View, id: RecordId) -> list[Disclosure]:
    """Everybody who was given a record, in order of time."""
    rows = select(
        view,
        "SELECT r.id, d.version, d.member, d.question, d.reference, d.share, d.fields,"
        " d.marking, d.disclosed_at FROM disclosure d JOIN record r ON r.number = d.record"
        " WHERE r.id = ? ORDER BY d.number",
        (id,),
    ).fetchall()
    known = markings.read(view, {row[7] for row in rows})
    return [
        Disclosure(
            record=row[0],
            version=row[1],
            member=row[2],
            question=row[3],
            reference=row[4],
            share=Share(row[5]),
            fields=tuple(row[6].split()),
            marking=known[row[7]],
            disclosed_at=instant(row[8]),
        )
        for row in rows
    ]
