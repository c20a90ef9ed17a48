"""What a seal is good for: once, for one node, now; and what a clock that is off does to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import grpc
import pytest

from federation import seal, trust, wire
from federation.errors import Code
from federation.faults import fault_of
from federation.messages import (
    Asker,
    Notice,
    NoticeId,
    OutcomeKind,
    PersonId,
    Question,
    QuestionId,
    Receipt,
    Sought,
    Watch,
    WatchId,
)
from federation.seal import SigningKey
from node import app, store
from node.audit import Entry, Operation
from tests.world import Place, World, eventually

ANSWERED = "answered"


def knock(by: Place, at: Place, method: str, request: bytes) -> bytes | Code:
    """Send these very bytes by way of TLS: the reply, or the fault that ended the call."""

    async def call() -> bytes | Code:
        charter, keys = at.up.in_force(), by.up.ring.present
        us, member = charter.member(by.home.member), charter.member(at.home.member)
        way = trust.way(keys, us, member, at.home.clock())
        async with trust.peer_channel(way) as channel:
            made: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
            try:
                return await made(request, timeout=10, wait_for_ready=True)
            except grpc.aio.AioRpcError as error:
                return fault_of(error).code

    return by.world.run(call())


def asked(by: Place, at: Place) -> bytes:
    """A question as it travels."""
    question = Question(
        id=QuestionId(app.new_id()),
        asker=Asker(PersonId("a.tamm"), "analyst"),
        case="EE-1",
        purpose="investigation",
        seeks=Sought(name="Anna Nowak"),
    )
    sealed = by.up.step.us.ask(at.home.member, question.id, wire.question_to(question))
    return wire.request_to(sealed)


def entries(at: Place, of: Place) -> Sequence[Entry]:
    """What a member's log says of the calls of another."""
    ends = {Operation.DISCLOSURE, Operation.REFUSAL}
    return [one for one in at.audit if one.peer == of.home.member and one.operation in ends]


def grounds(at: Place, of: Place) -> list[str]:
    """How each of them ended."""
    return [
        one.ground.split(":")[0] if one.operation is Operation.REFUSAL else ANSWERED
        for one in entries(at, of)
    ]


@pytest.fixture
def ask(world: World) -> bytes:
    """A question that was answered once."""
    world["pl"].holds("Anna Nowak")
    request = asked(world["ee"], world["pl"])
    assert isinstance(knock(world["ee"], world["pl"], wire.ASK, request), bytes)
    return request


def test_the_same_question_again_is_refused_and_written_down(world: World, ask: bytes) -> None:
    ends = [knock(world["ee"], world["pl"], wire.ASK, ask) for _ in range(3)]

    assert ends == [Code.REPLAYED] * 3
    assert grounds(world["pl"], world["ee"]) == [ANSWERED, *["replayed"] * 3]


def test_the_same_question_after_a_restart_is_refused(world: World, ask: bytes) -> None:
    world["pl"].stop()
    world["pl"].start()

    assert knock(world["ee"], world["pl"], wire.ASK, ask) is Code.REPLAYED
    assert grounds(world["pl"], world["ee"]) == [ANSWERED, "replayed"]


def test_the_same_question_to_another_node_is_refused(world: World, ask: bytes) -> None:
    assert knock(world["ee"], world["lv"], wire.ASK, ask) is Code.BROKEN_SEAL
    assert grounds(world["lv"], world["ee"]) == ["broken_seal"]


def test_the_same_question_by_another_member_is_refused(world: World, ask: bytes) -> None:
    assert knock(world["lv"], world["pl"], wire.ASK, ask) is Code.BROKEN_SEAL
    assert grounds(world["pl"], world["lv"]) == ["broken_seal"]


def test_the_same_question_an_hour_later_is_refused(world: World, ask: bytes) -> None:
    world.clock.turn(hours=1)

    assert knock(world["ee"], world["pl"], wire.ASK, ask) is Code.CLOCK
    assert grounds(world["pl"], world["ee"])[:2] == [ANSWERED, "clock"]


@pytest.mark.parametrize("seconds", [31, 119])
def test_the_same_question_within_any_window_is_known(
    world: World, ask: bytes, seconds: int
) -> None:
    world["pl"].stop()
    world.clock.turn(seconds=seconds)
    world["pl"].start()

    assert knock(world["ee"], world["pl"], wire.ASK, ask) is Code.REPLAYED


def test_the_same_question_to_a_clock_that_was_put_back_is_known(world: World, ask: bytes) -> None:
    world.clock.turn(hours=1)
    world["pl"].desk.administration.erase_overdue()
    world.clock.turn(hours=-1)

    assert knock(world["ee"], world["pl"], wire.ASK, ask) is Code.REPLAYED


# Mail


@pytest.fixture
def mail(world: World) -> bytes:
    """Mail that registers a watch, taken once."""
    request = dispatched(world)
    assert read(world, knock(world["ee"], world["pl"], wire.DELIVER, request)) == Receipt(1)
    return request


def dispatched(world: World) -> bytes:
    """Estonia's first notice for Poland, in a dispatch, as it travels."""
    us, to = world["ee"].up.step.us, world["pl"].home.member
    watch = Watch(
        id=WatchId("w-1"),
        asker=Asker(PersonId("a.tamm"), "analyst"),
        case="EE-1",
        purpose="investigation",
        seeks=Sought(name="Anna Nowak", birth_date="1970"),
        threshold=0.7,
        expires_at=world.clock() + timedelta(days=5),
    )
    body = wire.notice_to(Notice(NoticeId("n-1"), 1, watch))
    notice = us.notice(to, "n-1", body, sequence=1)
    return wire.request_to(us.mail(to, "d-1", wire.dispatch_to(wire.Dispatch(1, 1, (notice,)))))


