"""Two names laid side by side: which part of one is which part of the other, what is left over."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from operator import itemgetter

import msgspec

from node.search.concepts import russian_letter
from node.search.likeness import Ground, known, likeness
from node.search.names import LEAST_ACRONYM, Name, Run, acronyms, runs, spelt_as_one
from node.search.parts import SAYS, Part, Role, joined

#: Two parts so alike are one, and need no longer word.
_SURE = 0.95
#: The rank of particles, behind all other matches.
_LAST = 0.0
#: Parts that one name joins and the other splits must agree better than two single parts.
_LEAST_JOINED, _JOINED_SLACK = 0.8, 3
#: Consonants with which a word that joins others begins as the first of them does.
_HEAD = 2
#: Letters of an acronym -> how alike it is to the name that it stands for.
_ACRONYM = {3: 0.6, 4: 0.75, 5: 0.85, 6: 0.9, 7: 0.9, 8: 0.9}

#: Neighbouring parts of a name, by their places.
_Places = tuple[int, ...]
#: How unlike, then by length and place in a way that is the same from both sides: best first.
_Rank = tuple[float, int, int, int]
_Match = tuple[_Rank, Ground, _Places, _Places]
_RANK = itemgetter(0)


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
        return max(roles, key=SAYS.__getitem__)


class Alignment(msgspec.Struct, frozen=True):
    """Which parts of two names are one, and how much the parts left over would have said.

    Made for every name that is compared, hence a struct.
    `matches` are pairs by their places, best first, each with what it says and how alike it is;
    `has_other_father` tells that a patronymic is left over on both, `has_other_surname` that given
    name and patronymic agree, and on both sides something else is left over; `has_other_given` that
    on both a known given name is left over, and none agrees.
    """

    one: Name = ()
    other: Name = ()
    matches: tuple[tuple[_Match, float, float], ...] = ()
    left: float = 0.0
    right: float = 0.0
    has_other_father: bool = False
    has_other_surname: bool = False
    has_other_given: bool = False

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The parts that are taken for one; made when somebody wants to be told."""
        return tuple(_pair(self.one, self.other, *match) for match in self.matches)


NOTHING = Alignment()


def aligned(one: Name, other: Name) -> Alignment:
    """Lay two names side by side; the order of their parts, and of the two, makes no difference."""
    left, right = set(range(len(one))), set(range(len(other)))
    chosen = _taken(_resembling(one, other), left, right)
    if left and right and max(len(left), len(right)) >= LEAST_ACRONYM:
        chosen += _taken(_abbreviated(one, other, sorted(left), sorted(right)), left, right)
    if not chosen:
        return NOTHING
    matches = []
    for match in chosen:
        (unlike, *_), _, mine, theirs = match
        says = (_says(one, mine) + _says(other, theirs)) / 2
        matches.append((match, says, -unlike or 1.0))
    return Alignment(
        one=one,
        other=other,
        matches=tuple(matches),
        left=_says(one, left),
        right=_says(other, right),
        has_other_father=_has_other(Role.PATRONYMIC, one, other, left, right),
        has_other_surname=_has_other_surname(one, other, left, right),
        has_other_given=_has_other_given(one, other, left, right),
    )


def _resembling(one: Name, other: Name) -> list[_Match]:
    """Parts that resemble one another, and neighbours here that are one part there.

    Particles come last. What agrees as well as parts can is not tried in a longer word.
    """
    found: list[_Match] = []
    left, right = set(range(len(one))), set(range(len(other)))
    for i, mine in enumerate(one):
        row = known(mine)
        for j, theirs in enumerate(other):
            alike, ground = row.get(theirs.sign) or likeness(mine, theirs)
            if ground:
                is_particle = Role.PARTICLE in (mine.role, theirs.role)
                unlike = _LAST if is_particle else -alike
                found.append(((unlike, 2, i + j, abs(i - j)), ground, (i,), (j,)))
                if unlike <= -_SURE:
                    left.discard(i)
                    right.discard(j)
    if len(left) > 1 and right:
        found += _joining(one, left, other, right)
    if len(right) > 1 and left:
        for rank, ground, run, ours in _joining(other, right, one, left):
            found.append((rank, ground, ours, run))
    return found


