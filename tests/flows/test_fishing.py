"""Stories of a member that fishes: quotas hold, every question is written down, both sides hear."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from federation.errors import NotFoundError, QuotaError, RefusedError
from federation.messages import (
    Asker,
    MemberId,
    PersonId,
    QuestionId,
    Sought,
    Watch,
    WatchId,
)
from node import app, config, store
from node.people import person
from node.policy import request_of
from node.store.alerts import AlertState
from tests.flows.fisher import alarms, ask, fish, in_order, kinds, names, question, walk
from tests.world import Place, World, eventually, federation

COORDINATOR = person(PersonId("olga"), ["coordinator"])
OFTEN = config.Guard(look_s=0.1)


def quota(**of: int) -> config.Quota:
    none = config.lab_member("EE", 7400, has_quotas=False).quota
    return msgspec.structs.replace(none, **of)


@contextmanager
def guarded(*, of: str = "", **sections: object) -> Iterator[World]:
    """Two members that look often, with these sections of their settings, or of one's."""

    def set_(settings: config.Config) -> config.Config:
        if of and settings.member.id != of:
            return msgspec.structs.replace(settings, guard=OFTEN)
        return msgspec.structs.replace(settings, **{"guard": OFTEN} | sections)

    with federation("EE", "PL", settings=set_) as world:
        yield world


@pytest.fixture
def world() -> Iterator[World]:
    """Two members that look often."""
    with guarded() as running:
        yield running


@pytest.fixture
def strict() -> Iterator[World]:
    """Two members that answer fifty questions of another one in an hour."""
    answer = config.Answer(quota_per_hour=50, quota_per_day=0)
    with guarded(answer=answer, quota=quota()) as running:
        yield running


def entries(place: Place, peer: str) -> Counter[str]:
    """What the log of a member says of another's questions."""
    return Counter(one.event for one in place.audit if one.peer == peer and one.question_digest)


def looked(place: Place) -> None:
    place.up.post.guarding.look()


def test_a_dictionary_gets_no_more_answers_than_its_quota_and_a_row_for_each_name(
    strict: World,
) -> None:
    met = fish(strict["ee"], names(300), to="PL")

    assert met == {"answered": 50, "refused": 250}
    assert entries(strict["pl"], "EE") == {"answered": 50, "refused": 250}
    assert {
        one.ground.partition(":")[0] for one in strict["pl"].audit if one.event == "refused"
    } == {"quota"}
    eventually(lambda: kinds(strict["ee"]) == [("PL", "EE", "", "quota")])


@pytest.mark.slow
@pytest.mark.timeout(1_200)
def test_a_dictionary_of_ten_thousand_names() -> None:
    """With the quotas and the guard of a node as it is made."""
    with federation("EE", "PL", settings=_as_made) as world:
        for one in names(200, seed=1):
            world["pl"].holds(one)
        met: Counter[str] = Counter()
        dictionary = names(10_000)
        while dictionary:
            met += fish(world["ee"], dictionary[:500], to="PL")
            del dictionary[:500]

        assert sum(met.values()) == 10_000
        assert met["answered"] == config.Quota().analyst_per_hour
        assert entries(world["pl"], "EE").total() == 10_000
        eventually(lambda: len(kinds(world["ee"])) >= 2, timeout_s=30)
        assert {kind for *_, kind in kinds(world["pl"])} == {"misses", "quota"}


def _as_made(settings: config.Config) -> config.Config:
    return config.lab_member(settings.member.id, settings.member.port, has_quotas=True)


def test_a_quota_holds_after_a_restart(strict: World) -> None:
    fish(strict["ee"], names(60), to="PL")

    strict["pl"].stop()
    strict["pl"].start()

    assert fish(strict["ee"], names(3, seed=2), to="PL") == {"refused": 3}
    strict.clock.turn(hours=1, seconds=1)
    assert fish(strict["ee"], names(3, seed=3), to="PL") == {"answered": 3}


