"""Veiling: tokens of activities under secrets, in lists whose lengths say little."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from federation.limits import BLOCKS, PARTS, POINTS
from federation.meetings import Veiled
from federation.private import (
    PLACE_SIZES,
    SEED_BYTES,
    TARGET_SIZES,
    Use,
    again,
    blinded,
    common,
    padded,
    secret,
    size,
    tags,
)
from node.deconfliction.activities import Tokens

#: Blocks of a part of an answer: so few or all there may be, whatever we have.
_FEW_BLOCKS = 4
#: Activities that fit in one answer, however large they are.
MOST_ACTIVITIES = PARTS * (POINTS // (TARGET_SIZES[-1] + PLACE_SIZES[-1]))

#: So many bytes that nobody can guess.
Random = Callable[[int], bytes]
#: Who asks and who answers.
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer: what is sent, which of ours each block is, and what is wanted back.

    A block that is None of ours was made up.
    """

    found: Veiled
    blocks: tuple[Veiled, ...]
    ours: tuple[int | None, ...]
    proof: Veiled


def sizes_of(*tokens: Tokens) -> tuple[int, int]:
    """The lengths to which the lists of these are padded; raises `InvalidError` for too many."""
    targets = max((len(one.target) for one in tokens), default=0)
    places = max((len(one.place) for one in tokens), default=0)
    return size(targets, TARGET_SIZES), size(places, PLACE_SIZES)


def veiled(tokens: Tokens, by: bytes, pair: Pair, random: Random) -> Veiled:
    """An activity under one secret, padded to its own size."""
    return _veiled(tokens, by, pair, random, sizes_of(tokens))


def parts_of_answer(
    points: Veiled, ours: Sequence[Tokens], pair: Pair, random: Random
) -> Iterator[Part]:
    """The parts of an answer, each under a new secret that nobody keeps.

    All blocks have the same lengths, some belong to nothing, and their order says nothing: one
    cannot tell how many there are of ours, if any.
    """
    sizes = sizes_of(*ours)
    most = min(BLOCKS, POINTS // sum(sizes))
    for start in range(0, max(len(ours), 1), most):
        yield _part(points, ours[start : start + most], (pair, random, sizes), (start, most))


def doubled(block: Veiled, by: bytes) -> Veiled:
    """A block under our secret, too; raises `InvalidError` when it holds what is no point."""
    return Veiled(tuple(again(block.target, by)), tuple(again(block.place, by)))


def tagged(points: Veiled, use: Use) -> Veiled:
    """Tags of points."""
    return Veiled(tags(points.target, use), tags(points.place, use))


def met(mine: Veiled, theirs: Veiled) -> tuple[bool, bool]:
    """Whether two lists of tags have a target in common, and a place at a time."""
    return bool(common(mine.target, theirs.target)), bool(common(mine.place, theirs.place))


def _part(
    points: Veiled,
    ours: Sequence[Tokens],
    how: tuple[Pair, Random, tuple[int, int]],
    where: tuple[int, int],
) -> Part:
    pair, random, sizes = how
    start, most = where
    by = secret(random(SEED_BYTES))
    count = min(most, _FEW_BLOCKS if len(ours) <= _FEW_BLOCKS else BLOCKS)
    nothing = Tokens(frozenset(), frozenset())
    made_up = [nothing] * (count - len(ours))
    blocks: list[tuple[Veiled, int | None]] = [
        (_veiled(tokens, by, pair, random, sizes), start + number if number < len(ours) else None)
        for number, tokens in enumerate((*ours, *made_up))
    ]
    blocks.sort(key=lambda block: block[0].target)
    both = doubled(points, by)
    return Part(
        found=tagged(both, Use.FOUND),
        blocks=tuple(block for block, _ in blocks),
        ours=tuple(number for _, number in blocks),
        proof=tagged(both, Use.PROOF),
    )


def _veiled(
    tokens: Tokens, by: bytes, pair: Pair, random: Random, sizes: tuple[int, int]
) -> Veiled:
    lists = (tokens.target, "target"), (tokens.place, "place")
    target, place = (
        padded(
            blinded((f"{kind} {token}" for token in some), by, pair=pair),
            [random(SEED_BYTES) for _ in range(length - len(some))],
        )
        for (some, kind), length in zip(lists, sizes, strict=True)
    )
    return Veiled(target, place)
