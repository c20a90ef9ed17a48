"""Loading: a file is staged row by row, and kept only when it was read to its end."""

import contextlib
import gc
import hashlib
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

import msgspec

from federation.errors import InvalidError, UnreadableError
from federation.messages import EVERYONE, Entity, Marking, PersonId
from node import rejects, store
from node.ahead import Ahead
from node.audit import Entry, Operation
from node.errors import RowError
from node.intake import FOLDERS, FORMATS, READINGS_VERSION, Overrides, Row, files
from node.keeping import Keeping, Made, Why, check_entity, check_marking, made_of
from node.records import Draft
from node.store import Store, Tx
from node.store.keys import Findable
from node.store.staging import Import, ImportNumber, Reject, Staged

#: Rows that are kept in one transaction, for which whoever else writes waits: a load of many
#: records touches most pages of the newest keys with each, so fewer and larger ones write less.
BATCH = 2_000
#: Bytes of a file that is long enough for a process beside the one that writes, and how many rows
#: of a batch that one gets: writing costs a little less, so the writer makes the others itself.
LONG, FORESEEN = 1 << 20, 9 * BATCH // 10
#: New things in Python's memory after which it looks for garbage while a file is loaded, 700
#: otherwise: a load makes millions of things and no garbage that must be looked for.
_COLLECTED = 200_000
RETENTION_YEARS = 5

_TWICE = "its id stands on an earlier row of the file"

#: What is staged for a row that cannot be loaded but has an id: it is there, so an edition must
#: not withdraw what we hold of it.
_GHOST = b""

Progress = Callable[[int], None]
#: Takes the rows that are due next, and tells what was made of those it took the last time.
Foreseen = Callable[[list[Staged]], Mapping[str, Made]]


