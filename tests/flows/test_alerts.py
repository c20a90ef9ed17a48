"""Stories of alerts across borders: real files, keys and TLS, in one process."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from federation.errors import InvalidError, NotFoundError, RefusedError
from federation.messages import PersonId, Share, WatchId
from node import config, store
from node.alerts.inbox import Shown
from node.people import person
from node.store.alerts import AlertState
from tests.world import Place, World, eventually, federation

ANALYST = person(PersonId("first"), ["analyst"])
EVERYWHERE = {"EE": "registered", "LV": "registered", "PL": "registered"}
LESNIKOV = "Viktor Lesnikov"


def stands(place: Place, watch: WatchId, **states: str) -> None:
    """Wait until a watch stands so at these members, at the others registered."""
    wanted = EVERYWHERE | {member.upper(): state for member, state in states.items()}
    eventually(lambda: place.watch_states(watch).items() <= wanted.items())


def only(place: Place) -> Shown:
    """The one alert of an inbox, once it is there."""
    [alert] = eventually(lambda: place.alerts)
    return alert


def settled(world: World) -> None:
    """Wait until nothing is under way: no mail waits, and no watch is due."""

    def is_quiet() -> bool:
        return all(_is_quiet(place) for place in world.places.values() if place.node)

    eventually(is_quiet)


def _is_quiet(place: Place) -> bool:
    with place.up.store.view() as view:
        lanes = store.mail.lanes(view)
        is_due = store.standing.due(view, version=0) is not None
    return not is_due and not any(lane.waiting for lane in lanes)


def test_a_record_that_comes_later_is_told_to_the_member_that_watches(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV, birth_date="1979")
    stands(world["ee"], watch)

    world["lv"].holds("Виктор Лесников", birthDate="1979-03-02")

    alert = only(world["ee"])
    assert (alert.alert.member, alert.alert.watch, alert.alert.state) == ("LV", watch, "new")
    assert alert.hit is not None
    assert alert.hit.entity is not None
    assert alert.hit.entity.caption == "Виктор Лесников"
    assert alert.hit.is_strong


def test_a_watch_runs_once_over_what_is_there_already(world: World) -> None:
    world["lv"].holds(LESNIKOV, birthDate="1979-03-02")
    world["ee"].holds(LESNIKOV, birthDate="1979")
    world["pl"].holds("Anna Nowak")

    world["ee"].watches(LESNIKOV, birth_date="1979")

    eventually(lambda: len(world["ee"].alerts) == 2)
    settled(world)
    assert sorted(one.alert.member for one in world["ee"].alerts) == ["EE", "LV"]


def test_an_alert_shows_what_a_search_would_show_and_no_more(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)

    world["lv"].holds(LESNIKOV, share="hit")
    world["pl"].holds(LESNIKOV, audience=["LV"])
    world["pl"].holds(LESNIKOV, share="core", gender="male")

    eventually(lambda: len(world["ee"].alerts) == 2)
    settled(world)
    shown = {one.alert.member: one.hit for one in world["ee"].alerts}
    found = {hit.member: hit for hit in world["ee"].search(LESNIKOV).gathered.hits}
    assert {member: replace(hit, reasons=()) for member, hit in shown.items() if hit} == {
        member: replace(hit, reasons=()) for member, hit in found.items()
    }


def test_what_was_told_is_written_down_on_both_sides(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV, to=["lv"])
    eventually(lambda: world["ee"].watch_states(watch) == {"LV": "registered"})
    world["lv"].holds(LESNIKOV)
    alert = only(world["ee"])

    theirs = next(entry for entry in world["lv"].audit if entry.event == "alerted")
    ours = next(entry for entry in world["ee"].audit if entry.event == "alert received")

    assert (theirs.operation, theirs.recipients, theirs.question) == ("disclosure", ("EE",), watch)
    assert (theirs.person, theirs.case, theirs.purpose) == ("first", "CASE-1", "investigation")
    assert ours.records == (f"LV {alert.alert.reference}",)
    with world["lv"].up.store.view() as view:
        [given] = store.disclosures.of_record(view, theirs.records[0])  # type: ignore[arg-type]
    assert (given.member, given.reference) == ("EE", alert.alert.reference)
    assert str(given.question) == watch


def test_a_watch_waits_for_a_member_that_is_down_and_stands_once_it_is_back(world: World) -> None:
    world["lv"].holds(LESNIKOV)
    world["lv"].stop()
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch, lv="waiting")

    world["lv"].start()

    stands(world["ee"], watch)
    assert only(world["ee"]).alert.member == "LV"


def test_an_alert_waits_for_a_member_that_is_down_and_arrives_once(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    settled(world)
    world["ee"].stop()

    world["lv"].holds(LESNIKOV)
    world["lv"].stop()
    world["lv"].start()
    world["ee"].start()

    assert only(world["ee"]).alert.times == 1
    settled(world)
    assert len(world["ee"].alerts) == 1


def test_a_record_that_may_no_longer_be_known_takes_its_alert_back(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    id = world["lv"].holds(LESNIKOV)
    only(world["ee"])

    world["lv"].changes(id, audience=frozenset({"PL"}))

    eventually(lambda: only(world["ee"]).alert.recalled == "marking")
    assert only(world["ee"]).hit is None
    assert "alert recalled" in [entry.event for entry in world["lv"].audit]


def test_a_record_that_may_be_known_later_is_told_then(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    id = world["lv"].holds(LESNIKOV, audience=["PL"])
    settled(world)
    assert world["ee"].alerts == []

    world["lv"].changes(id, audience=frozenset({"ALL"}))
    assert only(world["ee"]).alert.recalled == ""
    world["lv"].changes(id, share=Share.HIDDEN)
    eventually(lambda: only(world["ee"]).alert.recalled == "marking")
    world["lv"].changes(id, share=Share.FULL)

    eventually(lambda: only(world["ee"]).alert.recalled == "")
    assert only(world["ee"]).hit is not None


def test_a_newer_state_of_a_record_is_the_same_alert_again(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    id = world["lv"].holds(LESNIKOV)
    first = only(world["ee"])
    world["ee"].up.post.inbox.change(first.alert.id, AlertState.SEEN, ANALYST)

    world["lv"].holds(LESNIKOV, id=id, birthDate="1979")
    eventually(lambda: only(world["ee"]).alert.times == 2)
    world["lv"].holds(LESNIKOV, id=id, birthDate="1979")
    settled(world)

    again = only(world["ee"])
    assert (again.alert.id, again.alert.times, again.alert.state) == (first.alert.id, 2, "new")


def test_a_record_that_no_longer_fits_or_is_gone_takes_its_alert_back(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    one, other = world["lv"].holds(LESNIKOV), world["pl"].holds(LESNIKOV)
    eventually(lambda: len(world["ee"].alerts) == 2)

    world["lv"].holds("Anna Nowak", id=one)
    world["pl"].withdraws(other)

    grounds = {"LV": "changed", "PL": "withdrawn"}
    eventually(lambda: {a.alert.member: a.alert.recalled for a in world["ee"].alerts} == grounds)


def test_a_watch_that_is_removed_finds_nothing_more_anywhere(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)

    world["ee"].up.post.watching.remove(watch, ANALYST)

    gone = dict.fromkeys(EVERYWHERE, "removed")
    eventually(lambda: world["ee"].watch_states(watch) == gone)
    for name in ("ee", "lv", "pl"):
        world[name].holds(LESNIKOV)
        with world[name].up.store.view() as view:
            assert store.standing.count(view) == 0
    settled(world)
    assert world["ee"].alerts == []
    with pytest.raises(NotFoundError):
        world["ee"].up.post.watching.remove(watch, ANALYST)


def test_what_an_ended_watch_told_is_still_taken_back(world: World) -> None:
    watch = world["ee"].watches(LESNIKOV)
    stands(world["ee"], watch)
    id = world["lv"].holds(LESNIKOV)
    only(world["ee"])
    world["ee"].up.post.watching.remove(watch, ANALYST)
    eventually(lambda: world["ee"].watch_states(watch)["LV"] == "removed")

    world["lv"].changes(id, share=Share.HIDDEN)

    eventually(lambda: only(world["ee"]).alert.recalled == "marking")


def test_a_watch_ends_when_its_time_is_over_and_stands_longer_when_it_is_renewed(
    world: World,
) -> None:
    short, long = world["ee"].watches(LESNIKOV, days=2), world["ee"].watches("Anna Nowak", days=2)
    stands(world["ee"], short)
    stands(world["ee"], long)
    now = world.clock()
    world["ee"].up.post.watching.renew(long, ANALYST, until=now + timedelta(days=9), now=now)
    settled(world)

    world.clock.turn(days=3)
    for name in ("ee", "lv"):
        world[name].up.post.end_over()
    world["lv"].holds(LESNIKOV)
    world["lv"].holds("Anna Nowak")

    assert only(world["ee"]).alert.watch == long
    with world["lv"].up.store.view() as view:
        assert store.standing.count(view) == 1
    [listed] = world["ee"].up.post.watching.every()
    assert listed.watch.id == long


def test_a_watch_is_renewed_on_purpose_and_ends_with_its_case(world: World) -> None:
    watching, now = world["ee"].up.post.watching, world.clock()
    with pytest.raises(InvalidError, match="renew it"):
        world["ee"].watches(LESNIKOV, days=184)
    watch = world["ee"].watches(LESNIKOV, days=2)
    with pytest.raises(InvalidError, match="renew it"):
        watching.renew(watch, ANALYST, until=now + timedelta(days=184), now=now)


def test_only_what_reaches_the_threshold_is_told(world: World) -> None:
    world["ee"].watches(LESNIKOV, threshold=0.99, to=["lv"])
    low = world["ee"].watches(LESNIKOV, threshold=0.4, to=["lv"])
    eventually(lambda: world["ee"].watch_states(low) == {"LV": "registered"})

    world["lv"].holds("Viktor Lesnikovski")

    assert only(world["ee"]).alert.watch == low


def test_our_own_policy_refuses_a_watch_before_anything_leaves(world: World) -> None:
    with pytest.raises(RefusedError):
        world["ee"].watches(LESNIKOV, purpose="investigation", role="auditor")

    assert world["ee"].last_audit.event == "watch not made"
    assert world["ee"].up.post.watching.every() == []


def test_a_member_may_refuse_a_watch_and_say_a_word_why(tmp_path: Path) -> None:
    with federation(
        "EE", "LV", "PL", settings=lambda one: _without_watches(one, tmp_path)
    ) as world:
        world["lv"].holds(LESNIKOV)

        watch = world["ee"].watches(LESNIKOV)
        stands(world["ee"], watch, lv="refused")

        [listed] = world["ee"].up.post.watching.every()
        assert {str(one.member): one.ground for one in listed.own.members}["LV"] == "policy"
        [refused] = [one for one in world["lv"].audit if one.event == "watch refused"]
        assert "no-watches" in refused.ground
        assert [hit.member for hit in world["ee"].search(LESNIKOV).gathered.hits] == ["LV"]
        assert world["ee"].alerts == []


def _without_watches(settings: config.Config, folder: Path) -> config.Config:
    """Latvia answers questions and lets no watch stand."""
    if settings.member.id != "LV":
        return settings
    rules = folder / "rules"
    rules.mkdir()
    for shipped in (Path(config.__file__).parents[1] / "policies").glob("*"):
        (rules / shipped.name).write_bytes(shipped.read_bytes())
    forbidden = '@id("no-watches") forbid (principal, action == Action::"watch", resource)'
    (rules / "watch.cedar").write_text(f"{forbidden} unless {{ context.isOwn }};")
    return msgspec.structs.replace(settings, policy=config.Policy(folder=str(rules)))


def test_alerts_wait_while_the_queue_of_a_member_is_full_and_none_is_lost() -> None:
    few = config.Mail(most_waiting=10)
    with federation(
        "EE", "LV", settings=lambda one: msgspec.structs.replace(one, mail=few)
    ) as world:
        watch = world["ee"].watches(LESNIKOV, to=["lv"])
        eventually(lambda: world["ee"].watch_states(watch) == {"LV": "registered"})
        settled(world)
        world["ee"].stop()
        for _ in range(25):
            world["lv"].holds(LESNIKOV)
        with world["lv"].up.store.view() as view:
            assert store.mail.lane(view, world["ee"].home.member).waiting == 10

        world["ee"].start()

        eventually(lambda: len(world["ee"].alerts) == 25)
        settled(world)
        assert {one.alert.times for one in world["ee"].alerts} == {1}


def test_an_alert_is_seen_assigned_and_closed_and_each_step_is_written_down(world: World) -> None:
    world["lv"].holds(LESNIKOV)
    world["ee"].watches(LESNIKOV)
    id, inbox = only(world["ee"]).alert.id, world["ee"].up.post.inbox

    inbox.change(id, AlertState.SEEN, ANALYST)
    inbox.change(id, AlertState.ASSIGNED, ANALYST, assignee=PersonId("b.saar"))
    assert only(world["ee"]).alert.assignee == "b.saar"
    inbox.change(id, AlertState.USEFUL, ANALYST)

    assert only(world["ee"]).alert.state == "useful"
    events = [entry.event for entry in world["ee"].audit if entry.event.startswith("alert ")]
    assert events == ["alert received", "alert seen", "alert assigned", "alert useful"]
    with pytest.raises(NotFoundError):
        inbox.change("nothing", AlertState.SEEN, ANALYST)
    with pytest.raises(InvalidError, match="person"):
        inbox.change(id, AlertState.ASSIGNED, ANALYST)


def test_false_alerts_propose_a_threshold_that_would_have_spared_them(world: World) -> None:
    world["lv"].holds(LESNIKOV, birthDate="1979-03-02")
    world["lv"].holds("Viktor Lesnik")
    world["ee"].watches(LESNIKOV, birth_date="1979", threshold=0.4)
    eventually(lambda: len(world["ee"].alerts) == 2)
    inbox, by_score = world["ee"].up.post.inbox, sorted(world["ee"].alerts, key=_score)

    inbox.change(by_score[0].alert.id, AlertState.FALSE, ANALYST)
    inbox.change(by_score[1].alert.id, AlertState.USEFUL, ANALYST)

    [listed] = world["ee"].up.post.watching.every()
    assert _score(by_score[0]) < listed.proposed <= _score(by_score[1])


def _score(shown: Shown) -> float:
    return shown.alert.score


def test_a_watch_of_our_own_finds_in_our_own_records_whatever_their_marking(world: World) -> None:
    world["ee"].watches(LESNIKOV, to=["ee"])

    world["ee"].holds(LESNIKOV, audience=[], share="hidden")

    assert only(world["ee"]).alert.member == "EE"
    assert [entry.event for entry in world["ee"].audit[-2:]] == ["alerted", "stored"]


def test_every_watch_for_one_person_is_told_however_many_there_are(world: World) -> None:
    crowd = [world["ee"].watches(f"Viktor {name}", to=["lv"]) for name in ("Liiv", "Saar", "Kask")]
    many = [world["ee"].watches(LESNIKOV, to=["lv"]) for _ in range(60)]
    for watch in (*crowd, many[-1]):
        eventually(lambda: world["ee"].watch_states(watch) == {"LV": "registered"})  # noqa: B023

    world["lv"].holds(LESNIKOV)

    eventually(lambda: len(world["ee"].alerts) == len(many))
    assert {one.alert.watch for one in world["ee"].alerts} == set(many)