def test_nothing_is_searched_beyond_a_quota(strict: World) -> None:
    strict["pl"].holds("Anna Nowak")
    fish(strict["ee"], names(50), to="PL")
    searched: list[object] = []
    gate = strict["pl"].up.gate

    def find(*arguments: object, **_: object) -> list[object]:
        searched.append(arguments)
        return []

    weighed = replace(gate, find=find)._weighed  # type: ignore[arg-type]
    asked = question("Anna Nowak")
    member = gate.charter().member(strict["ee"].home.member)
    found = weighed(request_of(asked, member, groups=frozenset()), asked)

    assert isinstance(found.fault, QuotaError)
    assert searched == []


def test_quotas_of_one_person_and_of_one_case_leave_the_others_be() -> None:
    with guarded(quota=quota(analyst_per_hour=2, case_per_hour=4)) as world:
        people = ("ilze", "ilze", "ilze", "juris", "juris", "karlis")
        asked = [question(name, person=one) for name, one in zip(names(6), people, strict=True)]
        other = question("Anna Nowak", person="karlis", case="CASE-2")

        outcomes = ask(world["ee"], [*asked, other], to="PL", lanes=1)

        assert [str(one.kind) for one in outcomes] == [
            "answered",
            "answered",
            "refused",
            "answered",
            "answered",
            "refused",
            "answered",
        ]


def test_our_own_people_are_stopped_before_anything_leaves() -> None:
    with guarded(quota=quota(case_per_hour=2)) as world:
        for one in names(2):
            assert world["ee"].search(one, to=["pl"]).is_complete
        heard = len(world["pl"].audit)

        with pytest.raises(QuotaError):
            world["ee"].search("Anna Nowak", to=["pl"])

        entry = world["ee"].last_audit
        assert (entry.event, entry.ground.partition(":")[0]) == ("not asked", "quota")
        assert len(world["pl"].audit) == heard
        assert world["ee"].search("Anna Nowak", case="CASE-2", to=["pl"]).is_complete
        eventually(lambda: kinds(world["ee"]) == [("EE", "EE", "first", "quota")])


def test_a_walk_through_the_alphabet_is_told_to_both_sides_by_itself(world: World) -> None:
    walk(world["ee"], in_order(30), to="PL")

    expected = [("PL", "EE", "ilze", "walk")]
    eventually(lambda: kinds(world["pl"]) == expected)
    eventually(lambda: kinds(world["ee"]) == expected)

    [here], [there] = alarms(world["pl"]), alarms(world["ee"])
    assert here.id == there.about.id
    assert (there.about.case, there.state) == ("CASE-1", "new")
    assert there.about.questions >= 25
    for one, other in (("pl", "EE"), ("ee", "PL")):
        [entry] = [entry for entry in world[one].audit if entry.ground == "walk"]
        assert (entry.event, entry.peer, entry.person) == ("alarm raised", other, "ilze")


def test_an_alarm_has_the_case_and_the_counts_of_what_looked_like_fishing(world: World) -> None:
    honest = names(40, seed=3)
    ask(world["ee"], [question(name, case="HONEST") for name in honest], to="PL", lanes=1)
    ask(world["ee"], [question(name, case="WALK") for name in in_order(30)], to="PL", lanes=1)

    eventually(lambda: kinds(world["pl"]) == [("PL", "EE", "ilze", "walk")])
    looked(world["pl"])

    [alarm] = alarms(world["pl"])
    assert alarm.about.case == "WALK"
    assert 30 <= alarm.about.questions == alarm.about.misses < 50


