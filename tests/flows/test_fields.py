"""Every field of every message that a door takes in, wrong in every way, under a seal that holds.

What is sent goes the whole way: porter, gate or letterbox, store. It is answered, or refused by a
fault that is foreseen; nothing else.
"""

import itertools
import random
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor

from federation import wire
from federation.errors import Code, FederationError
from federation.limits import DISPATCH_BYTES, NOTICES
from federation.messages import (
    Asker,
    OutcomeKind,
    PersonId,
    Question,
    QuestionId,
    Receipt,
    Sought,
)
from federation.seal import Sealed
from federation.server import Porter, Reply
from federation.trust import AuthContext
from node import store
from node.mail.effects import FAULT
from protos.federation.v1 import federation_pb2 as pb
from tests.world import World, eventually, federation

SEED = 5
VARINT, FIXED_64, BYTES, GROUP, END, FIXED_32 = range(6)
LONG = b"\xff" * 9 + b"\x01"
NAN, INFINITY = struct.pack("<d", float("nan")), struct.pack("<d", float("inf"))


def varint(value: int) -> bytes:
    data = bytearray()
    while value > 127:
        data.append(value & 127 | 128)
        value >>= 7
    return bytes([*data, value])


def tagged(number: int, kind: int, data: bytes = b"") -> bytes:
    return varint(number << 3 | kind) + data


def sized(number: int, data: bytes) -> bytes:
    return tagged(number, BYTES, varint(len(data)) + data)


def wrong(number: int, chance: random.Random) -> Iterator[bytes]:
    """One field in every wire type there is and some that there are not, with all that may hurt."""
    for data in (b"\0", b"\x01", LONG, b"\xff" * 11, b"\x80", varint(2**31), varint(2**63)):
        yield tagged(number, VARINT, data)
    for data in (b"\xff" * 8, NAN, INFINITY, bytes(8), b"\1\2"):
        yield tagged(number, FIXED_64, data)
    texts = ("９" * 8 + "\u202e\ufeff\U0010ffff", "2026-13-45", "' OR 1=1 --")
    for data in (
        b"",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"a\0b\nc\x1b[2J",
        b"x" * 5_000,
        chance.randbytes(9),
        chance.randbytes(64),
        b"\x0a" * 50,
        *(text.encode() for text in texts),
    ):
        yield sized(number, data)
    for size in (1, 2**31 - 1, 2**31, 2**63, 2**64 - 1):
        yield tagged(number, BYTES, varint(size))
    yield tagged(number, GROUP)
    yield tagged(number, GROUP, tagged(number, END))
    yield tagged(number, GROUP) * 200
    yield tagged(number, END)
    yield tagged(number, FIXED_32, b"\xff" * 4)
    yield tagged(number, FIXED_32, b"\1")
    yield tagged(number, 6, b"\1")
    yield tagged(number, 7, b"\1")
    yield sized(number, b"x") * 300
    yield sized(number, b"") * 300


def every_wrong(kind: Descriptor, chance: random.Random) -> Iterator[bytes]:
    """Each field of a message and of all in it, wrong in each way, alone."""
    for one in kind.fields:
        yield from wrong(one.number, chance)
        if one.message_type:
            for inner in every_wrong(one.message_type, chance):
                yield sized(one.number, inner)


def plain(kind: Descriptor, chosen: str = "") -> bytes:
    """A message of which every field says something, and of its choices the one of this name."""
    return b"".join(_plain(one) for one in kind.fields if _is_there(one, chosen))


def _is_there(one: FieldDescriptor, chosen: str) -> bool:
    oneof = one.containing_oneof
    return oneof is None or one.name == (chosen or oneof.fields[0].name)


def _plain(one: FieldDescriptor) -> bytes:
    if one.message_type:
        return sized(one.number, plain(one.message_type))
    if one.type in (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES):
        return sized(one.number, b"x")
    if one.type == FieldDescriptor.TYPE_DOUBLE:
        return tagged(one.number, FIXED_64, struct.pack("<d", 0.5))
    return tagged(one.number, VARINT, b"\1")


@dataclass
class Door:
    """Estonia's door at Poland as its calls find it, but for the network."""

    world: World
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    ends: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        step, member = self.world["pl"].up.step, self.world["ee"].home.member
        self.porter = Porter(
            step.us, step.gate, step.letterbox, member, step.limits.refused, step.books
        )
        self.us, self.to = self.world["ee"].up.step.us, self.world["pl"].home.member
        self.context: AuthContext = {
            "x509_pem_cert": [self.us.ring.present.tls_chain],
            "ssl_tls_version": [b"TLSv1.3"],
        }

    def ask(self, body: bytes) -> None:
        """Send a question; whatever comes of it is foreseen."""
        sealed = self.us.ask(self.to, f"q-{next(self.ids)}", body)
        self.call(self.porter.answered, wire.request_to(sealed))

    def deliver(self, body: bytes) -> Receipt | None:
        """Send mail; what is said to it, if anything."""
        mail = self.us.mail(self.to, f"d-{next(self.ids)}", body)
        reply = self.call(self.porter.taken, wire.request_to(mail))
        return wire.receipt_from(wire.response_from(reply).body) if reply else None

    def call(self, serve: Callable[[AuthContext, bytes], Reply], request: bytes) -> bytes | None:
        """One call; it is answered, or ends by a fault that is foreseen."""
        try:
            reply = serve(self.context, request)
        except FederationError as fault:
            if fault.code is Code.INTERNAL:
                raise
            self.ends[fault.code] += 1
            return None
        self.ends["served"] += 1
        return reply.data

    def is_well(self) -> bool:
        """Whether an honest member, and this one too, are answered."""
        found = [self.world[name].search("Anna Nowak", to=["pl"]) for name in ("lv", "ee")]
        return all(one.outcome("pl").kind is OutcomeKind.ANSWERED for one in found)


