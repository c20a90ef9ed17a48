"""Standing questions: what a search for something finds meets it when it comes in later."""

import pytest

from federation.messages import Identifier, Sought
from node.search.keying import keys
from node.search.standing import standing_keys
from node.store.keys import numbered
from tests.node.search.register import person

PASSES, SLIPPED, ANOTHER = "37605030299", "37605030298", "44051401359"


@pytest.mark.parametrize(
    ("asked", "held", "is_met"),
    [
        (PASSES, PASSES, True),
        (PASSES, SLIPPED, True),
        (SLIPPED, PASSES, True),
        (PASSES, ANOTHER, False),
    ],
)
def test_a_number_is_met_also_when_one_of_the_two_is_a_slip(
    asked: str, held: str, is_met: bool
) -> None:
    standing = standing_keys(Sought(identifiers=(Identifier("national_id", asked),)))

    record = numbered(keys(person("Anna Liiv", idNumber=held)))

    assert standing.keys().isdisjoint(record) != is_met


def test_a_misspelt_name_is_met_with_less_weight_than_the_right_one() -> None:
    record = numbered(keys(person("Anna Petrova")))

    right, misspelt = (
        sum(standing.get(key, 0) for key in record)
        for standing in map(
            standing_keys, (Sought(name="Anna Petrova"), Sought(name="Anna Petkova"))
        )
    )

    assert 0 < misspelt < right
