"""Names as lists write them."""

import pytest

from node.intake.names import in_another_script, person, several


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Anna Liiv; Ann Liiw", ("Anna Liiv", "Ann Liiw")),
        ("UNITED TRADE / UNTRA", ("UNITED TRADE", "UNTRA")),
        ("North/South Lines", ("North/South Lines",)),
        ("Liiv (original script: Лийв)", ("Liiv", "Лийв")),
        ("Анна Лийв (Anna Liiv; Ann Liiw)", ("Анна Лийв", "Anna Liiv", "Ann Liiw")),
        ("a) Anna Liiv b) A. Liiv", ("Anna Liiv", "A. Liiv")),
        ("Sea Trade (SETRA)", ("Sea Trade (SETRA)",)),
        ("Liiv, Anna", ("Liiv, Anna",)),
        (") Anna Liiv,", ("Anna Liiv",)),
        ("", ()),
    ],
)
def test_several_names_are_parted_only_where_it_is_clear(text: str, names: tuple[str, ...]) -> None:
    assert several(text) == names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("VAN LIIV, Anna Mari", ("Anna Mari VAN LIIV", "Anna Mari", "VAN LIIV")),
        ("LIIV, John, Jr.", ("LIIV, John, Jr.", "", "")),
        ("LIIV", ("LIIV", "", "")),
        ("LIIV,", ("LIIV,", "", "")),
    ],
)
def test_a_person_is_named_in_the_order_of_speech(text: str, found: tuple[str, str, str]) -> None:
    assert person(text) == found


def test_a_name_is_only_taken_from_a_note_when_its_script_differs() -> None:
    assert in_another_script("Лийв", "Liiv") == ("Лийв",)
    assert in_another_script("Liiw", "Liiv") == ()