@pytest.fixture(scope="module")
def door() -> Iterator[Door]:
    with federation("EE", "LV", "PL") as world:
        world["pl"].holds("Anna Nowak")
        yield Door(world)


def every(kind: Descriptor) -> list[bytes]:
    """Each wrong field of a message."""
    wrongs = list(every_wrong(kind, random.Random(SEED)))
    assert len(wrongs) > 30 * len(kind.fields)
    return wrongs


def test_every_field_of_an_inquiry_into_our_books(door: Door) -> None:
    for bytes_ in every(pb.Inquiry.DESCRIPTOR):
        sealed = door.us.inquire(door.to, f"i-{next(door.ids)}", bytes_)
        door.call(door.porter.accounted, wire.request_to(sealed))

    assert door.is_well()


def test_every_field_of_a_sealed_message(door: Door) -> None:
    right = wire.request_to(door.us.ask(door.to, "q", b""))

    for bytes_ in every(pb.AskRequest.DESCRIPTOR):
        for serve in (door.porter.answered, door.porter.taken, door.porter.accounted):
            door.call(serve, bytes_)
            door.call(serve, right + bytes_)

    assert door.is_well()


def test_every_field_of_a_question(door: Door) -> None:
    asker = Asker(PersonId("a.tamm"), "analyst")
    why = ("EE-1", "investigation")
    question = Question(QuestionId("q"), asker, *why, seeks=Sought(name="Anna Nowak"))
    right = wire.question_to(question)
    door.ends.clear()

    for place, bytes_ in enumerate(every(pb.Question.DESCRIPTOR)):
        door.ask(right + bytes_ if place % 5 else bytes_)

    assert door.ends["served"] > 50
    assert door.ends[Code.INVALID] > 200
    assert door.is_well()


def test_every_field_of_a_dispatch(door: Door) -> None:
    right = tagged(1, VARINT, b"\1") + tagged(2, VARINT, b"\1")
    for place, bytes_ in enumerate(every(pb.Dispatch.DESCRIPTOR)):
        door.deliver(right + bytes_ if place % 5 else bytes_)

    assert door.is_well()


def contents() -> list[str]:
    """Everything that a notice may hold."""
    return [field.name for field in pb.Notice.DESCRIPTOR.oneofs_by_name["content"].fields]


@pytest.mark.parametrize("content", contents())
def test_every_field_of_a_notice(door: Door, content: str) -> None:
    kind = pb.Notice.DESCRIPTOR.fields_by_name[content]
    assert kind.message_type
    right = plain(pb.Notice.DESCRIPTOR, content)
    wrongs = [sized(kind.number, one) for one in every(kind.message_type)]
    bodies = [right, *(right + one if place % 5 else one for place, one in enumerate(wrongs))]
    world, ee = door.world, door.us
    with world["pl"].up.store.view() as view:
        place = store.mail.lane(view, ee.id).received

    for start in range(0, len(bodies), NOTICES):
        notices = [
            ee.notice(door.to, f"n-{next(door.ids)}", body, sequence=place + start + number)
            for number, body in enumerate(bodies[start : start + NOTICES], 1)
        ]
        while notices:
            last = place + start + NOTICES
            fits, notices = _fitting(notices)
            dispatch = wire.Dispatch(max(last, 1), 1, tuple(fits))
            receipt = door.deliver(wire.dispatch_to(dispatch))
            assert receipt
            assert FAULT not in {one.ground for one in receipt.refused}
    with world["pl"].up.store.view() as view:
        assert store.mail.lane(view, ee.id).received == place + len(bodies)


def _fitting(notices: list[Sealed]) -> tuple[list[Sealed], list[Sealed]]:
    """As many as one message holds, and the rest."""
    size, count = 0, 0
    while count < len(notices) and size < DISPATCH_BYTES:
        size += len(notices[count].body) + 1_000
        count += 1
    return notices[:count], notices[count:]


def test_chance_behind_what_is_right(door: Door) -> None:
    chance = random.Random(SEED)
    right = wire.request_to(door.us.ask(door.to, "q", b"x" * 100))

    for _ in range(1_000):
        cut = bytearray(right[: chance.randrange(len(right))] + chance.randbytes(20))
        cut[chance.randrange(len(cut))] ^= 1 << chance.randrange(8)
        door.call(chance.choice((door.porter.answered, door.porter.taken)), bytes(cut))

    assert door.is_well()


def test_what_a_notice_makes_us_do_is_done_in_the_end(door: Door) -> None:
    def is_done() -> bool:
        with door.world["pl"].up.store.view() as view:
            waiting = view._live().execute("SELECT count(*) FROM comparison").fetchone()
            return waiting == (0,) and not store.standing.due(view, version=0)

    assert eventually(is_done)
