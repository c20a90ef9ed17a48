"""Legal forms: out of a firm's name where they are one, and left where they are a word."""

import pytest

from node.search.legal import without_form


@pytest.mark.parametrize(
    "name",
    [
        "uždaroji akcinė bendrovė zuvelis",
        "uzdaroji akcine bendrove zuvelis",
        "mb „zuvelis“",
        "zuvelis, mb",
        "zuvelis spółka jawna",
        "zuvelis sp. j.",
        "žūb zuvelis",
        "handelsbolag zuvelis",
        "zuvelis hb",
        "tmi zuvelis",
        "чуп zuvelis",
    ],
)
def test_a_form_is_taken_out_with_and_without_its_marks(name: str) -> None:
    assert without_form(name).strip(' ,"„“') == "zuvelis"


@pytest.mark.parametrize(
    "name",
    [
        "nordic ans trade",  # an abbreviation in the midst of a name is a word
        "handelsbolaget zuvelis",
        "transvia zuvelis",
        "vi zuvelis",  # a numeral: the form has its mark
        "mb",  # nothing else stands there
    ],
)
def test_what_is_no_form_stays(name: str) -> None:
    assert without_form(name) == name
