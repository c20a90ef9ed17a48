"""The only way in: record, version, keys and audit entry in one transaction."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from types import MappingProxyType

from federation.messages import EVERYONE, GROUP_PREFIX, Entity, Marking, MemberId, PersonId
from node import store
from node.audit import Entry, Operation
from node.codes import GRADES, H3, HANDLING, Category, Tell, Topic
from node.errors import RowError
from node.identifiers import Checked, checked
from node.kinds import ENDS, KIND_OF, Kind, identifiers_of, names_of
from node.records import Change, Draft, Record, RecordId
from node.store import Tx
from node.store.content import encoded
from node.store.keys import Findable, RecordNumber
from node.store.records import Held, Kept

#: Properties that say which countries' rules a number may follow.
_COUNTRIES = ("nationality", "citizenship", "country", "jurisdiction", "flag")

#: Kinds that are known by a name or a number; of the others any property will do.
_NAMED = frozenset(
    {
        Kind.PERSON,
        Kind.ORGANISATION,
        Kind.VEHICLE,
        Kind.VESSEL,
        Kind.AIRCRAFT,
        Kind.DOCUMENT,
        Kind.PHONE,
        Kind.ACCOUNT,
        Kind.CONTAINER,
    }
)

#: A record that was stored, and by what it is found; None when nobody is to find it.
Noticed = tuple[Held, Findable | None]

_MEMBER = re.compile(r"[A-Z][A-Z0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Why:
    """Who changes what we hold, in which role, and for what reason."""

    by: PersonId
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of an entity: its numbers checked, and by what it is found."""

    numbers: Sequence[Checked]
    found: Findable


