"""Veiling: both sides find what meets, and the shape of an answer tells next to nothing."""

import hashlib
import itertools
from collections.abc import Callable

import pytest

from federation.errors import InvalidError
from federation.limits import BLOCKS, PARTS, POINTS
from federation.meetings import Veiled
from federation.private import Use, secret
from node.deconfliction.activities import Tokens
from node.deconfliction.veiling import (
    MOST_ACTIVITIES,
    Part,
    doubled,
    met,
    parts_of_answer,
    sizes_of,
    tagged,
    veiled,
)

PAIR = ("EE", "LV")


def chance() -> Callable[[int], bytes]:
    """Bytes that are always the same and never twice."""
    count = itertools.count()
    return lambda size: hashlib.shake_256(str(next(count)).encode()).digest(size)


def of(*target: str, place: tuple[str, ...] = ()) -> Tokens:
    return Tokens(frozenset(target), frozenset(place))


BY = secret(bytes(range(64)))


def exchanged(mine: Tokens, ours: list[Tokens]) -> list[Part]:
    """The parts of an answer to one activity."""
    random = chance()
    return list(parts_of_answer(veiled(mine, BY, PAIR, random), ours, PAIR, random))


def shape(part: Part) -> list[tuple[int, int]]:
    """All that the asker sees of how much there is."""
    return [(len(block.target), len(block.place)) for block in part.blocks]


def test_who_asks_and_who_answers_find_the_same() -> None:
    ours = [of("x"), of("a", place=("p",)), of("y", place=("q", "r"))]
    [part] = exchanged(of("a", "b", place=("q",)), ours)

    blocks = [doubled(block, BY) for block in part.blocks]
    found = [met(tagged(block, Use.FOUND), part.found) for block in blocks]
    proven = [met(tagged(block, Use.PROOF), part.proof) for block in blocks]

    assert found == proven
    by_activity = {which: what for which, what in zip(part.ours, found, strict=True)}
    assert by_activity == {
        0: (False, False),
        1: (True, False),
        2: (False, True),
        None: (False, False),
    }


def test_who_did_not_find_anything_cannot_claim_that_it_did() -> None:
    # All that the asker holds of the points that it would have to show are their other tags.
    [part] = exchanged(of("a"), [of("x")])

    claimed = Veiled(part.found.target, part.found.place)

    assert met(claimed, part.proof) == (False, False)


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_an_answer_looks_the_same_whether_there_are_none_or_a_few(count: int) -> None:
    [part] = exchanged(of("a"), [of(f"x{number}") for number in range(count)])

    assert shape(part) == [(64, 256)] * 4
    assert len(part.found.target) == 64
    assert set(part.ours) - {None} == set(range(count))


def test_a_target_is_not_found_among_places() -> None:
    [part] = exchanged(of("a"), [of(place=("a",))])

    found = [met(tagged(doubled(block, BY), Use.FOUND), part.found) for block in part.blocks]

    assert set(found) == {(False, False)}


def test_blocks_of_one_part_have_one_length_and_parts_no_more_than_they_may() -> None:
    large = of("x", place=tuple(map(str, range(300))))

    parts = exchanged(of("a"), [large, *(of(f"x{number}") for number in range(16))])

    assert [len(set(shape(part))) for part in parts] == [1, 1]
    assert all(sum(block.count for block in part.blocks) <= POINTS for part in parts)
    ours = [number for part in parts for number in part.ours if number is not None]
    assert sorted(ours) == list(range(17))


def test_all_activities_that_may_be_planned_fit_in_one_answer() -> None:
    widest = POINTS // (256 + 1024)

    assert PARTS * min(BLOCKS, widest) >= MOST_ACTIVITIES


def test_too_many_tokens_are_refused_before_anything_is_asked() -> None:
    with pytest.raises(InvalidError, match="narrowly"):
        sizes_of(of(place=tuple(map(str, range(1025)))))
