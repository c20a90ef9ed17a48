"""Query plans: no verb reads a table that grows from end to end, but those that must."""

import sqlite3
from contextlib import closing

from federation.messages import MemberId, QuestionId, Reference, Share
from federation.seal import Sealed
from node import store
from node.records import Change, RecordId
from node.store.disclosures import Given
from node.store.staging import Reject, Staged
from tests.node.store.shelf import DONE, NOW, SHOWN, WHY, Shelf, draft, person

LV, Q1, R1 = MemberId("LV"), QuestionId("Q-1"), RecordId("R1")

#: What is read whole: an index to count records, the one row of the head, the rows of a key up to
#: a cap, the imports that did not end; what is
#: still found by keys of version 1; and, before the first entry, whether there is another.
READ_WHOLE = {
    "SCAN record USING COVERING INDEX record_changed_at",
    "SCAN audit_head",
    "SCAN (subquery-1)",
    "SCAN audit",
    "SCAN import",
    "SCAN first_record_key",
}


def use_every_verb(shelf: Shelf) -> None:
    """Call each verb once, on a few rows."""
    (held,) = shelf.keep(draft(person(idNumber="37605030299")))
    shelf.keep(draft(person(name="Anna Nowak")))
    with shelf.store.write() as tx:
        store.audit.append(tx, DONE)
        store.seen.remember(tx, LV, "Q-1")
        reference = store.references.issue(tx, LV, [held.number])[held.number]
        store.disclosures.add(tx, LV, Q1, [Given(held, reference, Share.HIT, ())])
        store.questions.keep(tx, LV, Q1, Sealed(b"", "", b"", b""), expires_at=NOW)
        number = store.staging.begin(tx, "a file", "ours").number
        rows, rejects = [Staged(1, "P-9", b"")], [Reject(2, 2, "")]
        store.staging.add(tx, number, read=2, rows=rows, rejects=rejects)
        store.staging.mark_read(tx, number)
        store.staging.settle(tx, number, rows, {Change.STORED: 1})
        store.staging.counts(tx, number)
        list(store.staging.rejects(tx, number))
        shelf.keeping.withdraw(tx, "ours", list(store.staging.absent(tx, number)), WHY)
        store.staging.pending(tx, number, limit=9)
        store.staging.finish(tx, number)
        store.keys.mark_due(tx, after=0, limit=9)
        store.records.erase_versions(tx, R1, before=2)
        store.questions.erase_expired(tx)
        store.seen.forget(tx, NOW)
        look_at_everything(tx)


def look_at_everything(view: store.View) -> None:
    store.records.get(view, R1)
    store.records.load(view, [store.keys.RecordNumber(1)])
    store.records.versions(view, R1)
    store.records.count(view)
    store.records.last_changed_at(view)
    store.derived.links(view, R1)
    store.derived.identifiers(view, R1)
    marking = next(iter(store.markings.reaching(view, {"ALL"})))
    store.keys.probe(view, ("name", "anna"), markings=[marking], cap=9)
    store.keys.probe(view, ("name", "anna"), markings=None, cap=9)
    store.keys.count(view, ("name", "anna"), cap=9)
    for markings in (None, [marking], [store.markings.MarkingNumber(n) for n in range(99)]):
        store.keys.probe(view, ("name", "anna"), markings=markings, cap=9, year=1970)
        store.keys.probes(view, {("name", "anna"): 9}, markings=markings)
    store.keys.forms(view, [store.keys.RecordNumber(1)])
    store.keys.due(view, 9)
    store.keys.outdated(view, 9, limit=9)
    store.disclosures.of_record(view, R1)
    store.references.find(view, LV, Reference(""))
    store.questions.get(view, LV, Q1)
    store.quotas.nth_last(view, b"whom", 9)
    store.asked.last(view, LV)
    store.asked.of(view, LV, since=NOW, most=9)
    store.asked.is_overdue(view, NOW)
    store.alarms.active(view, (LV, LV), NOW)
    store.alarms.find(view, "A-1")
    store.alarms.behind(view, 1, most=9)
    store.alarms.unseen(view)
    list(store.audit.read(view, after=1))
    store.audit.head(view)


def test_no_verb_reads_a_table_from_end_to_end(shelf: Shelf) -> None:
    said: set[str] = set()
    shelf.store._writer.set_trace_callback(said.add)
    use_every_verb(shelf)
    shelf.store._known.forget()
    with shelf.store.write() as tx:
        store.markings.number(tx, SHOWN)
        look_at_everything(tx)
    shelf.store._writer.set_trace_callback(None)

    steps = {step for sql in said for step in plan(shelf, sql)}

    given = ("CONSTANT ROW", "asked VIRTUAL TABLE")
    scans = {
        step for step in steps if step.startswith("SCAN") and not any(one in step for one in given)
    }
    assert len(said) > 50
    assert scans <= READ_WHOLE, scans


def plan(shelf: Shelf, sql: str) -> list[str]:
    """How SQLite would run a statement; nothing for one that is not about rows."""
    if not sql.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
        return []
    with closing(sqlite3.connect(shelf.file)) as database:
        return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")]
