"""One question to everybody, from the asker's log to the owner's disclosure."""

import pytest

from federation.errors import InvalidError, RefusedError, TooWideError
from federation.messages import Marking, OutcomeKind, Share
from node import store
from tests.world import World


def test_a_person_is_found_across_scripts_and_members(world: World) -> None:
    world["lv"].holds("Виктор Лесников", birthDate="1979-04-17")
    world["pl"].holds("Viktors Ļesņikovs", birthDate="1979")

    found = world["ee"].search("Viktor Lesnikov", birth_date="1979")

    assert len(found.hits_from("lv")) == len(found.hits_from("pl")) == 1
    assert found.is_complete


def test_everybody_who_was_asked_is_named_with_its_outcome(world: World) -> None:
    found = world["ee"].search("Viktor Lesnikov")

    named = [(one.member, one.kind) for one in found.gathered.outcomes]
    assert named == [(name, OutcomeKind.ANSWERED) for name in ("EE", "LV", "PL")]


def test_only_the_chosen_members_are_asked(world: World) -> None:
    found = world["ee"].search("Viktor Lesnikov", to=["lv"])

    assert [one.member for one in found.gathered.outcomes] == ["LV"]
    assert world["pl"].last_audit.event != "answered"


def test_a_record_for_nobody_never_leaves_home(world: World) -> None:
    world["pl"].holds("Anna Nowak", audience=())

    found = world["ee"].search("Anna Nowak")

    assert found.hits_from("pl") == ()
    assert world["pl"].last_audit.counts == {"hits": 0}


def test_a_hidden_record_never_leaves_home(world: World) -> None:
    world["pl"].holds("Anna Nowak", share="hidden")

    found = world["ee"].search("Anna Nowak")

    assert found.hits_from("pl") == ()


def test_a_record_for_one_member_reaches_that_member_alone(world: World) -> None:
    world["pl"].holds("Anna Nowak", audience=["lv"])

    assert world["ee"].search("Anna Nowak").hits_from("pl") == ()
    assert len(world["lv"].search("Anna Nowak").hits_from("pl")) == 1


def test_our_own_people_see_their_own_records_whatever_the_marking(world: World) -> None:
    world["ee"].holds("Anna Nowak", audience=(), share="hidden", birthDate="1980-01-02")

    (hit,) = world["ee"].search("Anna Nowak").hits_from("ee")

    assert hit.share is Share.FULL
    assert hit.entity is not None
    assert hit.entity.first("birthDate") == "1980-01-02"


def test_a_hit_shows_a_reference_and_a_score_and_nothing_else(world: World) -> None:
    world["pl"].holds("Anna Nowak", share="hit", birthDate="1980-01-02")

    (hit,) = world["ee"].search("Anna Nowak").hits_from("pl")

    assert (hit.entity, hit.marking, hit.reasons) == (None, None, ())
    assert hit.reference
    assert hit.score > 0


def test_a_core_shows_name_birth_date_and_kind_alone(world: World) -> None:
    id_ = world["pl"].holds("Anna Nowak", share="core", birthDate="1980-01-02", gender="female")

    (hit,) = world["ee"].search("Anna Nowak").hits_from("pl")

    assert hit.entity is not None
    assert (hit.entity.id, hit.entity.schema) == (id_, "Person")
    assert hit.entity.properties == {"name": ("Anna Nowak",), "birthDate": ("1980-01-02",)}


def test_a_full_record_comes_whole_with_its_handling(world: World) -> None:
    marking = Marking(handling=frozenset({"H1", "H3"}), handling_text="ask before use")
    world["pl"].holds("Anna Nowak", gender="female", marking=marking)

    (hit,) = world["ee"].search("Anna Nowak").hits_from("pl")

    assert hit.entity is not None
    assert hit.entity.first("gender") == "female"
    assert hit.marking is not None
    assert (hit.marking.handling, hit.marking.handling_text) == (
        frozenset({"H1", "H3"}),
        "ask before use",
    )
    assert hit.marking.owner == "PL"


def test_the_same_record_has_another_reference_for_another_member(world: World) -> None:
    world["pl"].holds("Anna Nowak", share="hit")

    (first,) = world["ee"].search("Anna Nowak").hits_from("pl")
    (again,) = world["ee"].search("Anna Nowak").hits_from("pl")
    (other,) = world["lv"].search("Anna Nowak").hits_from("pl")

    assert first.reference == again.reference
    assert first.reference != other.reference


def test_what_was_disclosed_to_whom_is_noted_at_its_owner(world: World) -> None:
    id_ = world["pl"].holds("Anna Nowak", share="core")

    found = world["ee"].search("Anna Nowak")

    with world["pl"].up.store.view() as view:
        held = store.records.by_source(view, "tests", [id_])[id_]
        (given,) = store.disclosures.of_record(view, held.record.id)
    assert (given.member, given.question) == ("EE", found.gathered.question)
    assert given.share is Share.CORE
    assert given.fields == ("name",)


def test_both_sides_write_down_the_same_question(world: World) -> None:
    found = world["ee"].search("Anna Nowak", case="CASE-7")

    asked = [entry for entry in world["ee"].audit if entry.question == found.gathered.question]
    assert [entry.event for entry in asked] == ["asked", "answered", "gathered"]
    answered = world["pl"].last_audit
    assert (answered.event, answered.peer, answered.case) == ("answered", "EE", "CASE-7")
    assert (answered.person, answered.role, answered.purpose) == (
        "first",
        "analyst",
        "investigation",
    )


def test_the_log_holds_no_word_of_what_was_sought(world: World) -> None:
    world["pl"].holds("Anna Nowak")

    world["ee"].search("Anna Nowak")

    with world["pl"].up.store.view() as view:
        rows = b"".join(row.data for row in store.audit.read(view))
    assert b"Nowak" not in rows


def test_our_own_policy_refuses_before_anything_leaves(world: World) -> None:
    with pytest.raises(RefusedError):
        world["ee"].search("Anna Nowak", role="auditor")

    assert world["ee"].last_audit.event == "not asked"
    assert all(entry.peer != "EE" for entry in world["pl"].audit)


@pytest.mark.parametrize("name", ["", "Anna", "An* Nowak"])
def test_a_question_too_wide_is_not_asked(world: World, name: str) -> None:
    with pytest.raises(TooWideError):
        world["ee"].search(name)


def test_a_member_that_is_not_in_the_charter_cannot_be_asked(world: World) -> None:
    with pytest.raises(InvalidError, match="members are EE, LV, PL"):
        world["ee"].search("Anna Nowak", to=["se"])


def test_a_member_that_is_down_is_named_and_the_rest_answers(world: World) -> None:
    world["lv"].holds("Anna Nowak")
    world["pl"].stop()

    found = world["ee"].search("Anna Nowak")

    assert found.outcome("pl").kind is OutcomeKind.UNREACHABLE
    assert len(found.hits_from("lv")) == 1
    assert not found.is_complete


def test_a_clock_that_is_wrong_is_refused_and_said(world: World) -> None:
    late = type(world.clock)(world.clock.now)
    late.turn(minutes=3)
    asking = world["ee"].desk.asking

    object.__setattr__(asking.fanout._us, "clock", late)
    found = world["ee"].search("Anna Nowak", to=["pl"])

    assert found.outcome("pl").kind is OutcomeKind.REFUSED
    assert "clock" in found.outcome("pl").reason
    assert world["pl"].last_audit.event == "turned away"