@dataclass(frozen=True, slots=True)
class Load:
    """What is to be loaded, from which source, and the marking of rows that say none of their own.

    `is_edition`: the file is the whole of its source. A marking without a review date gets one
    five years after the record first came in.
    """

    path: Path
    format: str
    source: str
    marking: Marking
    is_edition: bool = False
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did: every row read was stored, updated, unchanged or rejected.

    `awaited` are those of its audience whom no charter names yet: we are alone so far.
    """

    read: int
    stored: int
    updated: int
    unchanged: int
    removed: int
    rejected: int
    rejects: Path | None
    awaited: Sequence[str]


class Loading:
    """Loads files, one at a time; what was killed goes on when the same load is asked again.

    `audiences` are all to whom records may be shown: the members and groups of the charter, or
    nothing while we are alone in it, when members to come may be named.

    Trust: whoever can write the `rejects` folder can mislead about what was rejected.
    """

    def __init__(
        self,
        store: Store,
        keeping: Keeping,
        folder: Path,
        audiences: Callable[[], Collection[str]],
    ) -> None:
        self._store, self._keeping, self._rejects = store, keeping, folder
        self._audiences = audiences
        self._turn = threading.Lock()

    def load(
        self, load: Load, *, by: PersonId, role: str, progress: Progress = lambda _: None
    ) -> Loaded:
        """Take a file in, whole or not at all.

        Its rows are staged first; what cannot be loaded is told in the file of rejects. Only when
        the file was read to its end are rows kept, and at the very end what an edition no longer
        holds is withdrawn. `progress` hears how many rows were read, then how many of them kept.

        Raises `UnreadableError` or `ConfigError` before anything is changed.
        """
        if load.format not in FORMATS:
            raise InvalidError(f"format is not one of {', '.join(FORMATS)}")
        if load.path.is_dir() and load.format not in FOLDERS:
            raise InvalidError(f"only {', '.join(FOLDERS)} reads a folder: name one file")
        check_marking(load.marking)
        awaited = self._awaited(load.marking)
        why = Why(by, role, f"loaded {load.path.name} as {load.format}")
        with self._turn, _seldom_collected():
            taken = files.taken(load.path)
            identity = _identity(load, taken)
            with self._store.write() as tx:
                begun = store.staging.begin(tx, identity, load.source)
            with self._foreseen(taken.size) as foreseen:
                if not begun.is_read:
                    self._read(load, begun, taken, progress)
                self._keep(load, begun.number, why, progress, foreseen)
            return replace(self._end(load, begun.number, identity, why), awaited=awaited)

    def _awaited(self, marking: Marking) -> Sequence[str]:
        """Those of an audience who are still to come; raises `InvalidError` for any later on."""
        known = self._audiences()
        names = sorted(marking.audience - {*known, EVERYONE, self._keeping.member})
        if names and known:
            raise InvalidError(
                f"the charter has no {' and no '.join(names)}: records are for {EVERYONE} or some"
                f" of {', '.join(known)}"
            )
        return names

    def _read(self, load: Load, begun: Import, taken: files.Bytes, progress: Progress) -> None:
        """Stage the file from where it was left; forget all of it when it is not whole."""
        try:
            ghosts = self._stage(load, begun, progress)
            if files.stamp(load.path) != taken.stamp:
                raise UnreadableError(f"{load.path.name} changed while it was read.")
            with self._store.write() as tx:
                _finish_reading(tx, load, begun.number, ghosts)
        except OSError as error:
            self._forget(begun.number)
            raise UnreadableError(f"{load.path.name} cannot be read to its end.") from error
        except InvalidError:
            self._forget(begun.number)
            raise

    def _forget(self, number: ImportNumber) -> None:
        with self._store.write() as tx:
            store.staging.finish(tx, number)

    def _stage(self, load: Load, begun: Import, progress: Progress) -> list[Staged]:
        """Stage the rows that are not yet; returns a ghost for each rejected id of the file."""
        ghosts: dict[str, Staged] = {}
        rows = enumerate(FORMATS[load.format](load.path, load.mapping), start=1)
        known = frozenset(self._audiences())
        while batch := [
            (place, row, _judged(place, row, load, known)) for place, row in islice(rows, BATCH)
        ]:
            for place, row, judged in batch:
                row_id = row.entity.id if row.entity else row.id
                if isinstance(judged, Reject) and row_id:
                    ghosts.setdefault(row_id, Staged(place, row_id, _GHOST))
            if batch[-1][0] > begun.read:
                with self._store.write() as tx:
                    _stage_batch(tx, begun.number, [one for one in batch if one[0] > begun.read])
                progress(batch[-1][0])
        return list(ghosts.values())

    def _keep(
        self, load: Load, number: ImportNumber, why: Why, progress: Progress, foreseen: Foreseen
    ) -> None:
        """Keep what is staged, a batch and the note of it in one transaction."""
        kept, rows = 0, self._pending(number)
        foreseen(rows)
        while rows:
            later = self._pending(number, after=rows[-1].position)
            keeping = replace(self._keeping, ahead=foreseen(later))
            with self._store.write() as tx:
                drafts = _drafts(tx, load, rows)
                counts = keeping.keep(tx, drafts, why) if drafts else {}
                store.staging.settle(tx, number, rows, counts)
            kept += len(rows)
            progress(kept)
            rows = later

    def _pending(self, number: ImportNumber, *, after: int = 0) -> list[Staged]:
        with self._store.view() as view:
            return store.staging.pending(view, number, limit=BATCH, after=after)

    @contextlib.contextmanager
    def _foreseen(self, size: int) -> Iterator[Foreseen]:
        """Of a long file, what follows from later rows is made while those before are written.

        The process for that starts while the file is read.
        """
        if size < LONG:
            yield lambda _: {}
            return
        ahead = Ahead(partial(_made, self._keeping.findable))

        def foreseen(later: list[Staged]) -> Mapping[str, Made]:
            made = ahead.taken()
            ahead.start([row.payload for row in later[:FORESEEN]])
            return _decode_made(made) if made else {}

        try:
            yield foreseen
        finally:
            ahead.close()

    def _end(self, load: Load, number: ImportNumber, identity: str, why: Why) -> Loaded:
        """Withdraw, count, write down and forget the import, in one transaction."""
        file = self._write_rejects(number, self._rejects / f"{identity[:16]}.jsonl")
        with self._store.write() as tx:
            removed = self._withdraw(tx, load, number, why) if load.is_edition else 0
            counts = store.staging.counts(tx, number)
            loaded = Loaded(**counts, removed=removed, rejects=file, awaited=())
            store.audit.append(tx, _entry(load, why, counts | {"removed": removed}, identity))
            store.staging.finish(tx, number)
        return loaded

    def _withdraw(self, tx: Tx, load: Load, number: ImportNumber, why: Why) -> int:
        absent = iter(store.staging.absent(tx, number))
        parts = iter(lambda: list(islice(absent, BATCH)), [])
        return sum(self._keeping.withdraw(tx, load.source, part, why) for part in parts)

    def _write_rejects(self, number: ImportNumber, file: Path) -> Path | None:
        with self._store.view() as view:
            return rejects.write(file, store.staging.rejects(view, number))


@contextlib.contextmanager
def _seldom_collected() -> Iterator[None]:
    """Let Python look for garbage less often."""
    before = gc.get_threshold()
    gc.set_threshold(_COLLECTED, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


class _Payload(msgspec.Struct, array_like=True):
    """A row as it is staged."""

    entity: Entity
    said: Overrides


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Payload).decode
_decode_made = msgspec.msgpack.Decoder(dict[str, Made]).decode


def _made(findable: Callable[[Entity], Findable], payloads: Sequence[bytes]) -> bytes:
    """What follows from staged rows, by their ids, packed; runs in a process of its own.

    Order: they were checked before they were staged.
    """
    entities = (_decode(one).entity for one in payloads if one != _GHOST)
    return _encode({entity.id: made_of(entity, findable) for entity in entities})


def _identity(load: Load, taken: files.Bytes) -> str:
    """Names one load: the same bytes read in the same way with the same options."""
    mapping = load.mapping.read_bytes() if load.mapping and load.mapping.is_file() else b""
    options = [READINGS_VERSION, load.format, load.source, load.is_edition, mapping, load.marking]
    said = msgspec.json.encode(options, order="deterministic")
    return hashlib.sha256(taken.digest.encode() + said).hexdigest()


def _judged(place: int, row: Row, load: Load, known: frozenset[str]) -> Staged | Reject:
    """What becomes of a row; `known` are all to whom it may be shown, nobody when that is open."""
    if row.entity is None:
        return Reject(place, row.line, row.fault)
    try:
        check_entity(row.entity)
        check_marking(_marking(load, row.marking))
        _check_audience(row.marking, known)
    except RowError as error:
        return Reject(place, row.line, str(error))
    return Staged(place, row.entity.id, _encode(_Payload(row.entity, row.marking)))


def _check_audience(said: Overrides, known: frozenset[str]) -> None:
    if known and not said.get("audience", known) <= known | {EVERYONE}:
        raise RowError("to names a member or group that the charter does not have")


def _stage_batch(
    tx: Tx, number: ImportNumber, batch: list[tuple[int, Row, Staged | Reject]]
) -> None:
    lines = {place: row.line for place, row, _ in batch}
    again = store.staging.add(
        tx,
        number,
        read=batch[-1][0],
        rows=[judged for _, _, judged in batch if isinstance(judged, Staged)],
        rejects=[judged for _, _, judged in batch if isinstance(judged, Reject)],
    )
    twice = [Reject(row.position, lines[row.position], _TWICE) for row in again]
    store.staging.reject(tx, number, twice)


def _finish_reading(tx: Tx, load: Load, number: ImportNumber, ghosts: list[Staged]) -> None:
    counts = store.staging.counts(tx, number)
    if load.is_edition and counts["read"] == counts["rejected"]:
        raise UnreadableError(
            f"{load.path.name} has no row that can be loaded: as an edition it would withdraw all"
            f" of its source."
        )
    store.staging.add(tx, number, read=counts["read"], rows=ghosts, rejects=[])
    store.staging.mark_read(tx, number)


def _drafts(tx: Tx, load: Load, rows: Iterable[Staged]) -> list[Draft]:
    """The drafts of staged rows; one without a review date keeps the date it has or gets one."""
    payloads = [_decode(row.payload) for row in rows if row.payload != _GHOST]
    marked = [(one.entity, _marking(load, one.said)) for one in payloads]
    undated = [entity.id for entity, marking in marked if marking.review_on is None]
    held = store.records.by_source(tx, load.source, undated)
    first = _years_after(tx.now.date(), RETENTION_YEARS)
    dates = {row_id: one.record.marking.review_on or first for row_id, one in held.items()}
    return [
        Draft(entity, _dated(marking, dates.get(entity.id, first)), load.source)
        for entity, marking in marked
    ]


def _marking(load: Load, said: Overrides) -> Marking:
    """The marking of the load, save where the row says otherwise."""
    return replace(load.marking, **said) if said else load.marking


@lru_cache(maxsize=1024)
def _dated(marking: Marking, day: date) -> Marking:
    """A marking with a review date: its own, else this one. Rows of a file share few of them."""
    return marking if marking.review_on else replace(marking, review_on=day)


def _years_after(day: date, years: int) -> date:
    """The same day so many years on; the last of February has no fellow in most."""
    day = day.replace(day=28) if (day.month, day.day) == (2, 29) else day
    return day.replace(year=day.year + years)


def _entry(load: Load, why: Why, counts: dict[str, int], identity: str) -> Entry:
    return Entry(
        operation=Operation.COLLECTION,
        event="loaded",
        person=why.by,
        role=why.role,
        reason=f"{why.reason} ({load.source}, import {identity[:16]})",
        handling=tuple(sorted(load.marking.handling)),
        counts=counts,
    )
