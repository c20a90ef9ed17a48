"""Scoring: names, dates, nationality and numbers together, explained to the last point."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity, Identifier, Reason, Sought
from node.kinds import Kind
from node.search.scoring import LEAST, NO_SCORE, STRONG, Score, score
from node.search.subjects import subject_of
from tests.node.search.hostile import NAMES
from tests.node.search.register import person, thing

BORN = "1970-05-03"


def reasons(sought: Sought, entity: Entity) -> tuple[Reason, ...]:
    return score(sought, entity).reasons(subject_of(entity))


def scored(birth_date: str, held: str, name: str = "Mari Liiv") -> Score:
    sought = Sought(name=name, birth_date=birth_date)
    return score(sought, person("Maria Liiv", birthDate=held))


def test_a_date_that_agrees_raises_and_one_that_contradicts_lowers() -> None:
    unknown = scored("", BORN).value

    raised = [scored(asked, BORN).value for asked in (BORN, "1970-03-05", "1970-05", "1970")]
    lowered = [scored(asked, BORN).value for asked in ("1971-05-03", "1972", "1955")]

    assert raised == sorted(raised, reverse=True)
    assert min(raised) > unknown
    assert lowered == sorted(lowered, reverse=True)
    assert max(lowered) < unknown


def test_a_date_that_differs_by_years_takes_a_namesake_below_strong() -> None:
    assert scored("1955", BORN, name="Maria Liiv").value < STRONG
    assert scored("1972", BORN, name="Maria Liiv").value < STRONG


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (BORN, "birth date agrees to the day"),
        ("1970-03-05", "birth day and month are swapped"),
        ("1970-05", "birth year and month agree"),
        ("1970", "birth year agrees"),
        ("1971-05-03", "birth date differs by one slip"),
        ("1955", "birth date differs"),
    ],
)
def test_a_date_is_explained_by_its_precision(asked: str, words: str) -> None:
    entity = person("Maria Liiv", birthDate=BORN)

    found = reasons(Sought(name="Mari Liiv", birth_date=asked), entity)

    assert words in [reason.text for reason in found]


def test_the_best_of_several_birth_dates_counts() -> None:
    entity = Entity("P-1", "Person", {"name": ("Anna Liiv",), "birthDate": ("1950", BORN)})

    found = reasons(Sought(name="Anna Liiv", birth_date=BORN), entity)

    assert "birth date agrees to the day" in [reason.text for reason in found]


def test_a_record_that_cannot_tell_the_date_is_neither_raised_nor_lowered() -> None:
    assert scored(BORN, "").value == scored(BORN, "about 1970").value == scored("", "").value


def test_nationality_moves_the_score_a_little() -> None:
    citizen = person("Maria Liiv", nationality="ee")
    neither = score(Sought(name="Mari Liiv"), citizen).value

    same = score(Sought(name="Mari Liiv", nationality="EE"), citizen).value
    other = score(Sought(name="Mari Liiv", nationality="lv"), citizen).value

    assert neither * 0.9 < other < neither < same < neither + 0.1


def test_a_former_name_is_as_good_and_is_said_to_be_one() -> None:
    entity = Entity("P-1", "Person", {"name": ("Anna Kask",), "previousName": ("Anna Liiv",)})

    found = score(Sought(name="Anna Liiv"), entity)

    assert found.value == 1.0
    assert [reason.text for reason in found.reasons(subject_of(entity))] == [
        "2 parts of a former name agree as written"
    ]


def test_another_kind_is_no_hit() -> None:
    assert score(Sought(name="Anna Liiv", kind="vessel"), person("Anna Liiv")) == NO_SCORE


def test_a_question_without_a_kind_finds_any() -> None:
    vessel = thing(Kind.VESSEL, "Balu 6")

    assert score(Sought(name="Balu 6"), vessel).value == 1.0


def test_a_number_decides_and_another_name_beside_it_lowers_a_little() -> None:
    entity = person("Anna Liiv", passportNumber="KA123456")
    number = (Identifier("passport", "KA 123456"),)

    alone = score(Sought(identifiers=number), entity)
    same = score(Sought(name="Anna Liiv", identifiers=number), entity)
    other = score(Sought(name="Peeter Kask", identifiers=number), entity)

    assert alone.value == same.value == 1.0
    assert same.reasons(subject_of(entity))[-1].text == "a name agrees, too"
    assert STRONG < other.value < 1.0
    assert other.reasons(subject_of(entity))[-1].points < 0


def test_a_lasting_number_that_contradicts_lowers_a_namesake() -> None:
    entity = person("Anna Liiv", idNumber="37605030299")
    other = (Identifier("national_id", "44051401359"),)

    found = score(Sought(name="Anna Liiv", identifiers=other), entity)

    assert found.value < STRONG
    assert found.reasons(subject_of(entity))[-1].text == "national identity number differs"


@given(NAMES, NAMES, st.sampled_from(["", BORN, "1970", "1955"]), st.sampled_from(["", "ee", "lv"]))
def test_points_add_up_to_the_score(name: str, held: str, born: str, country: str) -> None:
    entity = person(held, birthDate=BORN, nationality="ee")

    found = score(Sought(name=name, birth_date=born, nationality=country), entity)

    points = sum(reason.points for reason in found.reasons(subject_of(entity)))
    assert found.value == pytest.approx(points, abs=1e-9)
    assert found == NO_SCORE or 0 < found.value <= 1


@given(NAMES)
def test_no_reason_repeats_a_value_of_the_record(name: str) -> None:
    entity = person(f"{name} Qwertz", birthDate="1987-06-05", passportNumber="ZX4455667")
    sought = Sought(name=f"{name} Qwertz", birth_date="1987-06-05")

    texts = " ".join(reason.text for reason in reasons(sought, entity))

    assert not {"qwertz", "1987", "4455667"} & set(texts.lower().split())


def test_a_record_below_the_least_score_is_explained_no_further() -> None:
    assert score(Sought(name="Anna Liiv"), person("Peeter Kask")) == NO_SCORE
    assert LEAST < STRONG


def numbered(type_: str, value: str, name: str = "") -> Sought:
    return Sought(name=name, identifiers=(Identifier(type_, value),))


def test_a_number_that_leaves_doubt_is_a_lead_and_a_name_beside_it_makes_it_more() -> None:
    entity = person("Anna Liiv", passportNumber="AB1234567")

    alone = score(numbered("passport", "AB1234568"), entity)
    beside = score(numbered("passport", "AB1234568", "Anna Kask"), entity)

    assert LEAST < alone.value < beside.value < STRONG


def test_a_number_that_leaves_doubt_never_lowers_a_name_that_agrees() -> None:
    entity = person("Anna Liiv", passportNumber="AB1234567")
    sought = numbered("passport", "AB1234568", "Anna Liivv")

    by_name = score(Sought(name="Anna Liivv"), entity).value
    found = score(sought, entity)

    assert found.value > by_name
    assert "differs by one slip" in found.reasons(subject_of(entity))[-1].text


def test_a_birth_date_is_read_out_of_a_national_number() -> None:
    entity = person("Anna Liiv", idNumber="47605030299", nationality="ee")

    right = score(Sought(name="Anna Liivv", birth_date="1976-05-03"), entity)
    wrong = score(Sought(name="Anna Liivv", birth_date="1955"), entity)

    alone = score(Sought(name="Anna Liivv"), entity).value
    assert wrong.value < alone < right.value
    assert right.reasons(subject_of(entity))[-1].text == (
        "birth date agrees to the day, which the national identity number carries"
    )


def test_a_birth_date_is_not_read_out_of_a_number_that_fails_its_check() -> None:
    entity = person("Anna Liiv", idNumber="47605030290", nationality="ee")

    asked = Sought(name="Anna Liivv", birth_date="1955")

    assert score(asked, entity) == score(Sought(name="Anna Liivv"), entity)


def test_a_place_is_scored_by_its_address() -> None:
    entity = Entity("A-1", "Address", {"full": ("Kase tn 12-3, 10148 Tallinn",)})

    found = score(Sought(name="Tallinn, Kase tänav 12", kind="place"), entity)

    assert found.value >= STRONG
    assert [reason.feature for reason in found.reasons(subject_of(entity))] == ["address"]


@pytest.mark.parametrize(
    ("sought", "words", "raises"),
    [
        (Sought(name="Balu Spirit", kind="vessel", nationality="lr"), "flag agrees", True),
        (Sought(name="Balu Spirit", kind="vessel", nationality="mt"), "flag differs", False),
        (Sought(name="Balu Spirit", kind="vessel", birth_date="1990"), "build year agrees", True),
        (Sought(name="Balu Spirit", kind="vessel", birth_date="2005"), "build date differs", False),
    ],
)
def test_flag_and_build_year_of_a_ship_speak_for_or_against_it(
    sought: Sought, words: str, raises: bool
) -> None:
    names = {"name": ("Neptun",), "previousName": ("Balu Sprit",)}
    entity = Entity("V-1", "Vessel", names | {"flag": ("lr",), "buildDate": ("1990",)})

    found = score(sought, entity)

    alone = score(Sought(name="Balu Spirit", kind="vessel"), entity)
    assert found.reasons(subject_of(entity))[-1].text == words
    assert (found.value > alone.value) is raises


@pytest.mark.parametrize("born", [BORN, "1970"])
def test_a_date_makes_no_strong_hit_of_another_known_given_name(born: str) -> None:
    brother = person("Sergei Dorfal", birthDate=BORN, nationality="ee")
    asked = Sought(name="Andrei Dorfal", birth_date=born, nationality="ee")

    found = score(asked, brother)

    assert LEAST < found.value < STRONG
    texts = [reason.text for reason in found.reasons(subject_of(brother))]
    assert any(text.endswith(", beside another given name") for text in texts)


def test_a_date_raises_one_who_changed_her_surname() -> None:
    married = person("Elena Sidorova", birthDate=BORN)

    assert score(Sought(name="Elena Petrova", birth_date=BORN), married).value > STRONG


def test_brother_and_sister_are_said_to_be() -> None:
    sister = person("Valentīna Zubova Dorfala")

    found = score(Sought(name="Valentins Zubovs Dorfals"), sister)

    texts = [reason.text for reason in found.reasons(subject_of(sister))]
    assert "each part agrees but for its gender: brother and sister, or a couple" in texts
