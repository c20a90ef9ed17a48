"""Two names laid side by side: which part of one is which part of the other, what is left over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from node.search.likeness import Ground, likeness
from node.search.names import Name, acronym, runs, spelt_as_one
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
#: How unlike, then by length and place in a way that is the same from both sides: best first.
_Rank = tuple[float, int, int, int]
_Match = tuple[_Rank, Ground, _Places, _Places]


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


NOTHING = Alignment()


def aligned(one: Name, other: Name) -> Alignment:
    """Lay two names side by side; the order of their parts, and of the two, makes no difference."""
    left, right = set(range(len(one))), set(range(len(other)))
    chosen = _taken(_resembling(one, other), left, right)
    if not chosen:
        chosen = _taken(_abbreviated(one, other), left, right)
        if not chosen:
            return NOTHING
    pairs = tuple(_pair(one, other, match) for match in chosen)
    return Alignment(pairs, _says(one, left), _says(other, right))


def _resembling(one: Name, other: Name) -> list[_Match]:
    """Parts that resemble one another, and neighbours here that are one part there.

    Particles only equal one another, and only where nothing better does.
    """
    found: list[_Match] = []
    for i, mine in enumerate(one):
        for j, theirs in enumerate(other):
            alike, ground = likeness(mine, theirs)
            if ground is None:
                continue
            if Role.PARTICLE in (mine.role, theirs.role):
                if mine.stem != theirs.stem:
                    continue
                alike = 0.0  # behind all others
            found.append(((-alike, -2, i + j, abs(i - j)), ground, (i,), (j,)))
    found += _joining(one, other)
    found += [(rank, ground, ours, run) for rank, ground, run, ours in _joining(other, one)]
    return found


def _joining(one: Name, other: Name) -> Iterator[_Match]:
    """Neighbours of the first name that are one part of the second."""
    for run in runs(one):
        places, spelt = run
        letters = sum([len(one[i].plain) for i in spelt])
        for j, whole in enumerate(other):
            is_near = abs(letters - len(whole.plain)) <= _JOINED_SLACK
            if is_near and one[places[0]].fold[0] == whole.fold[0]:
                alike, ground = likeness(joined(spelt_as_one(one, run)), whole)
                if ground and alike >= _LEAST_JOINED:
                    rank = (-alike, -len(places) - 1, sum(places) + j, abs(places[0] - j))
                    yield rank, ground, places, (j,)


def _abbreviated(one: Name, other: Name) -> list[_Match]:
    """One part that is the first letters of the other name."""
    mine, theirs = tuple(range(len(one))), tuple(range(len(other)))
    rank = (-_ACRONYM, 0, 0, 0)
    found: list[_Match] = []
    if letters := acronym(other):
        found += [(rank, Ground.ACRONYM, (i,), theirs) for i in mine if one[i].plain == letters]
    if letters := acronym(one):
        found += [(rank, Ground.ACRONYM, mine, (j,)) for j in theirs if other[j].plain == letters]
    return found


def _taken(found: list[_Match], left: set[int], right: set[int]) -> list[_Match]:
    """The best matches, no part twice; what they take is no longer left over."""
    found.sort(key=_rank)
    chosen = []
    for match in found:
        _, _, mine, theirs = match
        if left.issuperset(mine) and right.issuperset(theirs):
            chosen.append(match)
            left.difference_update(mine)
            right.difference_update(theirs)
            if not left or not right:
                break
    return chosen


def _rank(match: _Match) -> _Rank:
    return match[0]


def _pair(one: Name, other: Name, match: _Match) -> Pair:
    (unlike, *_), ground, mine, theirs = match
    return Pair(
        mine=tuple(one[i] for i in mine),
        theirs=tuple(other[j] for j in theirs),
        alike=-unlike or 1.0,
        ground=ground,
        says=(_says(one, mine) + _says(other, theirs)) / 2,
    )


def _says(name: Name, places: Collection[int]) -> float:
    return sum([_SAYS[name[place].role] for place in places])
