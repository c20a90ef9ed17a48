"""Stories of a member that may not know: no answer's size or time tells it what is hidden."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from federation import trust, veil, wire
from federation.charter import Kind
from federation.messages import (
    Answer,
    Asker,
    Detail,
    Marking,
    MemberId,
    PersonId,
    Question,
    QuestionId,
    Reference,
    Share,
    Sought,
)
from federation.seal import ASK
from node import app, config
from node.policy import request_of
from tests.world import Place, World, federation

HELD, NOT_HELD = "Zorbana Uliskenko", "Velmira Ostadanov"
PL = MemberId("PL")
FLOOR_MS = 300

#: Ways in which a record is hidden from Estonia.
HIDDEN: dict[str, dict[str, Any]] = {
    "nobody may see it": {"share": "hidden"},
    "it is for nobody": {"audience": ()},
    "it is for another member": {"audience": ("LV",)},
    "we are told first": {"marking": Marking(tell="first")},
}


@pytest.fixture
def world() -> Iterator[World]:
    """Two members; answers under the veil take a time that can be told from any other."""

    def set_(settings: config.Config) -> config.Config:
        answer = msgspec.structs.replace(settings.answer, floor_ms=FLOOR_MS)
        return msgspec.structs.replace(settings, answer=answer)

    with federation("EE", "PL", settings=set_) as running:
        yield running


def asked(seeks: Sought | Detail, **how: Any) -> Question:
    asker = Asker(PersonId("ilze"), "analyst")
    return Question(QuestionId(app.new_id()), asker, "CASE-1", "investigation", seeks, **how)


def answered(place: Place, seeks: Sought | Detail) -> tuple[Answer, int]:
    """What Poland says to a question, and how many bytes it says it in."""
    question, fanout = asked(seeks), place.up.fanout
    us = fanout._us

    async def call() -> bytes:
        sealed = us.ask(PL, question.id, wire.question_to(question))
        call = fanout._lines.to(PL)._call(ASK)
        return await call(wire.request_to(sealed), timeout=20)

    response = place.world.run(call())
    body = wire.response_from(response).body
    return wire.answer_from(body, question.id, PL), len(response)


def fastest_ms(place: Place, name: str) -> int:
    """How long an answer of Poland takes, of several the least."""
    found = [place.search(name, to=["pl"]).outcome("pl") for _ in range(4)]
    assert all(one.answer for one in found)
    return min(one.ms for one in found)


@pytest.mark.parametrize("how", HIDDEN.values(), ids=HIDDEN)
def test_a_record_that_is_hidden_and_one_that_is_not_there_look_alike(
    world: World, how: dict[str, Any]
) -> None:
    world["pl"].holds("Anna Nowak")
    world["pl"].holds(HELD, **how)

    hidden, hidden_bytes = answered(world["ee"], Sought(name=HELD))
    nothing, nothing_bytes = answered(world["ee"], Sought(name=NOT_HELD))

    assert replace(hidden, question=nothing.question, receipt=None) == replace(
        nothing, receipt=None
    )
    assert nothing.hits == ()
    assert hidden_bytes == nothing_bytes > veil.BUCKET_BYTES


def test_few_lengths_whatever_is_shown_beside_what_is_hidden(world: World) -> None:
    world["pl"].holds(HELD, share="hidden")
    for place in range(3):
        world["pl"].holds("Anna Nowak", id=f"n-{place}", notes="x" * 3_000 * place)

    lengths = {answered(world["ee"], Sought(name=name))[1] for name in (HELD, "Anna Nowak")}

    first, second = sorted(lengths)
    assert (second - first) % veil.BUCKET_BYTES in (0, 1)  # the length itself is written longer


def test_a_reference_that_is_hidden_now_and_one_that_never_was_look_alike(world: World) -> None:
    id = world["pl"].holds(HELD)
    [hit] = answered(world["ee"], Sought(name=HELD))[0].hits
    world["pl"].changes(id, share=Share.HIDDEN)

    hidden, hidden_bytes = answered(world["ee"], Detail(hit.reference))
    nothing, nothing_bytes = answered(world["ee"], Detail(Reference("0" * len(hit.reference))))

    assert (hidden.hits, nothing.hits) == ((), ())
    assert hidden_bytes == nothing_bytes > veil.BUCKET_BYTES


def test_an_answer_under_the_veil_takes_its_time_and_others_do_not_pay(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    assert fastest_ms(world["ee"], "Anna Nowak") < FLOOR_MS

    world["pl"].holds(HELD, share="hidden")

    assert fastest_ms(world["ee"], HELD) >= FLOOR_MS
    assert fastest_ms(world["ee"], NOT_HELD) >= FLOOR_MS
    assert fastest_ms(world["pl"], HELD) < FLOOR_MS


def test_a_question_whose_message_comes_late_shifts_no_time(world: World) -> None:
    """Whoever sets when the floor begins could have it end in the midst of the work."""
    world["pl"].holds(HELD, share="hidden")
    question, fanout = asked(Sought(name=HELD)), world["ee"].up.fanout
    sealed = fanout._us.ask(PL, question.id, wire.question_to(question))
    sent_s: list[float] = []

    async def late() -> AsyncIterator[bytes]:
        await asyncio.sleep(FLOOR_MS * 0.6 / 1_000)
        sent_s.append(time.monotonic())
        yield wire.request_to(sealed)

    async def call() -> float:
        async with trust.peer_channel(fanout._us.way(PL)) as channel:
            await channel.stream_unary(wire.ASK)(late(), timeout=20)  # type: ignore[arg-type]
            return time.monotonic()

    ended_s = world.run(call())

    assert ended_s - sent_s[0] >= FLOOR_MS / 1_000


def test_who_may_know_all_is_answered_without_a_veil(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    world["pl"].holds("Jan Kowalski", share="hit")

    _, bytes_ = answered(world["ee"], Sought(name=NOT_HELD))

    assert bytes_ < veil.BUCKET_BYTES


def test_a_policy_that_hides_by_topic_draws_the_veil_for_whom_it_hides_from(world: World) -> None:
    world["pl"].holds(HELD, audience=("EE",), marking=Marking(topic="drugs"))
    gate = world["pl"].up.gate
    member = gate.charter().member(world["ee"].home.member)

    def is_veiled(kind: Kind, topic: str) -> bool:
        question = asked(Sought(name=NOT_HELD), topic=topic)
        request = request_of(question, replace(member, kind=kind), groups=frozenset())
        return gate._weighed(request, question).is_veiled

    assert not is_veiled(Kind.STATE, "customs")
    assert not is_veiled(Kind.ORGANISATION, "drugs")
    assert is_veiled(Kind.ORGANISATION, "customs")


def test_what_a_hidden_hit_writes_down_is_written_behind_the_answer(world: World) -> None:
    """The answer's own transaction does the same, whether there is a record or none."""
    world["pl"].holds(HELD, marking=Marking(tell="first"))

    held, nothing = (_written(world, name) for name in (HELD, NOT_HELD))

    assert held == nothing
    assert any("INSERT INTO touch_owed" in sql for sql in held)


def _written(world: World, name: str) -> list[str]:
    """The statements of the transaction that answers, without their values."""
    said: list[str] = []
    writer = world["pl"].up.store._writer
    writer.set_trace_callback(said.append)
    answered(world["ee"], Sought(name=name))
    writer.set_trace_callback(None)
    begun = next(i for i, sql in enumerate(said) if "INSERT OR IGNORE INTO seen" in sql)
    ended = next(i for i, sql in enumerate(said) if i > begun and sql == "COMMIT")
    return [re.sub(r"x?'[^']*'|\b\d+\b", "?", sql) for sql in said[begun:ended]]
