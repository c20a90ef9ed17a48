"""What the agreeing, contradicting and missing parts of two names make of their score."""

from collections.abc import Iterable

import msgspec

from node.search.alignment import NOTHING as NOTHING_ALIKE
from node.search.alignment import Alignment, Pair, aligned
from node.search.gender import are_a_couple
from node.search.names import Name
from node.search.parts import Role

#: What it costs when a part contradicts another, and when only one name has it.
_AGAINST, _MISSING = 0.9, 0.3
#: What is left when both names have a patronymic, and it is another one.
_OTHER_FATHER = 0.85
#: What is left when given name and patronymic agree and the surname is another one.
_OTHER_SURNAME = 0.65
#: What the agreeing parts of two names should say together, and what it costs when they do not:
#: a name of common parts alone is the name of many.
_ENOUGH, _THIN = 1.4, 0.6
#: What is left when several words stand on both sides and only one of them agrees: a namesake.
_NAMESAKE = 0.9
#: What it costs, for each point of the score, when words that firms have in common are all that
#: agrees, and a word that names one of them stands alone.
_COMMON = 0.35
#: What is left when one of the two is a branch of something and the other is not.
_BRANCH = 0.8
#: What is left when one name is the other in the other gender, part by part: brother and sister.
_OTHER_GENDER = 0.65
#: The concept of a branch.
_BRANCHES = "branch"
#: A word that says so much names an organisation by itself.
_RARE = 0.95
_TELLING = (Role.WORD, Role.GIVEN, Role.NUMBER)
_OF_A_PERSON = (Role.WORD, Role.GIVEN, Role.PATRONYMIC)


class Weighed(msgspec.Struct, frozen=True):
    """The score of two names, 0 to 1, step by step.

    Made for every name that is compared, hence a struct.
    `agreeing` is how alike the agreeing parts are; each further value is what is left after what
    contradicts, after what only one name has, after a mere namesake, after common words that alone
    agree, after a branch, after another gender and, as `score`, after the thinness of what agrees.
    """

    alignment: Alignment = NOTHING_ALIKE
    agreeing: float = 0.0
    contradicted: float = 0.0
    incomplete: float = 0.0
    namesake: float = 0.0
    common: float = 0.0
    branch: float = 0.0
    gender: float = 0.0
    score: float = 0.0

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """The parts that are taken for one."""
        return self.alignment.pairs


NOTHING = Weighed()


def weighed(one: Name, other: Name) -> Weighed:
    """Weigh two names; swapping them changes nothing."""
    found = aligned(one, other)
    if not found.matches:
        return NOTHING
    says = sum([says for _, says, _ in found.matches])
    agrees = sum([says * alike for _, says, alike in found.matches])
    less, more = min(found.left, found.right), max(found.left, found.right)
    left = _OTHER_FATHER if found.has_other_father else 1.0
    left *= _OTHER_SURNAME if found.has_other_surname else 1.0
    all_says = (says + _AGAINST * less) / left
    incomplete = agrees / (all_says + _MISSING * (more - less))
    namesake = incomplete * (_NAMESAKE if _is_namesake(one, other, found) else 1.0)
    common = namesake * (1.0 - (_COMMON * namesake if _is_common(one, other, found) else 0.0))
    branch = common * (_BRANCH if _is_branch(one) is not _is_branch(other) else 1.0)
    gender = branch * (_OTHER_GENDER if _is_other_gender(one, other, found) else 1.0)
    return Weighed(
        alignment=found,
        agreeing=agrees / says,
        contradicted=agrees / all_says,
        incomplete=incomplete,
        namesake=namesake,
        common=common,
        branch=branch,
        gender=gender,
        score=gender * (1.0 - _THIN * gender * max(0.0, 1.0 - agrees / _ENOUGH)),
    )


def _is_namesake(one: Name, other: Name, found: Alignment) -> bool:
    if min(len(one), len(other)) == 1 or not found.left + found.right:
        return False
    telling = 0
    rarest, is_single = 0.0, False
    for (_, _, mine, theirs), says, _ in found.matches:
        if _is_telling(one, mine) or _is_telling(other, theirs):
            telling += 1
            rarest, is_single = says, len(mine) == len(theirs)
    if telling != 1 or not is_single:
        return False
    is_thing = any([part.role is Role.GENERIC for part in (*one, *other)])
    return not (is_thing and rarest >= _RARE)


def _is_telling(name: Name, places: Iterable[int]) -> bool:
    return any([name[place].role in _TELLING for place in places])


def _is_common(one: Name, other: Name, found: Alignment) -> bool:
    """Whether no word that tells agrees, and one is left over."""
    if not found.left + found.right:
        return False
    mine: set[int] = set()
    theirs: set[int] = set()
    for (_, _, left, right), _, _ in found.matches:
        if _is_telling(one, left) or _is_telling(other, right):
            return False
        mine.update(left)
        theirs.update(right)
    rest = set(range(len(one))) - mine, set(range(len(other))) - theirs
    return _is_telling(one, rest[0]) or _is_telling(other, rest[1])


def _is_other_gender(one: Name, other: Name, found: Alignment) -> bool:
    """Whether every word that agrees is one gender here and the other there."""
    pairs = []
    for (_, _, mine, theirs), _, _ in found.matches:
        if len(mine) == len(theirs) == 1:
            left, right = one[mine[0]], other[theirs[0]]
            if left.plain == right.plain:
                return False
            if left.role in _OF_A_PERSON and right.role in _OF_A_PERSON:
                pairs.append((left.plain, right.plain))
    return are_a_couple(pairs)


def _is_branch(name: Name) -> bool:
    return any([part.stem == _BRANCHES and part.role is Role.GENERIC for part in name])