def test_one_name_varied_and_hardly_a_hit_are_told_too(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    forms = [f"Anna Nowa{letter}" for letter in "bcdfghjkmp"]

    fish(world["ee"], forms, to="PL", person="juris")
    fish(world["ee"], names(110), to="PL")

    expected = [("PL", "EE", "ilze", "misses"), ("PL", "EE", "juris", "variation")]
    eventually(lambda: kinds(world["ee"]) == expected, timeout_s=30)
    [variation] = [one for one in alarms(world["pl"]) if one.about.kind == "variation"]
    assert 0 < variation.about.misses <= 10


def test_many_made_up_people_are_seen_as_their_member(world: World) -> None:
    for place, name in enumerate(in_order(30)):
        ask(world["ee"], [question(name, person=f"nobody-{place}")], to="PL")

    eventually(lambda: kinds(world["pl"]) == [("PL", "EE", "", "walk")])


def test_a_crowd_of_made_up_people_raises_few_alarms() -> None:
    few = config.Guard(look_s=30, variation_least=2)
    with guarded(guard=few) as world:
        forms = [[f"{one}a", f"{one}e"] for one in names(30)]
        for place, both in enumerate(forms):
            walk(world["ee"], both, to="PL", person=f"nobody-{place}")
        looked(world["pl"])

        found = [(bool(person), kind) for _, _, person, kind in kinds(world["pl"])]
    assert Counter(found) == {(True, "variation"): 20, (False, "variation"): 1}


def test_an_alarm_is_told_once_in_a_while_and_its_counts_go_on(world: World) -> None:
    register = in_order(40)
    walk(world["ee"], register[:30], to="PL")
    eventually(lambda: kinds(world["ee"]))
    [first] = alarms(world["pl"])

    walk(world["ee"], register[30:], to="PL")
    looked(world["pl"])
    [second] = alarms(world["pl"])
    world.clock.turn(hours=1, minutes=1)
    walk(world["ee"], register, to="PL")
    eventually(lambda: alarms(world["ee"])[0].times == 2)
    [third] = alarms(world["pl"])

    assert (second.id, second.change, second.times) == (first.id, first.change, 1)
    assert second.about.questions > first.about.questions
    assert (third.id, third.times, third.state) == (first.id, 2, "new")
    assert third.change > first.change


def test_a_restart_in_the_midst_of_a_walk_hides_nothing(world: World) -> None:
    register = in_order(30)
    walk(world["ee"], register[:15], to="PL")

    world["pl"].stop()
    world["pl"].start()
    walk(world["ee"], register[15:], to="PL")

    eventually(lambda: kinds(world["pl"]) == [("PL", "EE", "ilze", "walk")])


def test_what_was_sought_is_forgotten_after_an_hour(world: World) -> None:
    fish(world["ee"], names(5), to="PL")
    world.clock.turn(hours=1, seconds=1)

    looked(world["pl"])

    with world["pl"].up.store.view() as view:
        assert view._live().execute("SELECT count(*) FROM asked").fetchone() == (0,)


def test_honest_questions_raise_nothing(world: World) -> None:
    """A batch in which one of ten is known here, and a person who looks a name up three ways."""
    known = names(30, seed=5)
    for one in known[:12]:
        world["pl"].holds(one)
    batch = [*names(100), *known[:12], "Anna Nowak", "Hanna Nowak", "Anna Nowakowska"]
    random.Random(1).shuffle(batch)

    fish(world["ee"], batch, to="PL")
    looked(world["pl"])

    assert kinds(world["pl"]) == []


def test_watches_count_and_walk_like_questions() -> None:
    with guarded(of="PL", quota=quota(analyst_per_hour=27)) as world:
        watches = [world["ee"].watches(name, to=["pl"]) for name in in_order(30)]
        states = [str(world["ee"].watch_states(one)["PL"]) for one in watches]
        eventually(
            lambda: "waiting" not in {world["ee"].watch_states(one)["PL"] for one in watches}
        )

        states = [world["ee"].watch_states(one)["PL"] for one in watches]

        assert Counter(states) == {"registered": 27, "refused": 3}
        expected = {("PL", "EE", "first", "walk"), ("PL", "EE", "first", "quota")}
        expected |= {("EE", "EE", "first", "walk")}
        eventually(lambda: set(kinds(world["ee"])) == expected)


def test_watches_that_may_not_stand_use_up_no_quota() -> None:
    posed = [("auditor", "Anna Nowak"), ("analyst", "Anna"), ("analyst", "Anna Nowak")]
    with guarded(of="PL", quota=quota(analyst_per_hour=1)) as world:
        outbox, until = world["ee"].up.post.outbox, world.clock() + timedelta(days=9)
        with outbox.store.write() as tx:
            for role, name in [*posed, posed[-1]]:
                id, asker = WatchId(app.new_id()), Asker(PersonId("ilze"), role)
                seeks = Sought(name=name)
                watch = Watch(id, asker, "CASE-1", "investigation", seeks, 0.7, until)
                outbox.post(tx, MemberId("PL"), watch, about=id)

        def met() -> list[tuple[str, str]]:
            entries = [one for one in world["pl"].audit if one.event.startswith("watch re")]
            return [(one.event, one.ground.partition(":")[0]) for one in entries]

        eventually(lambda: len(met()) == 4)
        [*refused, registered, spent] = met()

    assert refused == [("watch refused", "policy"), ("watch refused", "invalid")]
    assert (registered[0], spent) == ("watch registered", ("watch refused", "quota"))


def test_questions_that_no_member_answered_are_no_misses() -> None:
    with guarded(guard=msgspec.structs.replace(OFTEN, miss_least=3)) as world:
        world["pl"].stop()
        for name in names(4):
            world["ee"].search(name)
            world["ee"].search(name, to=["pl"])
        looked(world["ee"])
        away = kinds(world["ee"])
        for name in names(4, seed=8):
            world["ee"].search(name, to=["ee"])
        looked(world["ee"])

        assert (away, kinds(world["ee"])) == ([], [("EE", "EE", "first", "misses")])


def test_watches_of_our_own_people_count_before_they_leave() -> None:
    with guarded(quota=quota(analyst_per_hour=1)) as world:
        watch = world["ee"].watches("Anna Nowak", to=["pl"])
        eventually(lambda: world["ee"].watch_states(watch) == {"PL": "registered"})

        with pytest.raises(QuotaError):
            world["ee"].watches("Jan Kowalski", to=["pl"])

        [refused] = [one for one in world["ee"].audit if one.event == "watch not made"]
        assert (refused.operation, refused.ground.partition(":")[0]) == ("refusal", "quota")
        assert len(world["ee"].up.post.watching.every()) == 1


def test_an_alarm_is_seen_to_and_nobody_clears_themselves(world: World) -> None:
    walk(world["ee"], in_order(30), to="PL", person="olga")
    eventually(lambda: kinds(world["ee"]))
    [here], [there] = alarms(world["pl"]), alarms(world["ee"])

    world["pl"].up.post.change(here.id, AlertState.ASSIGNED, COORDINATOR, assignee=PersonId("jan"))
    with pytest.raises(RefusedError):
        world["ee"].up.post.change(there.id, AlertState.FALSE, COORDINATOR)
    analyst = person(PersonId("ilze"), ["analyst"])
    with pytest.raises(NotFoundError):
        world["ee"].up.post.change(there.id, AlertState.FALSE, analyst)

    assert [(one.state, one.assignee) for one in alarms(world["pl"])] == [("assigned", "jan")]
    assert [one.state for one in alarms(world["ee"])] == ["new"]
    assert "alarm assigned" in [entry.event for entry in world["pl"].audit]


def test_a_member_cannot_flood_us_with_alarms(world: World) -> None:
    outbox, guarding = world["pl"].up.post.outbox, world["pl"].up.post.guarding
    walk(world["ee"], in_order(30), to="PL")
    eventually(lambda: kinds(world["ee"]))
    [known] = alarms(world["pl"])

    with outbox.store.write() as tx:
        for place in range(120):
            about = replace(known.about, person=f"nobody-{place}", id=app.new_id())
            outbox.post(tx, known.member, about, about=QuestionId("q"))

    def settled() -> bool:
        with outbox.store.view() as view:
            return store.mail.lane(view, known.member).waiting == 0

    eventually(settled)
    assert len(alarms(world["ee"])) == 100
    assert guarding.quiet == timedelta(hours=1)
