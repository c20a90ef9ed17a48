"""Search keys: exact texts of a family, and the records that carry them under which marking.

The marking stands in the key before the record, so that what an asker may not see is not even
read: the time a probe takes says nothing of it.
"""

from collections.abc import Collection, Iterable
from typing import NewType

import msgspec

from node.store.engine import Tx, View
from node.store.markings import MarkingNumber
from node.store.rows import marks, one, run, run_all, select

RecordNumber = NewType("RecordNumber", int)
Key = tuple[str, str]

_PLACE = "family = ? AND text = ?"


def put(tx: Tx, rows: Iterable[tuple[RecordNumber, MarkingNumber, Iterable[Key]]]) -> None:
    """Add the keys of records that have none; in key order, because a B-tree likes them so."""
    flat: list[tuple[int, str, MarkingNumber, RecordNumber]] = []
    lists: list[tuple[RecordNumber, MarkingNumber, bytes]] = []
    families = tx.known.families
    for record, marking, keys in rows:
        numbered = [(families.get(name) or _made(tx, name), text) for name, text in set(keys)]
        flat += [(family, text, marking, record) for family, text in numbered]
        lists.append((record, marking, _encode(numbered)))
    flat.sort()
    run_all(tx, "INSERT INTO search_key VALUES (?, ?, ?, ?)", flat)
    run_all(tx, "INSERT INTO record_key VALUES (?, ?, ?)", lists)


def drop(tx: Tx, records: Iterable[RecordNumber]) -> None:
    """Remove every key of these records: they are not found any more."""
    flat: list[tuple[int, str, MarkingNumber, RecordNumber]] = []
    for record in records:
        row = one(tx, "SELECT marking, keys FROM record_key WHERE record = ?", (record,))
        if row:
            flat += [(family, text, row[0], record) for family, text in _decode(row[1])]
            run(tx, "DELETE FROM record_key WHERE record = ?", (record,))
    flat.sort()
    run_all(tx, f"DELETE FROM search_key WHERE {_PLACE} AND marking = ? AND record = ?", flat)  # noqa: S608


def probe(
    view: View, key: Key, *, markings: Collection[MarkingNumber] | None, cap: int
) -> list[RecordNumber]:
    """At most `cap` records that carry a key and have one of these markings; None means any.

    Bounded however common the key is: with few markings each is looked up, with many the rows of
    the key are read instead when they are fewer.
    """
    place = _place(view, key)
    if place is None:
        return []
    if markings is None:
        return [record for _, record in _first_rows(view, place, cap)]
    if len(markings) > _FEW:
        rows = _first_rows(view, place, len(markings))
        if len(rows) < len(markings):
            allowed = frozenset(markings)
            return [record for marking, record in rows if marking in allowed][:cap]
    return _of_markings(view, place, sorted(markings), cap)


def count(view: View, key: Key, *, cap: int) -> int:
    """How many records carry a key, counted up to `cap`: how rare it is."""
    place = _place(view, key)
    if place is None:
        return 0
    sql = f"SELECT count(*) FROM (SELECT 1 FROM search_key WHERE {_PLACE} LIMIT ?)"  # noqa: S608
    counted: int = select(view, sql, (*place, cap)).fetchone()[0]
    return counted


#: Markings that are looked up one by one without asking which way is shorter; and at once.
_FEW, _AT_ONCE = 32, 1024

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, str]]).decode


def _first_rows(
    view: View, place: tuple[int, str], limit: int
) -> list[tuple[MarkingNumber, RecordNumber]]:
    sql = f"SELECT marking, record FROM search_key WHERE {_PLACE} LIMIT ?"  # noqa: S608
    return select(view, sql, (*place, limit)).fetchall()


def _of_markings(
    view: View, place: tuple[int, str], markings: list[MarkingNumber], cap: int
) -> list[RecordNumber]:
    """One seek for each marking; lists are filled up so that few statements have to be cached."""
    found: list[RecordNumber] = []
    for start in range(0, len(markings), _AT_ONCE):
        part = markings[start : start + _AT_ONCE]
        filled = part + part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part))
        sql = (
            f"SELECT record FROM search_key WHERE {_PLACE}"  # noqa: S608
            f" AND marking IN ({marks(filled)}) LIMIT ?"
        )
        found += (row[0] for row in select(view, sql, (*place, *filled, cap - len(found))))
    return found


def _place(view: View, key: Key) -> tuple[int, str] | None:
    """Where a key stands, None when no record has a key of its family."""
    family, text = key
    known = view.known.families.get(family)
    if known is None:
        row = one(view, "SELECT number FROM key_family WHERE name = ?", (family,))
        if row is None:
            return None
        known = view.known.families[family] = row[0]
    return known, text


def _made(tx: Tx, family: str) -> int:
    """The number of a family, made when it is seen for the first time."""
    run(tx, "INSERT OR IGNORE INTO key_family (name) VALUES (?)", (family,))
    place = _place(tx, (family, ""))
    assert place  # noqa: S101 - it was inserted the line before
    return place[0]
