"""Rarity: what many bear says less, and a stranger to the lists says all."""

from node.search.rarity import rarity
from node.search.tables import lines


def test_a_common_given_name_says_less_than_an_unknown_one() -> None:
    assert rarity("muhamad", is_person=True) < 0.5 < rarity("zhemril", is_person=True) == 1.0


def test_a_word_is_as_common_as_its_kind_of_bearer_has_it() -> None:
    assert rarity("trade", is_person=False) < 0.6
    assert rarity("trade", is_person=True) == 1.0


def test_the_table_names_nobody() -> None:
    counts = [int(line.split("\t")[2]) for line in lines("rarity.tsv")]

    assert min(counts) >= 3
