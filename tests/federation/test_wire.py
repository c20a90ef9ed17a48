import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation import wire
from federation.errors import InvalidError
from federation.limits import ANSWER_BYTES, HITS, IDENTIFIERS, LINE, WORD
from federation.messages import (
    Answer,
    Asker,
    Detail,
    Entity,
    Hit,
    Identifier,
    LogReceipt,
    Marking,
    PersonId,
    Question,
    QuestionId,
    Reason,
    Reference,
    Share,
    Sought,
)
from federation.seal import Sealed
from protos.federation.v1 import federation_pb2 as pb
from tests.federation.world import LV, hit, question

Q = QuestionId("q-1")

letters = st.characters(exclude_categories=["Cs", "Cc"])
lines = st.text(letters, max_size=LINE)
words = st.text(letters, max_size=WORD)
needed = st.text(letters, min_size=1, max_size=WORD).filter(str.strip)
#: What acts on a screen, and how such a text arrives.
ACTS = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60).filter(
    lambda text: not ACTS.search(text)
)

sought = st.builds(
    Sought,
    name=lines,
    birth_date=words,
    nationality=words,
    identifiers=st.lists(st.builds(Identifier, needed, needed), max_size=IDENTIFIERS).map(tuple),
    kind=words,
)
questions = st.builds(
    Question,
    id=needed,
    asker=st.builds(Asker, needed, needed),
    case=needed,
    purpose=needed,
    seeks=sought | st.builds(Detail, needed),
    topic=words,
    is_urgent=st.booleans(),
    limit=st.integers(1, HITS),
)
markings = st.builds(
    Marking,
    share=st.just(Share.HIDDEN),
    audience=st.just(frozenset()),
    handling=st.frozensets(words, max_size=4),
    handling_text=texts,
    topic=words,
    category=words,
    grade_scheme=words,
    source_grade=words,
    information_grade=words,
    review_on=st.none() | st.dates(),
    owner=st.just(LV),
)
entities = st.builds(
    Entity,
    id=texts,
    schema=needed,
    properties=st.dictionaries(words, st.lists(texts, max_size=3).map(tuple), max_size=4),
)
reasons = st.builds(Reason, words, texts, st.floats(allow_nan=False, allow_infinity=False))
shown = st.builds(
    Hit,
    member=st.just(LV),
    reference=needed,
    score=st.floats(0, 1),
    is_strong=st.booleans(),
    share=st.sampled_from((Share.CORE, Share.FULL)),
    entity=entities,
    marking=st.none() | markings,
    reasons=st.lists(reasons, max_size=3).map(tuple),
    is_owner_told=st.booleans(),
)
bare = st.builds(
    Hit,
    member=st.just(LV),
    reference=needed,
    score=st.floats(0, 1),
    is_strong=st.booleans(),
    share=st.just(Share.HIT),
    is_owner_told=st.booleans(),
)


def _receipt(entry: int, root: bytes) -> LogReceipt:
    """A receipt from a log that has seven entries more than this one."""
    return LogReceipt(entry, entry + 7, root, datetime(2026, 3, 1, tzinfo=UTC), b"signed")


hashes = st.binary(min_size=32, max_size=32)
answers = st.builds(
    Answer,
    question=st.just(Q),
    member=st.just(LV),
    hits=st.lists(shown | bare, max_size=5).map(tuple),
    index_age_s=st.none() | st.integers(0, 2**40),
    is_truncated=st.booleans(),
    receipt=st.none()
    | st.builds(_receipt, st.integers(1, 2**40), st.binary(min_size=32, max_size=32)),
)


@given(questions)
def test_a_question_arrives_as_it_was_asked(asked: Question) -> None:
    body = wire.question_to(asked)

    read = wire.question_from(body, asked.id)

    assert read == asked


def test_how_an_owner_is_told_of_a_record_does_not_travel() -> None:
    marked = replace(hit(LV), marking=Marking(owner=LV, tell="silently"))

    [read] = wire.answer_from(wire.answer_to(Answer(Q, LV, (marked,))), Q, LV).hits

    assert read.marking == Marking(owner=LV)


@given(answers)
def test_an_answer_arrives_as_it_was_given(given_: Answer) -> None:
    body = wire.answer_to(given_)

    read = wire.answer_from(body, Q, LV)

    assert read == given_
    assert [hit.entity and dict(hit.entity.properties) for hit in read.hits] == [
        hit.entity and hit.entity.properties for hit in given_.hits
    ]


