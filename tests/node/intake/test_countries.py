"""Countries as people write them."""

import pytest

from node.intake.countries import code, codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ee", "ee"), ("EE", "ee"), ("Estonian", "ee"), ("Eesti", "ee"), ("Korea, North", "kp"),
        ("Democratic People’s Republic of Korea", "kp"), ("Россия", "ru"), ("Belarussian", "by"),
        ("United Kingdom of Great Britain and Northern Ireland", "gb"), ("USSR", "suhh"),
        ("Iran (Islamic Republic of)", "ir"), ("Bosnia and Herzegovina", "ba"),
    ],
)  # fmt: skip
def test_a_country_is_known_by_code_name_and_adjective(text: str, code: str) -> None:
    assert codes(text) == ((code,), True)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Russian and Belarusian", ("ru", "by")),
        ('"(a) German', ("de",)),
        ("(a) French (b) Tunisian", ("fr", "tn")),
        ("allegedly Russian", ("ru",)),
        ("of the Republic of Moldova", ("md",)),
        ("Afghan nationality given by an earlier regime", ("af",)),
        ("(b) 123456789012345 (Indonesian National Identity Card)", ()),
        ("Atlantis", ()),
    ],
)
def test_a_text_that_says_more_gives_its_countries_and_says_so(
    text: str, found: tuple[str, ...]
) -> None:
    assert codes(text) == (found, False)


@pytest.mark.parametrize("text", ["", "unknown", "None Identified", "-"])
def test_a_way_to_say_nothing_is_nothing(text: str) -> None:
    assert codes(text) == ((), True)


@pytest.mark.parametrize(
    ("text", "found"), [("EST", "ee"), (" lva ", "lv"), ("EE", "ee"), ("", ""), ("qqq", "qqq")]
)
def test_a_code_of_three_letters_is_one_of_two(text: str, found: str) -> None:
    assert code(text) == found