_NONE_MADE: Mapping[str, Made] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Keeping:
    """Stores, changes and withdraws; nothing is stored without its marking.

    `findable` makes of an entity all by which it is found, `ids` a new record id; `noticed` is
    told of every record that came or changed, in the transaction that stores it. `ahead` is what
    was made before of entities that were checked, by their ids, so that it is not made again.
    """

    member: MemberId
    findable: Callable[[Entity], Findable]
    ids: Callable[[], str]
    noticed: Callable[[Tx, Sequence[Noticed]], None] = lambda _tx, _batch: None
    ahead: Mapping[str, Made] = field(default_factory=lambda: _NONE_MADE)

    def keep(self, tx: Tx, drafts: Sequence[Draft], why: Why) -> Counter[Change]:
        """Make these drafts the present state of their records; safe to repeat.

        What says nothing new changes nothing; what was withdrawn comes back. Where two drafts
        name one id, the later one counts. Every marking is made ours before it is stored.

        Raises `RowError` for the first draft that cannot be kept, before anything is stored.
        """
        stored: list[Record] = []
        updated: list[Record] = []
        for batch in _batches([self._owned(draft) for draft in drafts]):
            known = store.records.by_source(tx, batch[0].source, [d.entity.id for d in batch])
            stored += self._insert(tx, [d for d in batch if d.entity.id not in known], why)
            met = [(known[d.entity.id], d) for d in batch if d.entity.id in known]
            changed = [(held, _next(held, draft)) for held, draft in met if _differs(held, draft)]
            updated += self._replace(tx, changed, why)
        _write_down(tx, (Operation.COLLECTION, Change.STORED), stored, why)
        _write_down(tx, (Operation.ALTERATION, Change.UPDATED), updated, why)
        unchanged = len(drafts) - len(stored) - len(updated)
        return Counter(
            {
                Change.STORED: len(stored),
                Change.UPDATED: len(updated),
                Change.UNCHANGED: unchanged,
            }
        )

    def withdraw(self, tx: Tx, source: str, ids: Sequence[str], why: Why) -> int:
        """Take records of a source out of every search; they stay as evidence.

        Returns how many were not withdrawn yet.
        """
        known = store.records.by_source(tx, source, ids).values()
        gone = [
            (held, replace(held.record, is_withdrawn=True))
            for held in known
            if not held.record.is_withdrawn
        ]
        withdrawn = self._replace(tx, gone, why)
        _write_down(tx, (Operation.ERASURE, "withdrawn"), withdrawn, why)
        return len(withdrawn)

    def remark(self, tx: Tx, id: RecordId, marking: Marking, why: Why) -> None:
        """Give a record another marking: from this transaction on nobody sees it under the old."""
        held = store.records.get(tx, id)
        if held is None:
            raise RowError(f"there is no record {id}")
        record = replace(held.record, marking=_owned(marking, self.member))
        changed = [(held, record)] if record != held.record else []
        remarked = self._replace(tx, changed, why)
        _write_down(tx, (Operation.ALTERATION, "remarked"), remarked, why)

    def refind(self, tx: Tx, numbers: Sequence[RecordNumber]) -> None:
        """Make anew all by which these records are found; what they say stays as it is."""
        store.keys.drop(tx, numbers)
        self._found_by(tx, store.records.load(tx, numbers))

    def _owned(self, draft: Draft) -> Draft:
        if draft.entity.id not in self.ahead:
            check_entity(draft.entity)
        return Draft(draft.entity, _owned(draft.marking, self.member), draft.source)

    def _insert(self, tx: Tx, drafts: Sequence[Draft], why: Why) -> list[Record]:
        records = [
            Record(
                RecordId(self.ids()), d.entity, d.marking, d.source, version=1, changed_at=tx.now
            )
            for d in drafts
        ]
        kept = [self._kept(one, why) for one in records]
        return self._noticed(tx, store.records.insert(tx, kept))

    def _replace(self, tx: Tx, changed: Sequence[tuple[Held, Record]], why: Why) -> list[Record]:
        """Write the next version of records, found by its own keys and marking alone."""
        store.keys.drop(tx, [held.number for held, _ in changed])
        batch = [
            (held.number, replace(record, version=record.version + 1, changed_at=tx.now))
            for held, record in changed
        ]
        kept = [(number, self._kept(record, why)) for number, record in batch]
        return self._noticed(tx, store.records.replace(tx, kept))

    def _kept(self, record: Record, why: Why) -> Kept:
        made = self.ahead.get(record.entity.id)
        return Kept(record, made.numbers if made else _numbers(record.entity), why.reason, why.by)

    def _noticed(self, tx: Tx, batch: Sequence[Held]) -> list[Record]:
        self.noticed(tx, self._found_by(tx, batch))
        return [held.record for held in batch]

    def _found_by(self, tx: Tx, batch: Sequence[Held]) -> list[Noticed]:
        """Write the keys of records that have none; withdrawn ones get none."""
        pairs = [(held, self._findable(held)) for held in batch]
        store.keys.put(tx, ((held.number, held.marking, found) for held, found in pairs if found))
        return pairs

    def _findable(self, held: Held) -> Findable | None:
        if held.record.is_withdrawn:
            return None
        made = self.ahead.get(held.record.entity.id)
        return made.found if made else self.findable(held.record.entity)


def made_of(entity: Entity, findable: Callable[[Entity], Findable]) -> Made:
    """Make of an entity that was checked what `Keeping.ahead` takes."""
    return Made(_numbers(entity), findable(entity))


def check_entity(entity: Entity) -> None:
    """Raise `RowError` unless this is a thing that can be known again; it repeats no value."""
    kind = KIND_OF.get(entity.schema)
    if not entity.id.strip():
        raise RowError("id is missing")
    if kind is None:
        raise RowError("schema is not a word that is known here")
    if kind is Kind.LINK and not all(entity.first(end) for end in ENDS[entity.schema]):
        raise RowError(
            f"a link of schema {entity.schema} needs {' and '.join(ENDS[entity.schema])}"
        )
    if kind in _NAMED and not (_some(names_of(entity)) or identifiers_of(entity)):
        raise RowError(f"a record of kind {kind} needs a name or a number")
    if not any(entity.properties.values()):
        raise RowError("it says nothing but its id")
    if not _is_unicode(entity):
        raise RowError("a value is not valid Unicode")