def _joining(one: Name, left: set[int], other: Name, right: set[int]) -> Iterator[_Match]:
    """Neighbours of the first name that are one part of the second."""
    heads = {i: one[i].sounds[0][:_HEAD] for i in left}
    first = tuple(heads.values())
    sounds = [(j, other[j], other[j].sounds[0]) for j in right]
    wholes = [whole for whole in sounds if whole[2].startswith(first)]
    if not wholes:
        return
    for run in runs(one, most=max([_longest(other[j]) for j in right])):
        places, spelt = run
        if not left.issuperset(places):
            continue
        letters = sum([len(one[i].fold) for i in spelt])
        for j, whole, sound in wholes:
            if sound.startswith(heads[spelt[0]]) and _is_near(letters, whole):
                alike, ground = likeness(_joined(one, run), whole)
                if ground and alike >= _LEAST_JOINED:
                    rank = (-alike, len(places) + 1, sum(places) + j, abs(places[0] - j))
                    yield rank, ground, places, (j,)


def _joined(name: Name, run: Run) -> Part:
    of_consonants = any([name[place].is_unvowelled for place in run[1]])
    return joined(spelt_as_one(name, run), of_consonants=of_consonants)


def _is_near(letters: int, whole: Part) -> bool:
    """Whether so many letters may be this part."""
    return len(whole.fold) - _JOINED_SLACK <= letters <= _longest(whole)


def _longest(whole: Part) -> int:
    """The most letters that may be this part; what is written without vowels is shorter."""
    length = len(whole.fold)
    return length * 2 if whole.is_unvowelled else length + _JOINED_SLACK


def _abbreviated(one: Name, other: Name, left: list[int], right: list[int]) -> list[_Match]:
    """A part left over that is the first letters of what the other name has left over."""
    found: list[_Match] = []
    for rank, i, whole in _acronyms(one, left, other, right):
        found.append((rank, Ground.ACRONYM, (i,), whole))
    for rank, j, whole in _acronyms(other, right, one, left):
        found.append((rank, Ground.ACRONYM, whole, (j,)))
    return found


def _acronyms(
    one: Name, left: list[int], other: Name, right: list[int]
) -> Iterator[tuple[_Rank, int, _Places]]:
    """Parts of the first name that stand for all those of the second; longer ones say more."""
    if len(right) < LEAST_ACRONYM:
        return
    firsts = [other[j] for j in right if j == right[0] or other[j].role is Role.GENERIC][:2]
    begins = {letter for part in firsts for letter in (part.fold[0], russian_letter(part.stem))}
    places = [i for i in left if len(one[i].fold) in _ACRONYM and one[i].fold[0] in begins]
    if not places:
        return
    short = acronyms([other[j] for j in right])
    for i in places:
        if one[i].fold in short:
            alike = _ACRONYM[len(one[i].fold)]
            yield (-alike, 0, 0, 0), i, tuple(right)


def _taken(found: list[_Match], left: set[int], right: set[int]) -> list[_Match]:
    """The best matches, no part twice; what they take is no longer left over."""
    found.sort(key=_RANK)
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


def _pair(one: Name, other: Name, match: _Match, says: float, alike: float) -> Pair:
    _, ground, mine, theirs = match
    return Pair(
        mine=tuple(one[i] for i in mine),
        theirs=tuple(other[j] for j in theirs),
        alike=alike,
        ground=ground,
        says=says,
    )


def _says(name: Name, places: Collection[int]) -> float:
    return sum([name[place].says for place in places]) if places else 0.0


def _has_other_surname(one: Name, other: Name, left: set[int], right: set[int]) -> bool:
    if not _has_other(Role.WORD, one, other, left, right):
        return False
    agreeing = set(range(len(one))) - left
    return _has(Role.PATRONYMIC, one, agreeing) and not _has(Role.WORD, one, agreeing)


def _has_other_given(one: Name, other: Name, left: set[int], right: set[int]) -> bool:
    if not _has_other(Role.GIVEN, one, other, left, right):
        return False
    return not _has(Role.GIVEN, one, set(range(len(one))) - left)


def _has_other(role: Role, one: Name, other: Name, left: set[int], right: set[int]) -> bool:
    """Whether such a part is left over on both sides."""
    return bool(left and right) and _has(role, one, left) and _has(role, other, right)


def _has(role: Role, name: Name, places: Collection[int]) -> bool:
    return any([name[place].role is role for place in places])
