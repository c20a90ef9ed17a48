"""Rules of slices: each has a pair that belongs to it, and one that does not."""

from collections.abc import Callable

import pytest

from node.kinds import Kind
from scripts.benches.quality import rules, synthesis
from scripts.benches.quality.sources import Pair


def pair(left: str, right: str, scripts: str = "Latn-Latn") -> Pair:
    """Two names of one subject."""
    return Pair("un_person", left, right, True, scripts, Kind.PERSON, "near", "C1")


@pytest.mark.parametrize(
    ("rule", "within", "outside"),
    [
        (rules.in_persian, pair("Yasin", "یاسین", "Latn-Arab"), pair("Badr", "بدر", "Latn-Arab")),
        (rules.arabic_in_latin, pair("Abu Badr", "Aboe al Badr"), pair("Abu Badr", "Badr")),
        (
            rules.two_in_cyrillic,
            pair("Шевченко Олена", "Шевченка Елена", "Cyrl-Cyrl"),
            pair("Шевченко Олена", "Шевченко Елена", "Cyrl-Cyrl"),
        ),
        (rules.ukrainian_or_belarusian, pair("Сергій", "Сергей"), pair("Сергей", "Sergey")),
        (
            rules.patronymics,
            pair("Ivan Petrovich Dom", "Ivan Petrovych Dom"),
            pair("Ivan Petrovich Dom", "Ivan Dom"),
        ),
        (
            rules.another_surname,
            pair("Ivan Petrovich Domov", "Ivan Petrovich Lesnik"),
            pair("Ivan Petrovich Domov Lesnik", "Ivan Petrovich Domow"),
        ),
        (rules.one_word_shared, pair("Anna Oja", "Anna Mets"), pair("Anna Oja", "Anna")),
        (rules.left_out, pair("Anna Maria Oja", "Anna Oja"), pair("Anna Oja", "Mari Oja Lepp")),
        (rules.joined, pair("Anna Maria Oja", "Annamaria Oja"), pair("Anna Oja", "Anna Ojamaa")),
        (rules.reordered, pair("Anna Oja", "OJA Anna"), pair("Anna Oja", "Anna Oja")),
        (
            rules.acronym,
            pair("BTS", "Baltic Timber Shipyards"),
            pair("BTS TRADE", "BTS Trade"),
        ),
        (
            rules.translated,
            pair("Zavod Ladoga", "Ladoga Factory"),
            pair("Ladoga Factory", "Ladoga Factory Ltd"),
        ),
    ],
)
def test_a_rule_holds_of_what_it_says_and_of_nothing_else(
    rule: Callable[[Pair], bool], within: Pair, outside: Pair
) -> None:
    assert rule(within)
    assert not rule(outside)


def test_made_failures_look_the_same_and_are_others() -> None:
    one = pair("Anna Oja", "Anna Pajupea")

    assert synthesis.with_look_alikes(one) == "Anna Рајuреа".replace("ј", "j")
    assert synthesis.with_initial(one) == "A. Pajupea"
    assert synthesis.joined(one) == "AnnaPajupea"
    assert synthesis.surname_first(one) == "Pajupea Anna"
    assert synthesis.several({("un_person", "C1"): "Juri Kask"})(one).count("Anna Pajupea") == 1
    assert synthesis.several({})(one) == "Anna Pajupea"
