"""Addresses: found with words reordered, abbreviated or in another script; houses kept apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity
from node.search.addresses import address, addresses_of, keys_of_address, same_place
from tests.node.search.hostile import ANY_TEXT, TOO_MUCH

SAME = [
    ("Kase tn. 12-3, 10148 Tallinn", "Tallinn, Kase tänav 12"),
    ("Liepų g. 5a, LT-01100 Vilnius", "Vilnius, Liepų gatvė 5A"),
    ("ul. Długa 7/9, 00-950 Warszawa", "Warszawa Dluga 7"),
    ("Hauptstr. 3, 10115 Berlin", "Hauptstraße 3, Berlin"),
    ("Bērzu iela 10, Rīga, LV-1010", "Berzu 10 Riga"),
    ("ул. Садовая, д. 5, кв. 12, Псков", "Sadovaya street 5, Pskov"),
    ("вулиця Садова 3, Київ", "vul. Sadova 3, Kyiv"),
    ("Koivukatu 4 B 12, 00100 Helsinki", "Koivukatu 4, HELSINKI"),
    ("Björkgatan 5, 114 55 Stockholm", "Bjorkgatan 5 Stockholm"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_writing_an_address_agree_and_share_a_key(one: str, other: str) -> None:
    mine, theirs = address(one), address(other)

    assert same_place(mine, theirs) == (0.9, "address agrees in street, town and house number")
    assert set(keys_of_address(mine)) & set(keys_of_address(theirs))


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("Liepų g. 5, Vilnius", "Liepų g. 7, Vilnius", "the house number differs"),
        ("Liepų g. 5-1, Vilnius", "Liepų g. 5-2, Vilnius", "the flat differs"),
        ("Liepų g. 5, Vilnius", "Liepų g., Vilnius", "the house number is not known"),
        ("Liepų g., Vilnius", "Liepų gatvė, Vilnius", "without a house number"),
        ("Liepų g. 5, Vilnius", "Liepų 5", "only word of one address"),
        ("Liepų g. 5, Antakalnis, Vilnius", "Liepų 5, Vilnius, Žirmūnai", "agrees in part"),
    ],
)
def test_less_than_all_is_worth_less_and_says_what_is_missing(
    one: str, other: str, words: str
) -> None:
    worth, said = same_place(address(one), address(other))

    assert 0.3 <= worth < 0.85
    assert words in said


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Liepų g. 5, Vilnius", "Beržų g. 5, Vilnius"),
        ("Vilnius", "Vilnius"),
        ("Vilnius", "Liepų g. 5, Vilnius"),
        ("5", "5"),
        ("", "Liepų g. 5, Vilnius"),
    ],
)
def test_a_town_or_a_number_alone_is_no_address(one: str, other: str) -> None:
    assert same_place(address(one), address(other)) == (0.0, "")


def test_an_address_in_pieces_is_put_together() -> None:
    pieces = {"street": ("Kase tn 12",), "city": ("Tallinn",), "postalCode": ("10148",)}

    assert addresses_of(Entity("A-1", "Address", pieces)) == (address("Kase tn 12, Tallinn"),)


@given(ANY_TEXT, ANY_TEXT)
def test_any_two_texts_agree_the_same_from_either_side(one: str, other: str) -> None:
    mine, theirs = address(one), address(other)

    assert same_place(mine, theirs) == same_place(theirs, mine)


@given(st.lists(st.text(alphabet="abcdeiou", min_size=3), min_size=1, max_size=40))
def test_an_address_has_few_keys(words: list[str]) -> None:
    assert len(set(keys_of_address(address(" ".join(words) + " 7")))) <= 21


@pytest.mark.parametrize("text", TOO_MUCH)
def test_a_hostile_address_is_cut_short(text: str) -> None:
    found = address(text)

    assert sum(map(len, found.words)) < 1000
