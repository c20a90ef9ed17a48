"""Sources: what a fit may see, what it may not, and what it must never."""

import pytest

from scripts.benches.quality import sources
from scripts.benches.quality.sources import (
    DATA,
    ORGANISATIONS,
    PERSONS,
    SEEN,
    TESTING,
    TOKENS,
    UNSEEN,
    is_free,
    is_unseen,
    part_of,
)


def test_a_subject_is_unseen_by_what_it_is_called_and_nothing_else() -> None:
    # The first byte of sha256: "a" ca, "b" 3e, "f" 25, "g" cd.
    assert [is_unseen(one) for one in "abfg"] == [False, False, True, True]


def test_about_half_of_all_subjects_are_unseen() -> None:
    unseen = sum(is_unseen(f"C{number:012x}") for number in range(10_000))

    assert 4_800 < unseen < 5_200


def test_lists_under_a_licence_for_testing_are_never_fitted_to() -> None:
    free = {source for source in (*PERSONS, *ORGANISATIONS, *TOKENS) if is_free(source)}

    assert free == {
        *("ofac_person", "un_person", "everypolitician_person"),
        *("ofac_organisation", "un_organisation"),
        *TOKENS,
    }
    assert is_free("scenario-free")
    assert not is_free("scenario")
    assert {part_of("scenario", one) for one in "af"} == {TESTING}
    assert (part_of("un_person", "a"), part_of("un_person", "f")) == (SEEN, UNSEEN)


@pytest.mark.skipif(not DATA.exists(), reason="the public test data are not at hand")
def test_the_dev_data_are_read_whole() -> None:
    pairs = sources.pairs("un_person")
    queries = sources.queries("scenario-free")
    truth = sources.truth("scenario-free")

    assert len(pairs) == 1_578
    assert {pair.is_same for pair in pairs} == {True, False}
    assert len(queries) == 1_160
    assert all(truth.is_right(one, place) for one in queries for place in one.expected)
