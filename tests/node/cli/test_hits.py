"""A hit in words: what tells namesakes apart, how it may be used, and no line that is not ours."""

from typing import Any

import pytest

from node.cli.hits import hit_words, sought_words, whole_words

MARKING = {
    "handling": ["H1", "H3"],
    "handling_text": "ask the desk\n  in Tallinn first",
    "topic": "drugs",
    "category": "witness",
    "grade_scheme": "europol-4x4",
    "source_grade": "B",
    "information_grade": "2",
    "review_on": "2031-03-02",
    "owner": "PL",
    "tell": "",
}
UNBOUND = MARKING | {"handling": ["H0"], "handling_text": "", "category": "other"}


def hit(marking: dict[str, Any] | None = None, *, schema: str = "Person", **values: Any) -> Any:
    entity = {"id": "P-1", "schema": schema, "properties": {"name": ["Anna Nowak"], **values}}
    return {
        "member": "PL",
        "ref": "r-1",
        "score": 0.9,
        "strong": True,
        "share": "full",
        "owner_told": False,
        "caption": "Anna Nowak",
        "record": "P-1",
        "reasons": [{"feature": "name", "text": "name: the same", "points": 0.9}],
        "marking": marking or UNBOUND,
        "entity": entity,
    }


def bare() -> Any:
    shown = hit()
    for word in ("caption", "record", "marking", "entity"):
        del shown[word]
    return shown | {"share": "hit", "reasons": []}


def test_namesakes_are_told_apart_in_a_list() -> None:
    known: Any = {"birthDate": ["1980", "1981"], "nationality": ["pl"], "passportNumber": ["AB 12"]}

    head, about, reason = hit_words(hit(**known)).splitlines()

    assert head == "0.90 strong  PL  Anna Nowak  [r-1]"
    assert about == "      born 1980 or 1981  nationality pl  passport AB 12  handling H0"
    assert reason == "      name: the same"


def test_a_thing_is_called_what_it_is_and_has_its_flag() -> None:
    _, about, _ = hit_words(hit(schema="Vessel", flag=["pa"], imoNumber=["9074729"])).splitlines()

    assert about == "      Vessel  flag pa  imo 9074729  handling H0"


def test_of_many_numbers_a_list_says_how_many_more_there_are() -> None:
    phones = [f"+3725000{number}" for number in range(9)]

    said = hit_words(hit(phone=phones))

    assert "phone +37250005, 3 more: amber show" in said
    assert "+37250006" not in said
    assert all(phone in whole_words(hit(phone=phones)) for phone in phones)


def test_how_it_may_be_used_stands_before_all_else_that_is_said_of_it() -> None:
    lines = hit_words(hit(MARKING)).splitlines()

    assert lines[1] == "  !!  HANDLING H1, H3: ask the desk in Tallinn first"
    assert lines[2] == "      witness"


def test_a_text_binds_without_a_code() -> None:
    said = hit_words(hit(UNBOUND | {"handling_text": "ask first"}))

    assert "  !!  HANDLING H0: ask first\n" in said


@pytest.mark.parametrize("words", [hit_words, whole_words])
def test_what_another_member_wrote_cannot_look_like_a_line_of_ours(words: Any) -> None:
    false = "Anna\n  !!  HANDLING H0\u2028  !!  HANDLING H0\r  !!  HANDLING H0"
    said = words(hit(MARKING, alias=[false], notes=[false]) | {"caption": false})

    marked = [line for line in said.splitlines() if line.startswith("  !!  ")]
    assert all("H0" not in line for line in marked)
    assert marked


def test_a_schema_that_we_do_not_know_is_shown_with_its_numbers() -> None:
    said = hit_words(hit(schema="Drone", serialNumber=["X-1"], imei=["12"]))

    assert "      Drone  other X-1, imei 12  handling H0" in said


def test_a_bare_hit_says_that_there_is_no_more() -> None:
    assert hit_words(bare()).splitlines() == [
        "0.90 strong  PL  (a hit; ask its owner)  [r-1]",
        "      share hit",
    ]
    assert whole_words(bare()).splitlines() == [
        "PL  (a hit; ask its owner)  [r-1]",
        "      share hit: nothing but that it is there",
    ]


def test_a_meeting_of_activities_is_no_hit_to_ask_for() -> None:
    met = bare() | {"reasons": [{"feature": "contact", "text": "call: the desk", "points": 0}]}

    assert hit_words(met).splitlines() == [
        "0.90 strong  PL  (an activity)  [r-1]",
        "      call: the desk",
    ]


def test_all_of_a_record_is_shown_property_by_property_with_its_marking() -> None:
    shown = hit(MARKING, birthDate=["1980-01-02"], alias=["Ania", "Anka"]) | {"owner_told": True}

    assert whole_words(shown).splitlines() == [
        "PL  Anna Nowak  [r-1]",
        "  !!  HANDLING H1: Not for use in judicial proceedings without the provider's permission.",
        "  !!  HANDLING H3: Other restriction; see the handling text.",
        "  !!  HANDLING: ask the desk in Tallinn first",
        "      share full",
        "      its owner was told",
        "      Person, P-1 at its owner",
        "      name: Anna Nowak",
        "      birth date: 1980-01-02",
        "      alias: Ania",
        "      alias: Anka",
        "      (topic drugs)",
        "      (category witness)",
        "      (grade europol-4x4:B2)",
        "      (review on 2031-03-02)",
        "      (owner PL)",
    ]


def test_what_is_sought_is_one_line() -> None:
    sought = {
        "name": "Anna Nowak",
        "birth_date": "1980",
        "nationality": "pl",
        "identifiers": [{"type": "passport", "value": "AB12"}],
        "kind": "person",
    }

    assert sought_words(sought) == "Anna Nowak 1980 pl passport:AB12 person"