@given(st.builds(Sealed, st.binary(), words, st.binary(), st.binary()))
def test_an_envelope_arrives_as_it_was_sent(sealed: Sealed) -> None:
    asked, answered = wire.request_to(sealed), wire.response_to(sealed)

    read = wire.request_from(asked), wire.response_from(answered)

    assert read == (sealed, sealed)


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(data: bytes) -> None:
    readers: tuple[Callable[[bytes], object], ...] = (
        wire.request_from,
        wire.response_from,
        lambda body: wire.question_from(body, Q),
        lambda body: wire.answer_from(body, Q, LV),
    )

    for read in readers:
        with suppress(InvalidError):
            read(data)


#: What a member of the first version sent; it must be read by every later one.
FROZEN_QUESTION = bytes.fromhex(
    "0a110a06612e74616d6d1207616e616c797374120a45452d323032362d31371a0d696e7665737469676174696f"
    "6e300a3a170a0f56696b746f72204c65736e696b6f76120431393739"
)
FROZEN_ANSWER = bytes.fromhex(
    "0a7f0a044c562d3111cdccccccccccec3f180120032a430a03702d311206506572736f6e1a250a046e616d6512"
    "1dd092d0b8d0bad182d0bed18020d09bd0b5d181d0bdd0b8d0bad0bed0b21a0d0a056e6f746573120478787878"
    "32250a0248311a056f7468657222056f746865722a0b6575726f706f6c2d3478343201583a01341007"
)


def test_a_question_of_the_first_version_is_written_and_read_as_it_was() -> None:
    asked = question()

    body = wire.question_to(asked)

    assert body == FROZEN_QUESTION
    assert wire.question_from(FROZEN_QUESTION, Q) == asked


def test_an_answer_of_the_first_version_is_written_and_read_as_it_was() -> None:
    answer = Answer(Q, LV, (hit(LV, size=4),), index_age_s=7)

    body = wire.answer_to(answer)

    assert body == FROZEN_ANSWER
    assert wire.answer_from(FROZEN_ANSWER, Q, LV) == answer


def test_the_service_bears_the_name_that_the_contract_fixed() -> None:
    assert wire.ASK == "/amber.federation.v1.Federation/Ask"


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("id", {"id": " "}),
        ("id", {"id": "x" * (WORD + 1)}),
        ("asker.person", {"asker": Asker(PersonId(""), "analyst")}),
        ("asker.role", {"asker": Asker(PersonId("a"), "\n")}),
        ("case_reference", {"case": ""}),
        ("case_reference", {"case": "x" * (LINE + 1)}),
        ("purpose", {"purpose": ""}),
        ("topic", {"topic": "drugs\x1b[2J"}),
        ("limit", {"limit": 0}),
        ("limit", {"limit": HITS + 1}),
        ("a number or text", {"limit": 2**40}),
        ("a number or text", {"case": "\ud800"}),
        ("detail.reference", {"seeks": Detail(Reference(""))}),
        ("sought.name", {"seeks": Sought(name="x" * (LINE + 1))}),
        ("sought.birth_date", {"seeks": Sought(birth_date="1\x002")}),
        ("sought.nationality", {"seeks": Sought(nationality="x" * (WORD + 1))}),
        ("sought.kind", {"seeks": Sought(kind="x" * (WORD + 1))}),
        ("identifier.type", {"seeks": Sought(identifiers=(Identifier("", "1"),))}),
        ("identifier.value", {"seeks": Sought(identifiers=(Identifier("vin", ""),))}),
        (
            "sought.identifiers",
            {"seeks": Sought(identifiers=(Identifier("vin", "1"),) * (IDENTIFIERS + 1))},
        ),
    ],
)
def test_a_question_that_no_member_would_read_names_its_field(
    field: str, other: dict[str, Any]
) -> None:
    asked = question(**other)

    with pytest.raises(InvalidError, match=field):
        wire.question_to(asked)


def test_a_question_must_seek_something() -> None:
    body = pb.Question(
        asker=pb.Asker(person="a", role="b"), case_reference="c", purpose="d", limit=1
    ).SerializeToString()

    with pytest.raises(InvalidError, match="seek something"):
        wire.question_from(body, Q)


