"""The gate: what it refuses, what it writes down, and that a marking tightened meanwhile holds."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from federation import seal
from federation.errors import CharterError, QuotaError, RefusedError, ReplayedError, TooWideError
from federation.messages import (
    Answer,
    Asker,
    Detail,
    Marking,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Sought,
)
from federation.seal import Statement
from node import app, store
from node.answering import Gate, Limits
from node.digests import of_seeks
from node.keeping import Keeping, Why
from node.quotas import Quota, Quotas
from node.search import findable
from tests.world import Place, World


def asked(
    seeks: Sought | Detail, role: str = "analyst", purpose: str = "investigation"
) -> Question:
    return Question(
        id=QuestionId(app.new_id()),
        asker=Asker(PersonId("somebody"), role),
        case="CASE-1",
        purpose=purpose,
        seeks=seeks,
    )


def put(world: World, question: Question, gate: Gate | None = None) -> Answer:
    """Estonia's question at Poland's gate, sealed as it would come over the wire."""
    place = world["pl"]
    estonia = place.up.in_force().member(world["ee"].home.member)
    statement = Statement(
        sender=estonia.id,
        audience=place.home.member,
        method="ask",
        id=question.id,
        sealed_at=world.clock(),
        charter=place.up.in_force().version,
    )
    sealed = seal.seal(statement, b"what was asked", world["ee"].up.ring.present.signer)
    return (gate or place.up.gate).answer(estonia, question, sealed, statement)


NOWAK = Sought(name="Anna Nowak")


def test_the_entry_and_the_seal_are_on_disk_with_the_answer(world: World) -> None:
    world["pl"].holds("Anna Nowak")

    question = asked(NOWAK)
    answer = put(world, question)

    assert len(answer.hits) == 1
    assert world["pl"].last_audit.question == question.id
    with world["pl"].up.store.view() as view:
        kept = store.questions.get(view, world["ee"].home.member, question.id)
    assert kept is not None
    assert kept.body == b"what was asked"


def test_the_text_of_a_question_is_erased_and_its_seal_stays(world: World) -> None:
    question = asked(NOWAK)
    put(world, question)
    home = world["pl"].home
    world["pl"].stop()  # it erases by itself, too
    own = home.keys()
    world.clock.turn(days=366)

    with closing(home.store(own)) as held, held.write() as tx:
        erased = store.questions.erase_expired(tx)
        kept = store.questions.get(tx, world["ee"].home.member, question.id)

    assert erased == 1
    assert kept is not None
    assert (kept.body, bool(kept.signature)) == (b"", True)


def test_a_role_that_may_not_ask_is_refused_and_written_down(world: World) -> None:
    with pytest.raises(RefusedError):
        put(world, asked(NOWAK, role="auditor"))

    entry = world["pl"].last_audit
    assert (entry.event, entry.peer, entry.counts) == ("refused", "EE", {"hits": 0})
    assert entry.ground.startswith("refused")


def test_our_own_auditor_is_refused_too(world: World) -> None:
    with pytest.raises(RefusedError):
        world["pl"].up.gate.answer_own(asked(NOWAK, role="auditor"))

    assert world["pl"].last_audit.event == "refused"


def test_the_same_question_is_answered_once(world: World) -> None:
    question = asked(NOWAK)
    put(world, question)

    with pytest.raises(ReplayedError):
        put(world, question)

    assert world["pl"].last_audit.ground.startswith("replayed")


def test_a_question_received_before_a_restart_is_not_answered_after_it(world: World) -> None:
    question = asked(NOWAK)
    put(world, question)

    world["pl"].stop()
    world["pl"].start()

    with pytest.raises(ReplayedError):
        put(world, question)


def test_what_is_refused_uses_up_no_quota(world: World) -> None:
    gate = replace(
        world["pl"].up.gate, limits=Limits(Quotas(b"key", member=Quota(1)), timedelta(days=1))
    )
    again = asked(NOWAK, role="auditor")

    for question, fault in (
        (again, RefusedError),
        (again, ReplayedError),
        (asked(Sought(name="Anna")), TooWideError),
        (asked(Sought(name="Anna")), TooWideError),
    ):
        with pytest.raises(fault):
            put(world, question, gate)

    assert put(world, asked(NOWAK), gate).hits == ()
    with pytest.raises(QuotaError):
        put(world, asked(NOWAK), gate)


def test_a_quota_ends_an_hour_of_questions_and_the_next_hour_begins_anew(world: World) -> None:
    quotas = Quotas(b"key", member=Quota(per_hour=2))
    gate = replace(world["pl"].up.gate, limits=Limits(quotas, timedelta(days=1)))
    put(world, asked(NOWAK), gate)
    put(world, asked(NOWAK), gate)

    with pytest.raises(QuotaError):
        put(world, asked(NOWAK), gate)

    world.clock.turn(hours=1, seconds=1)
    assert put(world, asked(NOWAK), gate).hits == ()


def test_a_member_that_asks_too_widely_hears_it(world: World) -> None:
    with pytest.raises(TooWideError):
        put(world, asked(Sought(name="Anna")))

    assert world["pl"].last_audit.event == "refused"


def test_a_marking_tightened_while_a_question_was_searched_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = world["pl"].holds("Anna Nowak")
    gate = world["pl"].up.gate
    found = Gate._found

    def found_and_tightened(*arguments: object) -> object:
        result = found(*arguments)  # type: ignore[arg-type]
        tighten(world["pl"], id_)
        return result

    monkeypatch.setattr(Gate, "_found", found_and_tightened)

    assert put(world, asked(NOWAK), gate).hits == ()


def tighten(place: Place, id_: str) -> None:
    keeping = Keeping(place.home.member, findable, app.new_id)
    with place.up.store.write() as tx:
        record = store.records.by_source(tx, "tests", [id_])[id_].record.id
        keeping.remark(tx, record, Marking(), Why(PersonId("first"), "analyst", "tightened"))


def test_a_record_withdrawn_while_a_question_was_searched_does_not_leave(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = world["pl"].holds("Anna Nowak")
    found = Gate._found

    def found_and_withdrawn(*arguments: object) -> object:
        result = found(*arguments)  # type: ignore[arg-type]
        keeping = Keeping(world["pl"].home.member, findable, app.new_id)
        with world["pl"].up.store.write() as tx:
            keeping.withdraw(tx, "tests", [id_], Why(PersonId("first"), "analyst", "gone"))
        return result

    monkeypatch.setattr(Gate, "_found", found_and_withdrawn)

    assert put(world, asked(NOWAK)).hits == ()


def test_content_that_changed_while_a_question_was_searched_leaves_as_it_is_now(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    id_ = world["pl"].holds("Anna Nowak")
    found = Gate._found

    def found_and_changed(*arguments: object) -> object:
        result = found(*arguments)  # type: ignore[arg-type]
        world["pl"].holds("Anna Nowacka", id=id_)
        return result

    monkeypatch.setattr(Gate, "_found", found_and_changed)

    (hit,) = put(world, asked(NOWAK)).hits

    assert hit.entity is not None
    assert hit.entity.caption == "Anna Nowacka"
    with world["pl"].up.store.view() as view:
        (held,) = store.records.by_source(view, "tests", [id_]).values()
        (disclosed,) = store.disclosures.of_record(view, held.record.id)
    assert (disclosed.version, held.record.version) == (2, 2)


def test_one_question_twice_among_many_at_once_is_answered_once(world: World) -> None:
    """All wait for one commit; each has its own entry, and the second of the same is replayed."""
    world["pl"].holds("Anna Nowak")
    twice, questions = asked(NOWAK), [asked(NOWAK) for _ in range(5)]
    turns, together = world["pl"].up.store._turns, world["pl"].up.store._together
    before = len(world["pl"].audit)

    with ThreadPoolExecutor(7) as threads:
        with turns:
            calls = [threads.submit(put, world, one) for one in (twice, *questions, twice)]
            while len(together._waiting) < len(calls):
                threading.Event().wait(0.001)
        faults = [type(call.exception()) for call in calls]

    assert sorted(map(str, faults)) == sorted(map(str, [type(None)] * 6 + [ReplayedError]))
    events = [entry.event for entry in world["pl"].audit[before:]]
    assert sorted(events) == ["answered"] * 6 + ["refused"]
    with world["pl"].up.store.view() as view:
        (held,) = store.records.by_source(view, "tests", ["PL-0"]).values()
        assert len(store.disclosures.of_record(view, held.record.id)) == 6
        assert store.audit.verify(view) is None


def test_nothing_is_answered_when_it_cannot_be_written_down(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world["pl"].holds("Anna Nowak")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.audit, "append", full)

    with pytest.raises(OSError, match="No space"):
        put(world, asked(NOWAK))

    with world["pl"].up.store.view() as view:
        (held,) = store.records.by_source(view, "tests", ["PL-0"]).values()
        assert store.disclosures.of_record(view, held.record.id) == []


def test_detail_shows_what_may_be_shown_now(world: World) -> None:
    id_ = world["pl"].holds("Anna Nowak")
    (hit,) = put(world, asked(NOWAK)).hits

    again = put(world, asked(Detail(hit.reference)))
    tighten(world["pl"], id_)
    after = put(world, asked(Detail(hit.reference)))

    assert [one.entity for one in again.hits] == [hit.entity]
    assert after.hits == ()


def test_a_reference_that_was_never_given_finds_nothing(world: World) -> None:
    assert put(world, asked(Detail(Reference("nothing")))).hits == ()


def test_a_call_turned_away_is_written_down_with_or_without_its_question(world: World) -> None:
    gate = world["pl"].up.gate
    statement = Statement(
        sender=world["ee"].home.member,
        audience=world["pl"].home.member,
        method="ask",
        id="Q-1",
        sealed_at=world.clock(),
        charter=1,
    )

    gate.turned_away(world["ee"].home.member, CharterError("old"), statement)
    gate.turned_away(world["ee"].home.member, CharterError("old"), None)

    assert [entry.question for entry in world["pl"].audit[-2:]] == ["Q-1", ""]
    assert world["pl"].last_audit.ground == "charter"


def test_a_keyed_digest_is_the_same_for_the_same_search_under_one_key_alone() -> None:
    first, second = asked(NOWAK), asked(NOWAK)

    assert of_seeks(b"a", first) == of_seeks(b"a", second)
    assert of_seeks(b"a", first) != of_seeks(b"b", first)
    assert of_seeks(b"a", first) != of_seeks(b"a", asked(Sought(name="Anna Nowacka")))
