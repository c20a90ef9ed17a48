"""Screening: a list of names against everything we hold, through the gate and as one operation."""

import hashlib
import hmac
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, tee
from pathlib import Path
from typing import Any

import msgspec

from federation.errors import InvalidError, RefusedError
from federation.messages import Hit, Question
from node import rejects, store
from node.answering import Gate, Weighed
from node.audit import Entry, Operation
from node.intake import READINGS_VERSION
from node.intake.questions import Asked, read
from node.searchers import BATCH, Matched, Searchers
from node.store import Tx
from node.store.disclosures import Given
from node.store.screenings import Counts, ScreeningNumber
from node.store.staging import Reject
from node.wording import check_why

#: Hits of one row unless the asker says otherwise, and the most there are.
LIMIT, MOST = 5, 100
#: A part ends with so many rows, or once so many hits are in it: one transaction, which others
#: wait for, and one entry in the log, which names every record that was shown.
PART_ROWS, PART_HITS = 1_000, 500

_OTHER = (
    "the answers that are there belong to another list, or were asked for with other options:"
    " name another file for these (--out)"
)

Released = tuple[Asked, Matched, list[tuple[Given, Hit]]]


@dataclass(frozen=True, slots=True)
class List:
    """A list to be screened; `answered` and `screening` say how much of which is there already."""

    path: Path
    is_strong_only: bool = False
    answered: int = 0
    screening: str = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The screening, how many rows its list has, and how many answers hold; later ones do not."""

    screening: str
    rows: int
    answered: int


@dataclass(frozen=True, slots=True)
class Part:
    """The next answers, one line of JSON each, and how many there are by now."""

    lines: bytes
    answered: int


@dataclass(frozen=True, slots=True)
class Screened:
    """What a whole screening came to, and the file that lists the rows it could not ask."""

    screening: str
    counts: Counts
    rejects: Path | None


@dataclass(frozen=True, slots=True)
class Screening:
    """Screens lists part by part; a killed one goes on behind the last part that was answered."""

    gate: Gate
    searchers: Callable[[int, int], Searchers]
    digest: Callable[[bytes], str]
    rejects: Path

    def screen(
        self, list_: List, question: Question
    ) -> Generator[Begun | Part | Screened, None, None]:
        """Match every row of a list against our records, for one of our own people.

        No record is looked at before "screening began" is on disk, and no answer leaves before
        the entry is that names the records it shows. Answers come in the order of the rows, one
        for each; a row that cannot be asked is answered by its error and stops nothing.

        Raises `RefusedError` when policy says no, `InvalidError` for a list that cannot be read
        to its end and for answers that belong to another one; nothing is screened then.
        """
        check_why(question)
        if not 1 <= question.limit <= MOST:
            raise InvalidError(f"--limit is 1 to {MOST}")
        operation = _Operation(self, list_, question, self._digest_of(list_.path))
        yield operation.begin()
        yield from operation.parts()
        yield operation.end()

    def _digest_of(self, path: Path) -> str:
        with path.open("rb") as file:
            return self.digest(hashlib.file_digest(file, "sha256").digest())


class _Operation:
    """One screening in hand."""

    def __init__(self, house: Screening, list_: List, question: Question, digest: str) -> None:
        self._house, self._list, self._question, self._digest = house, list_, question, digest
        self._gate, self._store = house.gate, house.gate.store
        self._id: str = question.id
        self._number, self._after, self._is_ended = ScreeningNumber(0), 0, False
        self._weighed = self._admitted()
        self._rows = sum(1 for _ in read(list_.path))
        if not self._rows:
            raise InvalidError(f"{list_.path.name} holds no row")

    def begin(self) -> Begun:
        """Put on disk that it began, or goes on and where."""
        identity = self._identity()
        with self._store.write() as tx:
            found = self._found(tx, identity)
            this = found or store.screenings.begin(tx, self._question.id, identity)
            after = store.screenings.go_on(tx, this, answered=self._list.answered)
            self._number, self._id, self._after = this.number, this.id, after
            self._is_ended = this.is_ended and after == self._rows
            if not self._is_ended:
                event = "screening resumed" if found else "screening began"
                counts = {"rows": self._rows, "answered": after}
                store.audit.append(tx, self._entry(event, counts=counts))
        return Begun(self._id, self._rows, after)

    def parts(self) -> Iterator[Part]:
        """Every part that is not answered yet, each with its entry on disk."""
        if self._after == self._rows:
            return
        ahead, rows = tee(islice(read(self._list.path), self._after, None))
        batches = iter(lambda: [row.questions for row in islice(ahead, BATCH)], [])
        count = -(-(self._rows - self._after) // BATCH)
        with self._house.searchers(count, self._question.limit) as searchers:
            for part in _parted(zip(rows, searchers.match(batches), strict=True)):
                lines = self._released(part)
                self._after += len(part)
                yield Part(b"".join(lines), self._after)

    def end(self) -> Screened:
        """Write down what it came to, once."""
        with self._store.write() as tx:
            counts = store.screenings.counts(tx, self._number)
            if not self._is_ended:
                store.screenings.end(tx, self._number)
                store.audit.append(tx, self._entry("screening ended", counts=_named(counts)))
        with self._store.view() as view:
            file = self._house.rejects / f"{self._id}.jsonl"
            listed = rejects.write(file, store.screenings.rejects(view, self._number))
        return Screened(self._id, counts, listed)

    def _admitted(self) -> Weighed:
        """What policy says to the whole operation, weighed once; a refusal is written down."""
        weighed = self._gate.weigh_own(self._question)
        if not weighed.verdict.is_allowed:
            ground = weighed.verdict.ground
            entry = self._entry("not screened", operation=Operation.REFUSAL, ground=ground)
            with self._store.write() as tx:
                store.audit.append(tx, entry)
            raise RefusedError(f"{self._gate.us}: {ground}")
        return weighed

    def _found(self, tx: Tx, identity: str) -> store.screenings.Screening | None:
        """The screening to go on with: the one of the answers that are there, else one cut off."""
        if not self._list.screening:
            return store.screenings.unfinished(tx, identity)
        found = store.screenings.find(tx, self._list.screening)
        if found is None or found.identity != identity:
            raise InvalidError(_OTHER)
        return found

    def _identity(self) -> str:
        """Names one screening: the same bytes, asked by the same person with the same options."""
        asked = self._question
        why = [asked.asker.person, asked.case, asked.purpose, asked.topic, asked.is_urgent]
        how = [READINGS_VERSION, asked.limit, self._list.is_strong_only]
        return self._house.digest(msgspec.json.encode([self._digest, *why, *how]))

    def _released(self, part: list[tuple[Asked, Matched]]) -> list[bytes]:
        """The answers of a part, once the records they show stand in the log."""
        with self._store.write() as tx:
            released = [(row, found, self._shown(tx, found)) for row, found in part]
            counts = _counted(released)
            listed = [
                Reject(self._after + place, row.line, row.fault or found.fault)
                for place, (row, found) in enumerate(part, 1)
                if row.fault or found.fault
            ]
            store.screenings.add(tx, self._number, after=self._after, counts=counts, rejects=listed)
            store.audit.append(tx, self._part_entry(released, counts))
        return [self._line(*one) for one in released]

    def _shown(self, tx: Tx, matched: Matched) -> list[tuple[Given, Hit]]:
        found = matched.found
        if self._list.is_strong_only:
            found = tuple(one for one in found if one.is_strong)
        return self._gate.release(tx, replace(self._weighed, found=found)) if found else []

    def _line(self, row: Asked, matched: Matched, hits: list[tuple[Given, Hit]]) -> bytes:
        fault = row.fault or matched.fault
        answer = _Answer(
            line=row.line,
            qid=row.id,
            screening=self._id,
            hits=None if fault else [_shown_hit(hit) for _, hit in hits],
            left_out=row.left_out + matched.left_out,
            error=fault,
        )
        return _encode(answer) + b"\n"

    def _part_entry(self, released: list[Released], counts: Counts) -> Entry:
        held = [given.held for _, _, hits in released for given, _ in hits]
        return self._entry(
            "screened",
            records=tuple(dict.fromkeys(one.record.id for one in held)),
            handling=tuple(sorted({code for one in held for code in one.record.marking.handling})),
            counts={"first": self._after + 1} | _named(counts),
        )

    def _entry(
        self,
        event: str,
        *,
        operation: Operation = Operation.CONSULTATION,
        **what: Any,  # noqa: ANN401 - Entry's own fields
    ) -> Entry:
        asked = self._question
        return Entry(
            operation=operation,
            event=event,
            person=asked.asker.person,
            role=asked.asker.role,
            question=self._id,
            question_digest=self._digest,
            case=asked.case,
            purpose=asked.purpose,
            topic=asked.topic,
            is_urgent=asked.is_urgent,
            **what,
        )


def keyed(key: bytes, data: bytes) -> str:
    """A digest of a list that only the holder of the key can test a guess against."""
    return hmac.digest(key, data, "sha256").hex()


class _Hit(msgspec.Struct):
    """A hit in an answer: whose and which record it is, how well it fits and why."""

    node: str
    id: str
    ref: str
    score: float
    strong: bool
    caption: str
    reasons: list[str]


class _Answer(msgspec.Struct, omit_defaults=True, kw_only=True):
    """The answer to one row: its hits, none of them too, or why it could not be asked."""

    line: int
    qid: str
    screening: str
    hits: list[_Hit] | None = None
    left_out: int = 0
    error: str = ""


_encode = msgspec.json.Encoder().encode


def _parted(
    rows: Iterable[tuple[Asked, Matched]],
) -> Iterator[list[tuple[Asked, Matched]]]:
    """The rows in parts, each as long as one transaction may be."""
    part: list[tuple[Asked, Matched]] = []
    hits = 0
    for row, found in rows:
        part.append((row, found))
        hits += len(found.found)
        if len(part) == PART_ROWS or hits >= PART_HITS:
            yield part
            part, hits = [], 0
    if part:
        yield part


def _counted(released: list[Released]) -> Counts:
    hits = [hit for _, _, hits in released for _, hit in hits]
    return Counts(
        rows=len(released),
        rejected=sum(bool(row.fault or found.fault) for row, found, _ in released),
        hits=len(hits),
        strong=sum(hit.is_strong for hit in hits),
    )


def _named(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("rows", "rejected", "hits", "strong")}


def _shown_hit(hit: Hit) -> _Hit:
    return _Hit(
        node=hit.member,
        id=hit.entity.id if hit.entity else "",
        ref=hit.reference,
        score=round(hit.score, 4),
        strong=hit.is_strong,
        caption=hit.entity.caption if hit.entity else "",
        reasons=[reason.text for reason in hit.reasons],
    )