def an_answer(**other: Any) -> bytes:
    """An answer of one good hit, one field of which is otherwise."""
    plain: dict[str, Any] = {
        "reference": "r-1",
        "score": 0.5,
        "share": pb.SHARE_FULL,
        "entity": pb.Entity(id="p-1", schema="Person"),
    }
    return pb.Answer(hits=[pb.Hit(**(plain | other))]).SerializeToString()


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("hit.reference", {"reference": ""}),
        ("hit.score", {"score": 1.1}),
        ("hit.score", {"score": -0.1}),
        ("hit.score", {"score": float("nan")}),
        ("hit.share", {"share": pb.SHARE_UNSPECIFIED}),
        ("hit.share", {"share": 9}),
        ("hit.entity", {"share": pb.SHARE_HIT}),
        ("hit.entity", {"entity": None}),
        ("entity.schema", {"entity": pb.Entity(id="p-1")}),
        (
            "entity.properties",
            {
                "entity": pb.Entity(
                    schema="Person", properties=[pb.Property(name="name"), pb.Property(name="name")]
                )
            },
        ),
        ("reason.points", {"reasons": [pb.Reason(points=float("inf"))]}),
        ("marking.review_on", {"marking": pb.Marking(review_on="soon")}),
        ("marking.topic", {"marking": pb.Marking(topic="drugs\x1b[2J")}),
        ("marking.handling", {"marking": pb.Marking(handling=["H1\n"])}),
        ("reason.feature", {"reasons": [pb.Reason(feature="x" * (WORD + 1))]}),
        (
            "property.name",
            {"entity": pb.Entity(schema="Person", properties=[pb.Property(name="a\r")])},
        ),
    ],
)
def test_an_answer_that_makes_no_sense_names_its_field(field: str, other: dict[str, Any]) -> None:
    body = an_answer(**other)

    with pytest.raises(InvalidError, match=field):
        wire.answer_from(body, Q, LV)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("Viktor\x1b[2J\x1b]0;owned\x07", "Viktor\ufffd[2J\ufffd]0;owned\ufffd"),
        ("Viktor\nEE  answered", "Viktor\ufffdEE  answered"),
        ("\u202eroktiV", "\ufffdroktiV"),
        ("Али\u200cреза Ōzoliņš", "Али\u200cреза Ōzoliņš"),
    ],
)
def test_what_acts_on_a_screen_in_somebodys_record_arrives_as_a_mark_of_it(
    sent: str, read: str
) -> None:
    entity = pb.Entity(
        id=sent, schema="Person", properties=[pb.Property(name="name", values=[sent])]
    )
    marking = pb.Marking(handling_text=sent)
    reasons = [pb.Reason(feature="name", text=sent)]
    body = an_answer(entity=entity, marking=marking, reasons=reasons)

    [hit_] = wire.answer_from(body, Q, LV).hits

    assert hit_.entity
    assert hit_.marking
    assert (hit_.entity.id, hit_.entity.all("name")) == (read, (read,))
    assert (hit_.marking.handling_text, hit_.reasons[0].text) == (read, read)


def test_an_answer_with_too_many_hits_is_refused() -> None:
    body = pb.Answer(hits=[pb.Hit()] * (HITS + 1)).SerializeToString()

    with pytest.raises(InvalidError, match="hits must hold at most 100"):
        wire.answer_from(body, Q, LV)


def test_an_index_from_the_future_is_refused() -> None:
    body = pb.Answer(index_age_s=-1).SerializeToString()

    with pytest.raises(InvalidError, match="index_age_s"):
        wire.answer_from(body, Q, LV)


def test_whom_else_a_record_is_shared_with_does_not_travel() -> None:
    marking = Marking(
        share=Share.FULL,
        audience=frozenset({"EE", "group:baltic"}),
        handling=frozenset({"H1"}),
        review_on=date(2027, 1, 31),
    )
    body = wire.answer_to(Answer(Q, LV, (replace(hit(LV), marking=marking),)))

    read = wire.answer_from(body, Q, LV).hits[0].marking

    assert read == replace(marking, share=Share.HIDDEN, audience=frozenset(), owner=LV)
    assert b"baltic" not in body


def test_an_answer_that_grows_too_long_keeps_every_hit_and_says_so() -> None:
    full = tuple(
        replace(hit(LV, size=20_000), reference=Reference(f"r-{number}")) for number in range(HITS)
    )

    body = wire.answer_to(Answer(Q, LV, full))

    read = wire.answer_from(body, Q, LV)
    shares = [one.share for one in read.hits]
    fitting = shares.count(Share.FULL)
    assert read.is_truncated
    assert [one.reference for one in read.hits] == [one.reference for one in full]
    assert shares == [Share.FULL] * fitting + [Share.HIT] * (HITS - fitting)
    assert ANSWER_BYTES - 25_000 < len(body) <= ANSWER_BYTES


@given(st.lists(st.integers(0, 100_000), max_size=HITS))
def test_no_answer_is_longer_than_an_answer_may_be(sizes: list[int]) -> None:
    hits = tuple(hit(LV, size) for size in sizes)

    body = wire.answer_to(Answer(Q, LV, hits))

    assert len(body) <= ANSWER_BYTES


def test_more_hits_than_an_answer_holds_are_left_out_and_said_so() -> None:
    hits = (replace(hit(LV), share=Share.HIT, entity=None, marking=None),) * (HITS + 1)

    read = wire.answer_from(wire.answer_to(Answer(Q, LV, hits)), Q, LV)

    assert len(read.hits) == HITS
    assert read.is_truncated