def check_marking(marking: Marking) -> None:
    """Raise `RowError` naming what is wrong with a marking; it repeats no value."""
    if fault := _marking_fault(marking):
        raise RowError(fault)


@lru_cache(maxsize=1024)
def _marking_fault(marking: Marking) -> str:
    sources, informations = GRADES.get(marking.grade_scheme, ("", ""))
    rules = (
        (marking.topic in set(Topic), f"topic is not one of {', '.join(Topic)}"),
        (marking.category in set(Category), f"category is not one of {', '.join(Category)}"),
        (bool(sources), f"grade scheme is not one of {', '.join(GRADES)}"),
        (marking.source_grade in tuple(sources), f"source grade is not one of {sources}"),
        (
            marking.information_grade in tuple(informations),
            f"information grade is not one of {informations}",
        ),
        (
            bool(marking.handling) and marking.handling <= HANDLING.keys(),
            f"handling takes {', '.join(HANDLING)}",
        ),
        (
            H3 not in marking.handling or bool(marking.handling_text.strip()),
            f"handling {H3} needs a text that says what is restricted",
        ),
        (
            all(map(_is_audience, marking.audience)),
            f"audience takes ids of members, {GROUP_PREFIX}ID and {EVERYONE}",
        ),
        (not marking.tell or marking.tell in set(Tell), f"tell is not one of {', '.join(Tell)}"),
    )
    return next((fault for holds, fault in rules if not holds), "")


@lru_cache(maxsize=1024)
def _owned(marking: Marking, member: MemberId) -> Marking:
    """A marking that may be stored, with us as its owner."""
    check_marking(marking)
    return replace(marking, owner=member)


def _is_audience(name: str) -> bool:
    if name.startswith(GROUP_PREFIX):
        return bool(name.removeprefix(GROUP_PREFIX).strip())
    return name == EVERYONE or bool(_MEMBER.fullmatch(name))


def _is_unicode(entity: Entity) -> bool:
    """Whether an entity can be written as JSON: half of a surrogate pair cannot."""
    try:
        encoded(entity)
    except UnicodeEncodeError:
        return False
    return True


def _some(names: Iterable[tuple[str, str]]) -> bool:
    return any(name.strip() for _, name in names)


def _batches(drafts: Sequence[Draft]) -> Iterator[list[Draft]]:
    """Drafts in runs of one source that name no id twice: each run is written in bulk."""
    batch: list[Draft] = []
    ids: set[str] = set()
    for draft in drafts:
        if batch and (draft.source != batch[0].source or draft.entity.id in ids):
            yield batch
            batch, ids = [], set()
        batch.append(draft)
        ids.add(draft.entity.id)
    if batch:
        yield batch


def _differs(held: Held, draft: Draft) -> bool:
    """Whether a draft says anything that its record does not."""
    present = held.record
    return (
        present.is_withdrawn
        or present.marking != draft.marking
        or encoded(present.entity) != encoded(draft.entity)
    )


def _next(held: Held, draft: Draft) -> Record:
    return replace(held.record, entity=draft.entity, marking=draft.marking, is_withdrawn=False)


def _numbers(entity: Entity) -> list[Checked]:
    countries = tuple(dict.fromkeys(code for name in _COUNTRIES for code in entity.all(name)))
    return [checked(number, countries) for number in identifiers_of(entity)]


def _write_down(tx: Tx, what: tuple[Operation, str], records: Sequence[Record], why: Why) -> None:
    """One entry for all that was done to records in one way, none when nothing was."""
    if not records:
        return
    operation, event = what
    entry = Entry(
        operation=operation,
        event=event,
        person=why.by,
        role=why.role,
        reason=f"{why.reason} ({', '.join(sorted({record.source for record in records}))})",
        records=tuple(record.id for record in records),
        handling=tuple(sorted({code for one in records for code in one.marking.handling})),
        counts={event: len(records)},
    )
    store.audit.append(tx, entry)
