"""Two names laid side by side: which part of one is which part of the other, what is left over."""

from collections.abc import Sequence
from dataclasses import dataclass

from node.search.likeness import Ground, likeness
from node.search.names import Name, acronym, runs
from node.search.parts import Part, Role, joined

#: What a part has to say by its kind; a name is told by its words.
_SAYS = {
    Role.WORD: 1.0,
    Role.NUMBER: 1.0,
    Role.GIVEN: 0.75,
    Role.PATRONYMIC: 0.6,
    Role.INITIAL: 0.3,
    Role.GENERIC: 0.3,
    Role.PARTICLE: 0.15,
}
#: Parts that one name joins and the other splits must agree better than two single parts.
_LEAST_JOINED, _JOINED_SLACK = 0.85, 3
_ACRONYM = 0.8

#: Neighbouring parts of a name, by their places.
_Places = tuple[int, ...]
_Match = tuple[float, Ground, _Places, _Places]


@dataclass(frozen=True, slots=True)
class Pair:
    """Parts of both names that are taken for one: how alike, why, and how much they have to say."""

    mine: tuple[Part, ...]
    theirs: tuple[Part, ...]
    alike: float
    ground: Ground
    says: float

    @property
    def role(self) -> Role:
        """The kind of part that has the most to say in it."""
        roles = (part.role for part in (*self.mine, *self.theirs))
        return max(roles, key=_SAYS.__getitem__)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which parts are one, and how much the parts left over on either side would have said."""

    pairs: tuple[Pair, ...] = ()
    left: float = 0.0
    right: float = 0.0


def aligned(one: Name, other: Name) -> Alignment:
    """Lay two names side by side; the order of their parts, and of the two, makes no difference."""
    left, right = list(range(len(one))), list(range(len(other)))
    chosen = _taken(_equal(one, other, is_particle=False), left, right)
    if left and right:
        chosen += _taken(_resembling(one, other, left, right), left, right)
    if left and right:
        chosen += _taken(_equal(one, other, is_particle=True), left, right)
    if not chosen:
        chosen = _taken(_abbreviated(one, other), left, right)
    pairs = tuple(_pair(one, other, match) for match in chosen)
    return Alignment(pairs, _says(one, left), _says(other, right))


def _equal(one: Name, other: Name, *, is_particle: bool) -> list[_Match]:
    """Parts of one stem: most agreements, found without looking at every pair."""
    stems = {part.stem for part in one} & {part.stem for part in other}
    if not stems:
        return []
    mine, theirs = (
        [
            place
            for place, part in enumerate(name)
            if part.stem in stems and (part.role is Role.PARTICLE) is is_particle
        ]
        for name in (one, other)
    )
    return _single(one, other, mine, theirs)


def _resembling(one: Name, other: Name, left: Sequence[int], right: Sequence[int]) -> list[_Match]:
    """Parts that resemble one another, and neighbours here that are one part there."""
    mine = [place for place in left if one[place].role is not Role.PARTICLE]
    theirs = [place for place in right if other[place].role is not Role.PARTICLE]
    found = _single(one, other, mine, theirs)
    found += _joining(one, other, left, theirs)
    found += [
        (alike, ground, ours, run) for alike, ground, run, ours in _joining(other, one, right, mine)
    ]
    return found


def _single(one: Name, other: Name, left: Sequence[int], right: Sequence[int]) -> list[_Match]:
    found: list[_Match] = []
    for i in left:
        for j in right:
            alike, ground = likeness(one[i], other[j])
            if ground:
                found.append((alike, ground, (i,), (j,)))
    return found


def _joining(one: Name, other: Name, left: Sequence[int], right: Sequence[int]) -> list[_Match]:
    found: list[_Match] = []
    longest = max((len(other[j].plain) for j in right), default=0) + _JOINED_SLACK
    for places, run, _ in runs(one):
        if len(run) > longest or not all(place in left for place in places):
            continue
        for j in right:
            if abs(len(run) - len(other[j].plain)) <= _JOINED_SLACK:
                alike, ground = likeness(joined(run), other[j])
                if ground and alike >= _LEAST_JOINED:
                    found.append((alike, ground, places, (j,)))
    return found


def _abbreviated(one: Name, other: Name) -> list[_Match]:
    """One part that is the first letters of the other name."""
    found: list[_Match] = [
        (_ACRONYM, Ground.ACRONYM, (i,), tuple(range(len(other))))
        for i, part in enumerate(one)
        if part.plain == acronym(other)
    ]
    return found + [
        (_ACRONYM, Ground.ACRONYM, tuple(range(len(one))), (j,))
        for j, part in enumerate(other)
        if part.plain == acronym(one)
    ]


def _taken(found: list[_Match], left: list[int], right: list[int]) -> list[_Match]:
    """The best matches, no part twice; what they take is no longer left over."""
    found.sort(key=_rank)
    chosen = []
    for match in found:
        _, _, mine, theirs = match
        if all(i in left for i in mine) and all(j in right for j in theirs):
            chosen.append(match)
            for i in mine:
                left.remove(i)
            for j in theirs:
                right.remove(j)
    return chosen


def _rank(match: _Match) -> tuple[float, int, int, int]:
    """Best first; among equals by length and place, in a way that is the same from both sides."""
    alike, _, mine, theirs = match
    return -alike, -len(mine) - len(theirs), sum(mine) + sum(theirs), abs(mine[0] - theirs[0])


def _pair(one: Name, other: Name, match: _Match) -> Pair:
    alike, ground, mine, theirs = match
    return Pair(
        mine=tuple(one[i] for i in mine),
        theirs=tuple(other[j] for j in theirs),
        alike=alike,
        ground=ground,
        says=(_says(one, mine) + _says(other, theirs)) / 2,
    )


def _says(name: Name, places: Sequence[int]) -> float:
    return sum(_SAYS[name[place].role] for place in places)
