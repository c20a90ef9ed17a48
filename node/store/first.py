"""Search keys as the first version of the tables kept them, until their records are reindexed.

A text of a family in full. Nothing is added any more; what is reindexed goes from here.
"""

from collections.abc import Collection, Iterable

import msgspec

from node.store.engine import Tx, View
from node.store.markings import MarkingNumber
from node.store.rows import marks, one, parts, run_all, select

#: Families of names, whose texts of today say their kind in front and those of version 1 did not.
_OF_NAMES = frozenset("npts")
_PLACE = "family = (SELECT number FROM key_family WHERE name = ?) AND text = ?"

_decode = msgspec.msgpack.Decoder(list[tuple[int, str]]).decode


def has_any(view: View) -> bool:
    """Whether a record is still found by the keys of the first version."""
    return one(view, "SELECT 1 FROM first_record_key LIMIT 1") is not None


def count(view: View) -> int:
    """How many records are."""
    counted: int = select(view, "SELECT count(*) FROM first_record_key").fetchone()[0]
    return counted


def records(view: View, *, limit: int) -> list[int]:
    """The first of them."""
    rows = select(view, "SELECT record FROM first_record_key ORDER BY record LIMIT ?", (limit,))
    return [row[0] for row in rows]


def probe(
    view: View, key: tuple[str, str], *, markings: Collection[MarkingNumber] | None, cap: int
) -> list[int]:
    """At most `cap` records that carry a key and have one of these markings; None means any.

    Markings are looked up in their order, each by a seek, so that nothing else is read.
    """
    key = _as_it_was(key)
    if markings is None:
        sql = f"SELECT record FROM first_search_key WHERE {_PLACE} LIMIT ?"  # noqa: S608
        return [row[0] for row in select(view, sql, (*key, cap))]
    found: list[int] = []
    for part in parts(sorted(markings)):
        sql = (
            f"SELECT record FROM first_search_key WHERE {_PLACE}"  # noqa: S608
            f" AND marking IN ({marks(part)}) LIMIT ?"
        )
        found += [row[0] for row in select(view, sql, (*key, *part, cap - len(found)))]
    return found


def _as_it_was(key: tuple[str, str]) -> tuple[str, str]:
    family, text = key
    return (family, text.partition(":")[2]) if family in _OF_NAMES else key


def drop(tx: Tx, numbers: Iterable[int]) -> None:
    """Remove every key of these records."""
    every, flat = list(numbers), []
    for part in parts(every):
        sql = f"SELECT record, marking, keys FROM first_record_key WHERE record IN ({marks(part)})"  # noqa: S608
        for record, marking, keys in select(tx, sql, part):
            flat += [(family, text, marking, record) for family, text in _decode(keys)]
    flat.sort()
    run_all(
        tx,
        "DELETE FROM first_search_key WHERE family = ? AND text = ? AND marking = ? AND record = ?",
        flat,
    )
    run_all(tx, "DELETE FROM first_record_key WHERE record = ?", [(number,) for number in every])
