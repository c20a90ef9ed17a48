"""The audit chain: whatever is done to it behind our back is seen, and the first entry is named."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from federation.messages import MemberId
from federation.witness import leaf_hash
from node import audit
from node.audit import Break, Entry, Head, Operation, Row

EE = MemberId("EE")
NOW = datetime(2026, 3, 1, 12, 0, 0, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Notary:
    """Signs with a key of its own."""

    key: bytes = b"ours"

    def sign(self, data: bytes) -> bytes:
        return hmac.digest(self.key, data, sha256)

    def holds(self, data: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(data), signature)


OURS, THEIRS = Notary(), Notary(b"an editor's")


def entry(number: int) -> Entry:
    return Entry(operation=Operation.CONSULTATION, event="asked", case=f"CASE-{number}")


def signed(seq: int, data: bytes, notary: Notary) -> Row:
    hash_ = leaf_hash(data)
    return Row(seq, data, hash_, notary.sign(audit.row_statement(EE, seq, hash_)))


def log(entries: list[Entry], *, notary: Notary = OURS) -> tuple[list[Row], Head]:
    """A log of these entries and its head, signed."""
    return continued([], entries, notary=notary)


def continued(rows: list[Row], entries: list[Entry], *, notary: Notary) -> tuple[list[Row], Head]:
    """The log with more entries chained to it."""
    rows = list(rows)
    for one in entries:
        seq, previous = len(rows) + 1, rows[-1].hash if rows else audit.GENESIS
        data = audit.encode(one, seq=seq, at=NOW, node=EE, previous=previous)
        rows.append(signed(seq, data, notary))
    last = rows[-1]
    head = Head(last.seq, last.hash, notary.sign(audit.head_statement(EE, last.seq, last.hash)))
    return rows, head


def verified(rows: list[Row], head: Head | None, notary: Notary = OURS) -> Break | None:
    return audit.verify(rows, head, node=EE, notary=notary)


@st.composite
def logs(draw: st.DrawFn, least: int = 1) -> tuple[list[Row], Head, int]:
    """A log, its head, and the place of one of its entries."""
    length = draw(st.integers(least, 12))
    rows, head = log([entry(number) for number in range(length)])
    return rows, head, draw(st.integers(1, length))


@given(logs())
def test_a_log_that_nobody_touched_is_whole(made: tuple[list[Row], Head, int]) -> None:
    rows, head, _ = made

    assert verified(rows, head) is None


@given(logs(), st.data())
def test_an_edited_entry_is_named(made: tuple[list[Row], Head, int], data: st.DataObject) -> None:
    rows, head, place = made
    row = rows[place - 1]
    position = data.draw(st.integers(0, len(row.data) - 1))
    flipped = bytes([row.data[position] ^ data.draw(st.integers(1, 255))])
    edited = row.data[:position] + flipped + row.data[position + 1 :]
    is_rehashed = data.draw(st.booleans())
    hash_ = leaf_hash(edited) if is_rehashed else row.hash

    rows[place - 1] = replace(row, data=edited, hash=hash_)

    broken = verified(rows, head)
    assert broken is not None
    assert broken.seq == place


@given(logs())
def test_an_editor_who_makes_the_chain_anew_is_found(made: tuple[list[Row], Head, int]) -> None:
    rows, head, place = made
    later = [audit.decode(row) for row in rows[place:]]

    forged, forged_head = continued(rows[: place - 1], [entry(99), *later], notary=THEIRS)

    for end in (head, forged_head):
        broken = verified(forged, end)
        assert broken is not None
        assert broken.seq == place


@given(logs())
def test_a_deleted_entry_is_named(made: tuple[list[Row], Head, int]) -> None:
    rows, head, place = made

    del rows[place - 1]

    assert verified(rows, head) == Break(place, "deleted")


@given(logs(least=2))
def test_an_entry_whose_number_was_taken_over_is_named(made: tuple[list[Row], Head, int]) -> None:
    rows, head, place = made
    del rows[place - 1]

    closed = [replace(row, seq=number) for number, row in enumerate(rows, start=1)]

    broken = verified(closed, head)
    assert broken is not None
    assert broken.seq == place


@given(logs(), st.booleans())
def test_an_inserted_entry_is_named(made: tuple[list[Row], Head, int], is_chained: bool) -> None:
    rows, head, place = made
    previous = rows[place - 2].hash if is_chained and place > 1 else audit.GENESIS
    data = audit.encode(entry(99), seq=place, at=NOW, node=EE, previous=previous)

    rows.insert(place - 1, signed(place, data, THEIRS))

    broken = verified([replace(row, seq=n) for n, row in enumerate(rows, start=1)], head)
    assert broken is not None
    assert broken.seq == place


@given(logs(least=2), st.data())
def test_two_entries_that_changed_places_are_named_by_the_first(
    made: tuple[list[Row], Head, int], data: st.DataObject
) -> None:
    rows, head, first = made
    second = data.draw(st.integers(1, len(rows)).filter(lambda place: place != first))
    here, there = rows[first - 1], rows[second - 1]

    rows[first - 1] = replace(there, seq=first)
    rows[second - 1] = replace(here, seq=second)

    broken = verified(rows, head)
    assert broken is not None
    assert broken.seq == min(first, second)


@given(logs(), st.booleans())
def test_entries_cut_off_the_end_are_missed(
    made: tuple[list[Row], Head, int], is_head_forged: bool
) -> None:
    rows, head, place = made
    kept = rows[: place - 1]
    if is_head_forged:
        last = kept[-1] if kept else Row(0, b"", audit.GENESIS, b"")
        head = Head(last.seq, last.hash, last.signature)  # the row's own signature is no head's

    broken = verified(kept, head)

    assert broken is not None
    assert broken.seq == place


@given(logs())
def test_a_log_without_its_head_is_not_whole(made: tuple[list[Row], Head, int]) -> None:
    rows, _, _ = made

    broken = verified(rows, None)

    assert broken is not None
    assert (broken.seq, "head is missing" in broken.what) == (len(rows) + 1, True)


@given(logs())
def test_an_edit_is_named_even_when_the_head_is_gone(made: tuple[list[Row], Head, int]) -> None:
    rows, _, place = made
    rows[place - 1] = replace(rows[place - 1], data=b"{}")

    broken = verified(rows, None)

    assert broken is not None
    assert broken.seq == place


def test_a_log_from_which_everything_was_removed_is_not_whole() -> None:
    _, head = log([entry(1)])

    assert verified([], head) == Break(1, "deleted")
    assert (verified([], None) or Break(0, "")).seq == 1


@given(logs())
def test_entries_behind_the_head_are_named(made: tuple[list[Row], Head, int]) -> None:
    rows, head, _ = made
    more, _ = continued(rows, [entry(100)], notary=THEIRS)

    assert verified(more, head) == Break(len(rows) + 1, "inserted after the end")


def test_a_log_of_another_node_is_not_ours() -> None:
    rows, head = log([entry(1)])

    broken = audit.verify(rows, head, node=MemberId("LV"), notary=OURS)

    assert broken is not None
    assert broken.seq == 1


def test_a_log_is_read_once_and_of_a_broken_one_few_signatures_are_checked() -> None:
    rows, head = log([entry(number) for number in range(1_000)])
    forged, _ = continued(rows[:699], [entry(0)] * 301, notary=THEIRS)
    reads: list[str] = []

    class Counted(list[Row]):
        def __iter__(self) -> Iterator[Row]:
            reads.append("all")
            return super().__iter__()

    class Counting(Notary):
        def holds(self, data: bytes, signature: bytes) -> bool:
            reads.append("signature")
            return super().holds(data, signature)

    whole, broken = verified(Counted(rows), head), verified(Counted(forged), head, Counting())

    assert whole is None
    assert (broken.seq if broken else 0) == 700
    assert reads.count("all") == 2
    assert reads.count("signature") <= 12


def test_the_hash_of_an_entry_is_a_leaf_of_rfc_6962() -> None:
    assert leaf_hash(b"").hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )


def test_an_entry_comes_back_as_it_was_written() -> None:
    written = Entry(
        operation=Operation.DISCLOSURE,
        event="answered",
        person="ann",
        role="analyst",
        peer="LV",
        recipients=("LV",),
        question="Q-1",
        question_digest="ab",
        case="CASE-1",
        purpose="investigation",
        topic="drugs",
        reason="a reason",
        is_urgent=True,
        records=("R1", "R2"),
        handling=("H0", "H2"),
        counts={"hits": 2},
        ground="members-in-need",
    )
    data = audit.encode(written, seq=1, at=NOW, node=EE, previous=audit.GENESIS)

    found = audit.framed(Row(1, data, b"", b""))

    assert found.entry == written
    assert (found.at, found.node, found.previous) == (NOW, EE, "00" * 32)


def test_the_bytes_of_an_entry_do_not_depend_on_the_order_of_its_counts() -> None:
    one, other = (
        Entry(operation=Operation.COLLECTION, event="stored", counts=counts)
        for counts in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    )

    encoded = [audit.encode(e, seq=1, at=NOW, node=EE, previous=b"") for e in (one, other)]

    assert encoded[0] == encoded[1]


def test_the_bytes_of_version_1_are_frozen() -> None:
    data = audit.encode(entry(7), seq=3, at=NOW, node=EE, previous=bytes(range(32)))

    assert data == (
        b'{"seq":3,"at":"2026-03-01T12:00:00.000005Z","node":"EE","previous":"000102030405060708090a0b0c0d0e'
        b'0f101112131415161718191a1b1c1d1e1f","entry":{"operation":"consultation","event":"asked",'
        b'"case":"CASE-7"}}'
    )


def test_a_signature_is_for_one_place_one_hash_one_node_and_one_use() -> None:
    said = {
        audit.row_statement(EE, 1, b"h"),
        audit.head_statement(EE, 1, b"h"),
        audit.row_statement(EE, 2, b"h"),
        audit.row_statement(EE, 1, b"g"),
        audit.row_statement(MemberId("LV"), 1, b"h"),
    }

    assert len(said) == 5


def test_an_entry_that_is_long_past_keeps_its_instant() -> None:
    at = NOW - timedelta(days=20_000)

    data = audit.encode(entry(1), seq=1, at=at, node=EE, previous=audit.GENESIS)

    assert audit.framed(Row(1, data, b"", b"")).at == at


def test_bytes_that_nobody_can_read_are_named_as_an_edit() -> None:
    rows, head = log([entry(1)])

    for data in (b"\xff", b"[" * 100_000, b""):
        forged = [signed(1, data, OURS)]
        assert verified(forged, head) == Break(1, "edited: it is no entry")
    assert verified(rows, head) is None
