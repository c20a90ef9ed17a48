"""Trees of logs against the definition of RFC 6962, which is slow and recursive."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import witness
from federation.messages import MemberId
from federation.witness import EMPTY, TreeHead

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MOST = 70
ENTRIES = [b"entry %d" % number for number in range(MOST)]


def mth(entries: Sequence[bytes]) -> bytes:
    """Merkle tree hash, word for word as RFC 6962 section 2.1 has it."""
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\0" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return hashlib.sha256(b"\1" + mth(entries[:k]) + mth(entries[k:])).digest()


def subtree(level: int, place: int) -> bytes:
    assert (place + 1) << level <= MOST, "a subtree that is not whole"
    return mth(ENTRIES[place << level : (place + 1) << level])


def head(size: int) -> TreeHead:
    return TreeHead(MemberId("EE"), size, mth(ENTRIES[:size]), NOW)


def test_a_log_without_entries_has_the_root_of_nothing() -> None:
    assert witness.root_of([]) == EMPTY == mth([])


def test_the_root_grows_entry_by_entry_and_every_whole_subtree_is_told() -> None:
    peaks: list[bytes] = []
    for size, entry in enumerate(ENTRIES):
        peaks, made = witness.grown(peaks, size, witness.leaf_hash(entry))

        assert witness.root_of(peaks) == mth(ENTRIES[: size + 1])
        assert made == [subtree(level, size >> level) for level in range(len(made))]
        assert (size + 1) % (1 << len(made) - 1) == 0


@given(size=st.integers(1, MOST), data=st.data())
def test_every_entry_is_proven_to_be_in_and_no_other(size: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, size - 1))
    proof = witness.inclusion(place, size, subtree)
    leaf = witness.leaf_hash(ENTRIES[place])

    assert witness.is_included(leaf, place, head(size), proof)
    assert not witness.is_included(witness.leaf_hash(b"another"), place, head(size), proof)
    assert not witness.is_included(leaf, place, replace(head(size), root=EMPTY), proof)
    assert not witness.is_included(leaf, place, head(size), [*proof, EMPTY])
    assert not witness.is_included(leaf, size, head(size), proof)
    other = data.draw(st.integers(0, size - 1))
    if other != place:
        assert not witness.is_included(leaf, other, head(size), proof)


@given(data=st.data())
def test_a_log_is_proven_to_go_on_from_what_it_was(data: st.DataObject) -> None:
    second = data.draw(st.integers(0, MOST))
    first = data.draw(st.integers(0, second))
    proof = witness.consistency(first, second, subtree)

    assert witness.is_consistent(head(first), head(second), proof)
    assert not witness.is_consistent(head(first), head(second), [*proof, EMPTY])
    if first:
        assert not witness.is_consistent(replace(head(first), root=EMPTY), head(second), proof)
        assert not witness.is_consistent(head(first), replace(head(second), root=EMPTY), proof)
    if 0 < first < second:
        assert not witness.is_consistent(head(second), head(first), proof)
        assert not witness.is_consistent(head(first), head(second), proof[:-1])


@given(data=st.data())
def test_a_log_that_was_edited_is_not_proven_to_go_on(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, MOST))
    first = data.draw(st.integers(1, second - 1))
    edited = list(ENTRIES[:second])
    edited[data.draw(st.integers(0, first - 1))] = b"edited"

    def forged(level: int, place: int) -> bytes:
        return mth(edited[place << level : (place + 1) << level])

    proof = witness.consistency(first, second, forged)
    shown = replace(head(second), root=mth(edited))
    assert not witness.is_consistent(head(first), shown, proof)


@pytest.mark.parametrize("change", ["member", "size", "root", "signed_at"])
def test_everything_about_a_head_is_signed(change: str) -> None:
    other = {
        "member": MemberId("LV"),
        "size": 8,
        "root": EMPTY,
        "signed_at": datetime(2026, 3, 2, tzinfo=UTC),
    }
    changed = replace(head(7), **{change: other[change]})  # type: ignore[arg-type]

    assert changed.statement != head(7).statement
    assert witness.cosigned(changed, MemberId("LV")) != witness.cosigned(head(7), MemberId("LV"))
    assert witness.cosigned(head(7), MemberId("LV")) != witness.cosigned(head(7), MemberId("LT"))
