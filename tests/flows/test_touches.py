"""Stories of records whose owner is told, silently, openly or first, when a member touches them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from federation.errors import NotFoundError
from federation.messages import (
    Asker,
    Detail,
    Hit,
    Marking,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from node import app, store
from node.alerts.touching import Touched, _encoded
from node.people import Role, person
from node.store.alerts import AlertState
from tests.world import Place, World, eventually

LESNIKOV = "Viktor Lesnikov"
ANALYST = person(PersonId("first"), ["analyst"])


def told(tell: str) -> Marking:
    return Marking(tell=tell)


def touches(place: Place) -> list[Touched]:
    return place.up.post.touching.behind(0)


def only(place: Place) -> Touched:
    [touched] = eventually(lambda: touches(place))
    return touched


def looked_through(place: Place) -> None:
    """Wait until every question that is owed was looked through."""

    def is_settled() -> bool:
        with place.up.store.view() as view:
            return store.touches.next_owed(view) is None

    eventually(is_settled)


def hits(place: Place, **how: Any) -> tuple[Hit, ...]:
    return place.search(LESNIKOV, to=["lv"], **how).gathered.hits


def watched(world: World) -> None:
    """Estonia watches for him in Latvia."""
    watch = world["ee"].watches(LESNIKOV, to=["lv"])
    eventually(lambda: world["ee"].watch_states(watch) == {"LV": "registered"})
    eventually(lambda: not _is_due(world["lv"]))


def _is_due(place: Place) -> bool:
    with place.up.store.view() as view:
        return store.standing.due(view, version=0) is not None


def entries(place: Place, event: str) -> list[Any]:
    return [entry for entry in place.audit if entry.event == event]


def test_silently_the_member_sees_what_it_always_sees_and_the_owner_is_told(world: World) -> None:
    id = world["lv"].holds(LESNIKOV)
    before = hits(world["ee"])

    world["lv"].changes(id, tell="silently")

    assert hits(world["ee"], case="CASE-7") == before
    touch = only(world["lv"]).touch
    assert (touch.member, touch.asker, touch.case) == (
        "EE",
        Asker(PersonId("first"), "analyst"),
        "CASE-7",
    )
    assert (touch.purpose, touch.tell, touch.state, touch.times) == (
        "investigation",
        "silently",
        "new",
        1,
    )
    entity = only(world["lv"]).entity
    assert entity is not None
    assert entity.id == id


def test_openly_the_hit_says_that_the_owner_was_told(world: World) -> None:
    world["lv"].holds(LESNIKOV, marking=told("openly"))
    world["lv"].holds("Viktor Lesnik")

    found = {hit.entity.caption: hit for hit in hits(world["ee"]) if hit.entity}

    assert found[LESNIKOV].is_owner_told
    assert found[LESNIKOV].marking == Marking(owner=MemberId("LV"))
    assert not found["Viktor Lesnik"].is_owner_told
    assert only(world["lv"]).touch.tell == "openly"


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_first_the_member_sees_nothing_as_if_there_were_no_such_record(
    world: World, limit: int
) -> None:
    world["lv"].holds(LESNIKOV, birthDate="1979")
    world["lv"].holds("Viktor Lesnik")
    before = hits(world["ee"], limit=limit, birth_date="1979-03-02")

    id = world["lv"].holds(LESNIKOV, marking=told("first"), birthDate="1979-03-02")

    assert hits(world["ee"], limit=limit, birth_date="1979-03-02") == before
    touched = only(world["lv"])
    assert touched.entity is not None
    assert (touched.entity.id, touched.touch.tell) == (id, "first")
    with world["lv"].up.store.view() as view:
        assert store.disclosures.of_record(view, touched.touch.record) == []
    [entry] = entries(world["lv"], "kept back, told first")
    assert (entry.peer, entry.case, entry.records) == ("EE", "CASE-1", (touched.touch.record,))


def test_what_is_done_while_a_member_waits_does_not_depend_on_what_is_kept_back(
    world: World,
) -> None:
    world["lv"].holds(LESNIKOV, marking=told("first"))
    gate, owed = world["lv"].up.gate, []

    for name in (LESNIKOV, "Anna Nowak"):
        weighed = gate.weigh_own(_question(Sought(name=name)))
        request = replace(weighed.request, member=MemberId("EE"), is_own=False)
        with gate.store.write() as tx:
            assert gate.visible(tx, request) == frozenset()
            gate.touched(tx, request, _question(Sought(name=name)), [])
            owed.append(store.touches.next_owed(tx))
            assert owed[-1] is not None
            store.touches.settle(tx, owed[-1].number)

    assert touches(world["lv"]) == []


def test_once_the_owner_says_so_the_record_is_found(world: World) -> None:
    world["lv"].holds(LESNIKOV, marking=told("first"))
    assert hits(world["ee"]) == ()

    record = only(world["lv"]).touch.record
    world["lv"].desk.remarking.tell(record, "openly", by=ANALYST, role=Role.ANALYST)

    [hit] = hits(world["ee"])
    assert hit.is_owner_told
    with pytest.raises(NotFoundError):
        world["lv"].desk.remarking.tell(type(record)("nothing"), "", by=ANALYST, role=Role.ANALYST)


def test_a_record_that_was_given_is_kept_back_when_it_is_asked_for_again(world: World) -> None:
    id = world["lv"].holds(LESNIKOV)
    [hit] = hits(world["ee"])
    world["lv"].changes(id, tell="first")

    again = _asked_again(world, hit.reference)
    never = _asked_again(world, Reference("never-given"))

    assert again == never == ()
    looked_through(world["lv"])
    assert only(world["lv"]).touch.times == 1


def test_questions_for_one_reason_are_gathered_and_others_are_not(world: World) -> None:
    world["lv"].holds(LESNIKOV, marking=told("silently"))

    for case in ("CASE-1", "CASE-1", "CASE-2"):
        hits(world["ee"], case=case)
    hits(world["pl"])

    gathered = {(one.touch.member, one.touch.case): one.touch.times for one in touches(world["lv"])}
    assert gathered == {("EE", "CASE-1"): 2, ("EE", "CASE-2"): 1, ("PL", "CASE-1"): 1}


def test_nobody_is_told_what_our_own_people_do(world: World) -> None:
    for tell in ("silently", "openly", "first"):
        world["lv"].holds(LESNIKOV, marking=told(tell))
    watch = world["lv"].watches(LESNIKOV, to=["lv"])

    found = world["lv"].search(LESNIKOV, to=["lv"]).gathered.hits
    eventually(lambda: len(world["lv"].alerts) == 3)

    assert watch
    assert [hit.is_owner_told for hit in found] == [False] * 3
    looked_through(world["lv"])
    assert touches(world["lv"]) == []


def test_whoever_may_not_see_a_record_anyway_touches_nothing(world: World) -> None:
    for tell in ("silently", "openly", "first"):
        world["lv"].holds(LESNIKOV, marking=told(tell), audience=["pl"])
        world["lv"].holds(LESNIKOV, marking=told(tell), share="hidden")
    watched(world)

    assert hits(world["ee"]) == ()
    looked_through(world["lv"])
    assert touches(world["lv"]) == []


@pytest.mark.parametrize(("tell", "is_told"), [("silently", False), ("openly", True)])
def test_a_watch_that_touches_a_record_tells_its_owner_too(
    world: World, tell: str, is_told: bool
) -> None:
    watched(world)

    id = world["lv"].holds(LESNIKOV, marking=told(tell))
    [alert] = eventually(lambda: world["ee"].alerts)
    world["lv"].holds(LESNIKOV, id=id, marking=told(tell), birthDate="1979")
    eventually(lambda: world["ee"].alerts[0].alert.times == 2)

    assert alert.hit is not None
    assert alert.hit.is_owner_told == is_told
    assert (only(world["lv"]).touch.tell, only(world["lv"]).touch.times) == (tell, 1)


def test_a_watch_learns_of_a_record_only_after_its_owner_said_so(world: World) -> None:
    world["lv"].holds(LESNIKOV, marking=told("first"))
    watched(world)
    there = only(world["lv"])
    world["lv"].holds(LESNIKOV, marking=told("first"))
    came = next(one for one in touches(world["lv"]) if one.touch.id != there.touch.id)
    assert world["ee"].alerts == []

    tell = world["lv"].desk.remarking.tell
    for touched in (there, came):
        tell(touched.touch.record, "", by=ANALYST, role=Role.ANALYST)

    eventually(lambda: len(world["ee"].alerts) == 2)
    assert len(touches(world["lv"])) == 2


def test_marking_a_record_silently_tells_its_watchers_nothing(world: World) -> None:
    watched(world)
    id = world["lv"].holds(LESNIKOV)
    eventually(lambda: world["ee"].alerts)

    world["lv"].changes(id, tell="silently")
    with world["lv"].up.store.view() as view:
        assert store.mail.lane(view, MemberId("EE")).assigned == 2

    assert world["ee"].alerts[0].alert.times == 1


def test_an_alert_of_a_record_of_which_we_are_now_told_first_is_taken_back(world: World) -> None:
    watched(world)
    id = world["lv"].holds(LESNIKOV)
    eventually(lambda: world["ee"].alerts)

    world["lv"].changes(id, tell="first")

    eventually(lambda: world["ee"].alerts[0].alert.recalled == "marking")
    assert only(world["lv"]).touch.tell == "first"


def test_a_question_that_was_answered_before_a_restart_is_looked_through_after_it(
    world: World,
) -> None:
    world["lv"].holds(LESNIKOV, marking=told("first"))
    home = world["lv"].home
    world["lv"].stop()
    held = home.store(home.keys())
    with held.write() as tx:
        question = _encoded(_question(Sought(name=LESNIKOV)))
        store.touches.owe(tx, MemberId("EE"), question, least=0.0)
        store.touches.owe(tx, MemberId("FI"), question, least=0.0)
    held.close()

    world["lv"].start()

    assert only(world["lv"]).touch.member == "EE"
    looked_through(world["lv"])


def test_a_touch_lives_as_an_alert_does(world: World) -> None:
    world["lv"].holds(LESNIKOV, marking=told("silently"))
    hits(world["ee"])
    id, change = only(world["lv"]).touch.id, world["lv"].up.post.change

    change(id, AlertState.SEEN, ANALYST)
    change(id, AlertState.ASSIGNED, ANALYST, assignee=PersonId("b.saar"))
    hits(world["ee"])
    assert (only(world["lv"]).touch.state, only(world["lv"]).touch.times) == ("assigned", 2)
    change(id, AlertState.USEFUL, ANALYST)
    hits(world["ee"])

    assert only(world["lv"]).touch.state == "new"
    assert [e.event for e in world["lv"].audit if e.event.startswith("touch ")] == [
        "touch seen",
        "touch assigned",
        "touch useful",
    ]
    with pytest.raises(NotFoundError):
        change("nothing", AlertState.SEEN, ANALYST)


def _question(seeks: Sought | Detail) -> Question:
    return Question(
        id=QuestionId(app.new_id()),
        asker=Asker(PersonId("first"), "analyst"),
        case="CASE-1",
        purpose="investigation",
        seeks=seeks,
    )


def _asked_again(world: World, reference: Reference) -> tuple[Hit, ...]:
    asking: Callable[..., Any] = world["ee"].desk.asking.ask
    asked = asking(_question(Detail(reference)), to=[MemberId("LV")], timeout_s=10.0)
    hits: tuple[Hit, ...] = world.run(asked).hits
    return hits


def test_a_touch_is_forgotten_when_its_time_is_over(world: World) -> None:
    place = world["pl"]
    place.holds(LESNIKOV, marking=told("silently"))
    for case in ("CASE-1", "CASE-2"):
        world["ee"].search(LESNIKOV, to=["pl"], case=case)
    eventually(lambda: len(touches(place)) == 2)

    place.desk.administration.erase_overdue()
    assert len(touches(place)) == 2
    world.clock.turn(days=366)
    place.desk.administration.erase_overdue()

    # The newest change stays, for readers go on behind it.
    assert [one.touch.case for one in touches(place)] == ["CASE-2"]
    assert "touches erased" in [one.event for one in place.audit]
