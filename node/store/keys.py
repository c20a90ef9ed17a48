"""Search keys: numbers made of exact texts, and the records that carry them under which marking.

A key is 48 bits of a hash of its family and text. Two texts that fall on one number are read
together: the record of the other one is a candidate too many, which its score throws out; it is
never a false hit. Of ten million records (40 million texts) some three pairs do.

Marking and year stand in the key before the record: what an asker may not see is not even read,
so the time a probe takes says nothing of it, and of a common key only the year asked for is.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NewType

import msgspec

from node.store import first
from node.store.engine import Tx, View
from node.store.markings import MarkingNumber
from node.store.rows import insert_all, marks, parts, run, run_all, select

RecordNumber = NewType("RecordNumber", int)
Key = tuple[str, str]
#: A record that carries a key, and a year that it knows: once for each year.
Carrier = tuple[RecordNumber, int]

#: The year of a record that knows none.
NO_YEAR = 0


@dataclass(frozen=True, slots=True)
class Findable:
    """By what a record is found: the numbers of its keys, its years, its prepared form.

    No number and no year stands twice; `version` is that of the code that made all of it.
    """

    keys: Sequence[int]
    years: Sequence[int] = (NO_YEAR,)
    forms: bytes = b""
    version: int = 1


def numbered(keys: Iterable[Key]) -> list[int]:
    """The numbers of keys, each once."""
    blake2b, size, number = hashlib.blake2b, _BITS // 8, int.from_bytes
    texts = [f"{family}:{text}".encode("utf-8", "surrogatepass") for family, text in keys]
    digests = {blake2b(text, digest_size=size).digest() for text in texts}
    return [number(digest, "big", signed=True) for digest in digests]


def put(tx: Tx, rows: Iterable[tuple[RecordNumber, MarkingNumber, Findable]]) -> None:
    """Add what records are found by that have nothing of it yet.

    New keys go to a small table first, from which whole stretches of keys move on together: a
    page of the large one is then written for many keys at once, not for each.
    """
    flat: list[_Row] = []
    lists: list[tuple[RecordNumber, int, MarkingNumber, bytes, bytes]] = []
    for record, marking, found in rows:
        flat += [(key, marking, year, record) for key in found.keys for year in found.years]
        listed = _encode((found.keys, found.years))
        lists.append((record, found.version, marking, found.forms, listed))
    flat.sort(key=_BY_KEY)
    insert_all(tx, "search_key_new", flat)
    run_all(tx, "INSERT INTO record_key VALUES (?, ?, ?, ?, ?)", lists)
    for place in {row[0] // _STEP for row in lists if row[0] % _STEP == 0}:
        _move(tx, place % _STRETCHES)


def drop(tx: Tx, records: Iterable[RecordNumber]) -> None:
    """Remove all by which these records are found: they are not found any more."""
    numbers = list(records)
    flat: list[_Row] = []
    for part in parts(numbers):
        rows = select(
            tx,
            f"SELECT record, marking, keys FROM record_key WHERE record IN ({marks(part)})",  # noqa: S608
            part,
        )
        for record, marking, listed in rows:
            keys, years = _decode(listed)
            flat += [(key, marking, year, record) for key in keys for year in years]
    flat.sort()
    for table in _TABLES:
        run_all(tx, f"DELETE FROM {table} WHERE {_PLACE} AND year = ? AND record = ?", flat)  # noqa: S608
    run_all(tx, "DELETE FROM record_key WHERE record = ?", [(number,) for number in numbers])
    first.drop(tx, numbers)


def probe(
    view: View,
    key: Key,
    *,
    markings: Collection[MarkingNumber] | None,
    cap: int,
    year: int | None = None,
) -> list[RecordNumber]:
    """At most `cap` records that carry a key and have one of these markings; None means any.

    With a year only those that know it. Bounded however common the key is: with few markings each
    is looked up, with many the rows of the key are read instead when they are fewer.
    """
    if year is None:
        carriers = probes(view, {key: cap}, markings=markings).get(key, [])
        return list(dict.fromkeys(record for record, _ in carriers))
    found: list[RecordNumber] = []
    for name in _TABLES:
        table = _Table(view, name)
        found += table.of_markings(number_of(key), markings, cap, year=year)
    return list(dict.fromkeys(found))[:cap]


def probes(
    view: View, caps: Mapping[Key, int], *, markings: Collection[MarkingNumber] | None
) -> dict[Key, list[Carrier]]:
    """What `probe` says of each of many keys, each with its cap, but for those nobody carries.

    Which of them stand there at all is asked first: of the keys that a question guesses hardly
    one does.
    """
    key_of = {number_of(key): key for key in caps}
    found: dict[Key, list[Carrier]] = defaultdict(list)
    for name in _TABLES:
        table = _Table(view, name)
        present = table.present(key_of, markings)
        limits = {number: caps[key_of[number]] for number in present}
        for number, year, record in table.of_keys(limits, markings):
            found[key_of[number]].append((record, year))
    if first.has_any(view):
        for key, cap in caps.items():
            old = first.probe(view, key, markings=markings, cap=cap)
            found[key] += [(RecordNumber(record), NO_YEAR) for record in old]
    return {key: carriers[: caps[key]] for key, carriers in found.items() if carriers}


def count(view: View, key: Key, *, cap: int) -> int:
    """How many records carry a key, counted up to `cap`: how rare it is."""
    return len(probe(view, key, markings=None, cap=cap))


def due(view: View, version: int) -> int:
    """How many records are found by keys of an earlier version."""
    sql = "SELECT count(*) FROM record_key WHERE version < ?"
    counted: int = select(view, sql, (version,)).fetchone()[0]
    return counted + first.count(view)


def outdated(view: View, version: int, *, limit: int) -> list[RecordNumber]:
    """Some of them; none when every record is found by keys of this version."""
    numbers = first.records(view, limit=limit)
    sql = "SELECT record FROM record_key WHERE version < ? LIMIT ?"
    found = select(view, sql, (version, limit - len(numbers)))
    return [RecordNumber(number) for number in (*numbers, *(row[0] for row in found))]


def mark_due(tx: Tx, *, after: int, limit: int) -> RecordNumber | None:
    """Let the next records count as of an earlier version; the last of them, None for no more."""
    sql = (
        "SELECT max(record) FROM"
        " (SELECT record FROM record_key WHERE record > ? ORDER BY record LIMIT ?)"
    )
    last: RecordNumber | None = select(tx, sql, (after, limit)).fetchone()[0]
    if last is not None:
        sql = "UPDATE record_key SET version = 0 WHERE record BETWEEN ? AND ?"
        run(tx, sql, (after + 1, last))
    return last


def forms(view: View, records: Sequence[RecordNumber]) -> dict[RecordNumber, tuple[int, bytes]]:
    """The prepared forms of records, each with its version; none of those that have none."""
    found: dict[RecordNumber, tuple[int, bytes]] = {}
    for part in parts(records):
        sql = f"SELECT record, version, forms FROM record_key WHERE record IN ({marks(part)})"  # noqa: S608
        found |= {record: (version, forms) for record, version, forms in select(view, sql, part)}
    return found


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[list[int], list[int]]).decode
_keys_in = msgspec.json.Decoder(list[int]).decode
_rows_in = msgspec.json.Decoder(list[tuple[Any, ...]]).decode

_Row = tuple[int, MarkingNumber, int, RecordNumber]
_BY_KEY = itemgetter(0)


#: The large table and the small one before it; where a row stands in both.
_TABLES = ("search_key", "search_key_new")
_PLACE = "key = ? AND marking = ?"
_CARRIED, _WITH_MARKING = "key, year, record", "key, year, record, marking"

#: Each time a record whose number is a multiple of the step is put, one of the stretches into
#: which all keys are cut moves on. So the small table holds the keys of some 16,000 records.
_STEP, _STRETCHES = 1_000, 32
_BITS = 48

#: Markings that are looked up one by one without asking which a key has; in one statement; and
#: of one key when any will do. Keys that are looked up in one statement.
_FEW, _AT_ONCE, _MOST_MARKINGS, _KEYS_AT_ONCE = 8, 1024, 4096, 64


def number_of(key: Key) -> int:
    """The number of a key; it has a sign, for SQLite stores six bytes with one."""
    text = f"{key[0]}:{key[1]}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(text, digest_size=_BITS // 8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _move(tx: Tx, stretch: int) -> None:
    """Move one stretch of keys from the small table to the large one."""
    length = (1 << _BITS) // _STRETCHES
    first = stretch * length - (1 << (_BITS - 1))
    bounds = (first, first + length - 1)
    run_all(
        tx,
        "INSERT INTO search_key SELECT key, marking, year, record FROM search_key_new"
        " WHERE key BETWEEN ? AND ?",
        [bounds],
    )
    run_all(tx, "DELETE FROM search_key_new WHERE key BETWEEN ? AND ?", [bounds])


@dataclass(frozen=True, slots=True)
class _Table:
    """One of the tables of keys, as a view sees it."""

    view: View
    name: str

    def present(self, keys: Iterable[int], markings: Collection[MarkingNumber] | None) -> list[int]:
        """Those of the keys that a record with one of these markings carries; of many any one."""
        few = _few(markings)
        sql = (
            "SELECT json_group_array(asked.value) FROM json_each(?) AS asked WHERE EXISTS"  # noqa: S608
            f" (SELECT 1 FROM {self.name} WHERE key = asked.value{_of(few)})"
        )
        listed = msgspec.json.encode([*keys]).decode()
        return _keys_in(select(self.view, sql, (listed, *(few or ()))).fetchone()[0])

    def of_keys(
        self, caps: Mapping[int, int], markings: Collection[MarkingNumber] | None
    ) -> Iterator[tuple[Any, ...]]:
        """Key, year and record: of each key at most as many as its cap, with one of these markings.

        Of few markings each is looked up; of many or any the first rows of a key are read, and
        only for a key with more rows than there are markings each of these is looked up.
        """
        few = _few(markings)
        if few is not None or markings is None:
            return self._first_rows(caps, few)
        return self._of_many(caps, markings)

    def _of_many(
        self, caps: Mapping[int, int], markings: Collection[MarkingNumber]
    ) -> Iterator[tuple[Any, ...]]:
        limits = {key: max(cap, len(markings)) for key, cap in caps.items()}
        counted: Counter[int] = Counter()
        for key, year, record, marking in self._first_rows(limits, None, _WITH_MARKING):
            counted[key] += 1
            if marking in markings:
                yield key, year, record
        for key, count in counted.items():
            if count == limits[key]:
                found = self.of_markings(key, markings, caps[key])
                yield from ((key, NO_YEAR, record) for record in found)

    def of_markings(
        self,
        key: int,
        markings: Collection[MarkingNumber] | None,
        cap: int,
        *,
        year: int | None = None,
    ) -> list[RecordNumber]:
        """At most `cap` records of a key, one seek for each marking under which it stands."""
        of_year = "" if year is None else " AND year = ?"
        present = self._markings(key) if markings is None else sorted(markings)
        found: list[RecordNumber] = []
        for start in range(0, len(present), _AT_ONCE):
            part = _filled(present[start : start + _AT_ONCE])
            sql = (
                f"SELECT record FROM {self.name} WHERE key = ?"  # noqa: S608
                f" AND marking IN ({marks(part)}){of_year} LIMIT ?"
            )
            values = [key, *part, *(() if year is None else (year,)), cap - len(found)]
            found += [row[0] for row in select(self.view, sql, values)]
        return found

    def _first_rows(
        self,
        limits: Mapping[int, int],
        markings: Sequence[MarkingNumber] | None,
        columns: str = _CARRIED,
    ) -> Iterator[tuple[Any, ...]]:
        """The first rows of each key, so many in a statement that few of them are cached.

        All of them come as one row, for with each row other threads take their turn.
        """
        one_key = (
            f"SELECT * FROM (SELECT {columns} FROM {self.name}"  # noqa: S608
            f" WHERE key = ?{_of(markings)} LIMIT ?)"
        )
        every = list(limits.items())
        for start in range(0, len(every), _KEYS_AT_ONCE):
            part = every[start : start + _KEYS_AT_ONCE]
            values = [value for key, limit in part for value in (key, *(markings or ()), limit)]
            nothing = [None, *(markings or ()), 0] * (_room(part) - len(part))
            every_key = " UNION ALL ".join([one_key] * _room(part))
            sql = f"SELECT json_group_array(json_array({columns})) FROM ({every_key})"  # noqa: S608
            yield from _rows_in(select(self.view, sql, [*values, *nothing]).fetchone()[0])

    def _markings(self, key: int) -> list[MarkingNumber]:
        """The markings under which a key stands: from each straight to the next one."""
        sql = _MARKINGS.format(table=self.name)
        return [row[0] for row in select(self.view, sql, (key, _MOST_MARKINGS))]


_MARKINGS = (
    "WITH RECURSIVE found (marking) AS (SELECT min(marking) FROM {table} WHERE key = ?1"
    " UNION ALL SELECT (SELECT min(marking) FROM {table} WHERE key = ?1"
    " AND marking > found.marking) FROM found WHERE found.marking IS NOT NULL LIMIT ?2)"
    " SELECT marking FROM found WHERE marking IS NOT NULL"
)


def _few(markings: Collection[MarkingNumber] | None) -> list[MarkingNumber] | None:
    """The markings, where they are few enough to be looked up each."""
    if markings is None or len(markings) > _FEW:
        return None
    return _filled(sorted(markings))


def _of(markings: Sequence[MarkingNumber] | None) -> str:
    return "" if markings is None else f" AND marking IN ({marks(markings)})"


def _filled(markings: list[MarkingNumber]) -> list[MarkingNumber]:
    """Markings, the last one again and again: few lengths, so that few statements are cached."""
    return markings + markings[-1:] * (_room(markings) - len(markings))


def _room(some: Sequence[object]) -> int:
    return 1 << (len(some) - 1).bit_length() if some else 0
