"""Alignment: which part of one name is which part of the other."""

from node.kinds import Kind
from node.search.alignment import Alignment, aligned
from node.search.likeness import Ground
from node.search.names import names
from node.search.parts import Role


def laid(one: str, other: str, kind: Kind = Kind.PERSON) -> Alignment:
    (mine,), (theirs,) = names(one, kind), names(other, kind)
    return aligned(mine, theirs)


def pairs(found: Alignment) -> set[tuple[str, str]]:
    return {
        (" ".join(p.plain for p in pair.mine), " ".join(p.plain for p in pair.theirs))
        for pair in found.pairs
    }


def test_parts_find_one_another_in_whatever_order() -> None:
    found = laid("KASK, Mari Liis", "Liis Mari Kask")

    assert pairs(found) == {("kask", "kask"), ("mari", "mari"), ("liis", "liis")}
    assert (found.left, found.right) == (0, 0)


def test_a_part_is_used_once() -> None:
    found = laid("Jonas Jonas", "Jonas")

    assert len(found.pairs) == 1
    assert found.left > 0


def test_the_better_pair_is_taken_first() -> None:
    found = laid("Kangro Kandro", "Kandro Kandra")

    assert ("kandro", "kandro") in pairs(found)


def test_two_parts_here_are_one_there() -> None:
    found = laid("Badr al-Din Karimi", "Badreddin Karimi")

    assert ("badr al din", "badreddin") in pairs(found)


def test_what_is_split_there_is_joined_here() -> None:
    found = laid("Lihua Wang", "WANG Li Hua")

    assert ("lihua", "li hua") in pairs(found)


def test_words_are_not_joined_into_one_that_is_merely_alike() -> None:
    found = laid("Mari Nika Kask", "Marianne Kask")

    assert ("mari nika", "marianne") not in pairs(found)


def test_an_acronym_stands_for_the_name() -> None:
    found = laid("BTS", "Baltic Timber Shipyards", Kind.ORGANISATION)

    assert [pair.ground for pair in found.pairs] == [Ground.ACRONYM]


def test_letters_that_are_not_the_first_ones_are_no_acronym() -> None:
    assert laid("BTX", "Baltic Timber Shipyards", Kind.ORGANISATION).pairs == ()


def test_a_pair_has_the_role_of_its_weightiest_part() -> None:
    (pair,) = laid("V", "Vladimir").pairs

    assert pair.role is Role.GIVEN
    assert pair.says < 1


def test_a_particle_is_no_resemblance() -> None:
    assert laid("Al", "Ali").pairs == ()


def test_a_form_of_address_that_is_a_name_to_the_other_comes_last_from_both_sides() -> None:
    one, other = laid("Said Dorfal", "Sayed Dorfal"), laid("Sayed Dorfal", "Said Dorfal")

    assert [match[1:] for match in one.matches] == [match[1:] for match in other.matches]


def test_a_known_given_name_left_on_both_sides_is_another_one() -> None:
    assert laid("Sergei Dorfal", "Andrei Dorfal").has_other_given
    assert not laid("Elena Dorfal", "Elena Kask").has_other_given  # a surname by marriage
    assert not laid("Zhemril Dorfal", "Andrei Dorfal").has_other_given  # may be one of hers
    assert not laid("Ahmad Ali Dorfal", "Karim Ali Dorfal").has_other_given  # a chain of names
