"""Gender: brother and sister are two, one woman under both forms of her surname is one."""

import pytest

from node.search.gender import are_a_couple, is_feminine_of


@pytest.mark.parametrize(
    ("masculine", "feminine"),
    [
        ("zubov", "zubova"),
        ("dostoevskij", "dostoevskaja"),
        ("kowalski", "kowalska"),
        ("evgenii", "evgeniia"),
        ("ivanovich", "ivanovna"),
        ("gintaras", "gintare"),
        ("kazlauskas", "kazlauskiene"),
        ("balsys", "balsyte"),
        ("ozols", "ozola"),
        ("kalninsh", "kalnina"),
        ("paulius", "paule"),
        ("mario", "maria"),
    ],
)
def test_a_word_is_made_feminine_in_one_direction(masculine: str, feminine: str) -> None:
    assert is_feminine_of(masculine, feminine)
    assert not is_feminine_of(feminine, masculine)


@pytest.mark.parametrize(
    ("one", "other"), [("petrov", "petrovski"), ("anna", "anna"), ("i", "ia"), ("kask", "koska")]
)
def test_another_word_is_no_feminine_form(one: str, other: str) -> None:
    assert not is_feminine_of(one, other)


def test_a_couple_differs_in_every_word_and_in_one_direction() -> None:
    assert are_a_couple([("valentin", "valentina"), ("zubov", "zubova")])
    assert are_a_couple([("valentina", "valentin"), ("zubova", "zubov")])
    assert not are_a_couple([("valentina", "valentin"), ("zubov", "zubova")])
    assert not are_a_couple([("zubov", "zubova")])
    assert not are_a_couple([])
