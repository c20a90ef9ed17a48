"""Figures over pairs: one common cut, found on what a fit may see and nothing else."""

import pytest

from node.kinds import Kind
from scripts.benches.quality import pairs
from scripts.benches.quality.sources import ALL, SEEN, TESTING, Pair

#: The one may be seen by a fit, the other not: see the tests of sources.
A_SEEN, AN_UNSEEN = "a", "f"


def pair(source: str, group: str, *, is_same: bool, scripts: str = "Latn-Latn") -> Pair:
    band = "near" if is_same else "hard"
    return Pair(source, "Anna Oja", "Anna Oja", is_same, scripts, Kind.PERSON, band, group)


def test_the_cut_is_found_on_free_and_seen_pairs_alone() -> None:
    read = [
        pair("un_person", A_SEEN, is_same=True),
        pair("un_person", A_SEEN, is_same=False),
        pair("un_person", AN_UNSEEN, is_same=True),
        pair("eu_person", A_SEEN, is_same=False),
    ]

    cut = pairs.cut_of(pairs.scored_of(read, [0.6, 0.4, 0.3, 0.9]))

    assert cut == pytest.approx(0.41)


def test_figures_stand_apart_for_what_was_seen_and_what_is_only_for_testing() -> None:
    read = [
        *[pair("un_person", A_SEEN, is_same=True)] * 20,
        *[pair("eu_person", A_SEEN, is_same=True, scripts="Latn-Cyrl")] * 20,
    ]
    scored = pairs.scored_of(read, [0.9] * 20 + [0.1] * 20)

    found = {(one.unit, one.part): one for one in pairs.figures("persons", read, scored, 0.5)}

    assert found["macro F1", SEEN].figure == 1
    assert found["macro F1", TESTING].figure == 0
    assert found["macro F1", ALL].figure == pytest.approx(0.5)
    assert found["F1 across scripts", ALL].count == 20
    assert found["F1 across scripts", ALL].figure == 0
    assert found["recall of near", ALL].figure == pytest.approx(0.5)