def read(world: World, reply: bytes | Code) -> Receipt | Code:
    """What is said to mail, or why nothing is."""
    if isinstance(reply, Code):
        return reply
    sealed = wire.response_from(reply)
    pl = world["pl"].home.member
    key, us = world["pl"].up.ring.present.signing_key, world["ee"].home.member
    seal.opened(sealed, [SigningKey(key)], sender=pl, audience=us, method="receipt")
    said = wire.receipt_from(sealed.body)
    return Receipt(said.through, said.refused)


def standing(world: World) -> int:
    """How many watches Estonia has at Poland."""
    with world["pl"].up.store.view() as view:
        row = view._live().execute("SELECT count(*) FROM standing").fetchone()
    return int(row[0])


def test_the_same_mail_again_is_acknowledged_without_effect(world: World, mail: bytes) -> None:
    before = eventually(lambda: standing(world))

    again = [read(world, knock(world["ee"], world["pl"], wire.DELIVER, mail)) for _ in range(2)]
    world["pl"].stop()
    world["pl"].start()
    again.append(read(world, knock(world["ee"], world["pl"], wire.DELIVER, mail)))

    assert again == [Receipt(1)] * 3
    assert standing(world) == before == 1
    assert "refused" not in str(grounds(world["pl"], world["ee"]))


def test_the_same_mail_in_a_later_dispatch_is_acknowledged_without_effect(
    world: World, mail: bytes
) -> None:
    [notice] = wire.dispatch_from(wire.request_from(mail).body, world["ee"].home.member).notices
    world.clock.turn(hours=1)
    us = world["ee"].up.step.us
    body = wire.dispatch_to(wire.Dispatch(1, 1, (notice,)))
    later = wire.request_to(us.mail(world["pl"].home.member, "d-2", body))

    assert read(world, knock(world["ee"], world["pl"], wire.DELIVER, later)) == Receipt(1)
    assert standing(world) == 1


def test_the_same_mail_to_another_node_or_much_later_is_refused(world: World, mail: bytes) -> None:
    assert knock(world["ee"], world["lv"], wire.DELIVER, mail) is Code.BROKEN_SEAL
    assert grounds(world["lv"], world["ee"]) == ["broken_seal"]
    world.clock.turn(hours=1)

    assert knock(world["ee"], world["pl"], wire.DELIVER, mail) is Code.CLOCK
    # A beat on its way while the clock is turned is late, too.
    assert grounds(world["pl"], world["ee"])[:1] == ["clock"]


# Clocks


def shifted(place: Place, seconds: float) -> None:
    """Run a node whose clock is ahead of all others by so much."""
    true = place.world.clock
    place.stop()
    place.home = replace(place.home, clock=lambda: true() + timedelta(seconds=seconds))
    place.start()


@pytest.mark.parametrize("seconds", [-45, 119])
def test_a_clock_off_by_more_than_the_window_is_answered_and_named_on_both_sides(
    world: World, seconds: int
) -> None:
    world["pl"].holds("Anna Nowak")
    shifted(world["ee"], seconds)

    outcome = world["ee"].search("Anna Nowak", to=["pl"]).outcome("pl")

    ee, pl = world["ee"].home.member, world["pl"].home.member
    assert outcome.kind is OutcomeKind.ANSWERED
    assert outcome.clock_off_s == -seconds
    assert world["ee"].desk.clocks.off_s(pl) == -seconds
    assert world["pl"].desk.clocks.off_s(ee) == seconds


@pytest.mark.parametrize("seconds", [-30, 30])
def test_a_clock_within_the_window_is_not_named(world: World, seconds: int) -> None:
    shifted(world["ee"], seconds)

    outcome = world["ee"].search("Anna Nowak", to=["pl"]).outcome("pl")

    assert (outcome.kind, outcome.clock_off_s) == (OutcomeKind.ANSWERED, 0)
    assert world["pl"].desk.clocks.off_s(world["ee"].home.member) == 0


@pytest.mark.parametrize(("seconds", "says"), [(-121, "sealed 121 s"), (3_600, "sealed -3600 s")])
def test_a_clock_off_by_more_than_two_minutes_is_refused_with_the_reason(
    world: World, seconds: int, says: str
) -> None:
    world["pl"].holds("Anna Nowak")
    shifted(world["ee"], seconds)

    outcome = world["ee"].search("Anna Nowak", to=["pl"]).outcome("pl")

    assert outcome.kind is OutcomeKind.REFUSED
    assert says in outcome.reason
    assert "UTC" in outcome.reason
    assert "clock" in grounds(world["pl"], world["ee"])
    assert ANSWERED not in grounds(world["pl"], world["ee"])
    assert world["pl"].desk.clocks.off_s(world["ee"].home.member) == seconds


def test_what_is_refused_says_so_in_the_counts(world: World, ask: bytes) -> None:
    knock(world["ee"], world["pl"], wire.ASK, ask)

    counts = world["pl"].desk.refusals.counts()

    assert counts[world["ee"].home.member, Code.REPLAYED] == 1


@pytest.mark.usefixtures("ask")
def test_ids_are_kept_longer_than_any_window_may_be(world: World) -> None:
    world.clock.turn(hours=2)
    world["pl"].desk.administration.erase_overdue()

    with world["pl"].up.store.view() as view:
        kept = store.seen.count_since(
            view, world["ee"].home.member, world.clock() - timedelta(hours=3)
        )

    assert kept == 1
