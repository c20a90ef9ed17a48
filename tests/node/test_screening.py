"""Screening: one operation through the gate, written down part by part, gone on with if cut."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from federation.errors import InvalidError, RefusedError, UnreadableError
from federation.messages import Asker, PersonId, Question, QuestionId, Sought
from node import app, screening, store
from node.audit import Operation
from node.screening import Begun, List, Part, Screened
from node.searchers import Searchers
from tests.world import Place, World, federation

NOWAK = {"qid": "1", "name": "Anna Nowak"}


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia alone: a screening asks nobody else."""
    with federation("EE") as running:
        yield running


@pytest.fixture
def place(world: World) -> Place:
    return world["ee"]


@dataclass
class Done:
    """Every step of a screening."""

    steps: list[Begun | Part | Screened]

    @property
    def answers(self) -> list[dict[str, Any]]:
        lines = b"".join(step.lines for step in self.steps if isinstance(step, Part))
        return [json.loads(line) for line in lines.splitlines()]

    @property
    def begun(self) -> Begun:
        first = self.steps[0]
        assert isinstance(first, Begun)
        return first

    @property
    def result(self) -> Screened:
        last = self.steps[-1]
        assert isinstance(last, Screened)
        return last


def listed(tmp_path: Path, *rows: object, **how: Any) -> List:
    file = tmp_path / "list.jsonl"
    texts = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return List(file, **how)


def asked(**other: Any) -> Question:
    question = Question(
        id=QuestionId(app.new_id()),
        asker=Asker(PersonId("ann"), "analyst"),
        case="CASE-1",
        purpose="investigation",
        seeks=Sought(),
        limit=5,
    )
    return replace(question, **other)


def screened(place: Place, list_: List, question: Question | None = None) -> Done:
    return Done(list(place.desk.screening.screen(list_, question or asked())))


def entries(place: Place) -> Sequence[Any]:
    """What the log says of screenings."""
    return [one for one in place.audit if "screen" in one.event]


def test_every_row_has_its_answer_in_order(place: Place, tmp_path: Path) -> None:
    place.holds("Anna Nowak", id="P-1", birthDate="1970")

    done = screened(place, listed(tmp_path, {"qid": "a", "name": "Jan Kowalski"}, "", NOWAK))

    first, second = done.answers
    assert (first["line"], first["qid"], first["hits"]) == (1, "a", [])
    assert (second["line"], second["qid"]) == (3, "1")
    (hit,) = second["hits"]
    assert (hit["node"], hit["id"], hit["caption"], hit["strong"]) == (
        "EE", "P-1", "Anna Nowak", True,
    )  # fmt: skip
    assert hit["reasons"]
    assert {one["screening"] for one in done.answers} == {done.begun.screening}


def test_a_row_is_found_and_scored_as_by_a_search(place: Place, tmp_path: Path) -> None:
    for number, name in enumerate(("Anna Nowak", "Anna Nowacka", "Hanna Nowak")):
        place.holds(name, id=f"P-{number}", birthDate="1970-05-03")
    row = NOWAK | {"dob": "1970", "kind": "person"}

    (answer,) = screened(place, listed(tmp_path, row)).answers

    hits = place.search("Anna Nowak", birth_date="1970", kind="person", limit=5).gathered.hits
    # Of equal scores another one may come first where several members' hits are merged.
    assert {(hit["id"], hit["score"], hit["ref"]) for hit in answer["hits"]} == {
        (hit.entity.id, round(hit.score, 4), hit.reference) for hit in hits if hit.entity
    }
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert len(hits) > 1


def test_our_own_people_see_what_is_hidden_from_others(place: Place, tmp_path: Path) -> None:
    place.holds("Anna Nowak", share="hidden", audience=())

    (answer,) = screened(place, listed(tmp_path, NOWAK)).answers

    assert [hit["caption"] for hit in answer["hits"]] == ["Anna Nowak"]


def test_one_operation_is_written_down_from_its_beginning_to_its_counts(
    place: Place, tmp_path: Path
) -> None:
    place.holds("Anna Nowak", id="P-1")
    place.holds("Anna Nowak", id="P-2")

    done = screened(place, listed(tmp_path, NOWAK, {"name": "Anna"}, {"name": "Jan Kowalski"}))

    began, part, ended = entries(place)
    assert (began.event, part.event, ended.event) == (
        "screening began", "screened", "screening ended",
    )  # fmt: skip
    for entry in (began, part, ended):
        assert entry.operation is Operation.CONSULTATION
        assert (entry.person, entry.role, entry.case) == ("ann", "analyst", "CASE-1")
        assert (entry.question, entry.purpose) == (done.begun.screening, "investigation")
        assert entry.question_digest == began.question_digest != ""
    assert began.counts == {"rows": 3, "answered": 0}
    assert part.counts == {"first": 1, "rows": 3, "rejected": 1, "hits": 2, "strong": 2}
    assert ended.counts == {"rows": 3, "rejected": 1, "hits": 2, "strong": 2}
    with place.up.store.view() as view:
        held = {
            one.record.id for one in store.records.by_source(view, "tests", ["P-1", "P-2"]).values()
        }
    assert set(part.records) == held
    assert (began.records, ended.records) == ((), ())


def test_that_it_began_is_on_disk_before_anything_is_looked_at(
    place: Place, tmp_path: Path
) -> None:
    started: list[tuple[int, int]] = []
    house = place.desk.screening

    def watched(most: int, limit: int) -> Searchers:
        started.append((most, limit))
        return house.searchers(most, limit)

    steps = replace(house, searchers=watched).screen(listed(tmp_path, NOWAK), asked())

    next(steps)
    before = (list(started), [one.event for one in entries(place)])
    list(steps)

    assert before == ([], ["screening began"])
    assert started == [(1, 5)]


def test_a_row_that_cannot_be_asked_is_listed_and_stops_nothing(
    place: Place, tmp_path: Path
) -> None:
    place.holds("Anna Nowak")
    bad = ({"qid": "w", "name": "Anna"}, "{broken", {"name": "Anna Nowak", "kind": "dragon"})

    done = screened(place, listed(tmp_path, *bad, NOWAK))

    assert [bool(answer.get("error")) for answer in done.answers] == [True, True, True, False]
    assert "hits" not in done.answers[0]
    assert done.result.counts.rejected == 3
    assert done.result.rejects is not None
    told = [json.loads(line) for line in done.result.rejects.read_text().splitlines()]
    assert [one["line"] for one in told] == [1, 2, 3]
    assert [one["reason"] for one in told] == [one["error"] for one in done.answers[:3]]


def test_strong_hits_alone_are_shown_and_written_down_when_asked_for(
    place: Place, tmp_path: Path
) -> None:
    place.holds("Anna Nowak", id="P-1")
    place.holds("Anna Kowalska", id="P-2")

    every = screened(place, listed(tmp_path, NOWAK)).answers[0]["hits"]
    strong = screened(place, listed(tmp_path, NOWAK, is_strong_only=True)).answers[0]["hits"]

    assert [hit["id"] for hit in every] == ["P-1", "P-2"]
    assert [hit["id"] for hit in strong] == ["P-1"]
    assert len(entries(place)[-2].records) == 1


@pytest.mark.parametrize(
    "why",
    [{"case": " "}, {"purpose": "fun"}, {"topic": "gossip"}, {"limit": 0}, {"limit": 101}],
)
def test_a_screening_without_a_known_reason_does_not_begin(
    place: Place, tmp_path: Path, why: dict[str, Any]
) -> None:
    with pytest.raises(InvalidError):
        screened(place, listed(tmp_path, NOWAK), asked(**why))

    assert entries(place) == []


def test_what_policy_refuses_is_written_down_and_nothing_is_read(
    place: Place, tmp_path: Path
) -> None:
    place.holds("Anna Nowak")
    question = asked(asker=Asker(PersonId("ann"), "auditor"))

    with pytest.raises(RefusedError):
        screened(place, listed(tmp_path, NOWAK), question)

    (entry,) = entries(place)
    assert (entry.operation, entry.event) == (Operation.REFUSAL, "not screened")
    assert entry.ground
    assert (entry.records, entry.question) == ((), question.id)


@pytest.mark.parametrize(
    ("rows", "fault"), [((), InvalidError), (("{broken", "{again"), UnreadableError)]
)
def test_a_list_that_is_none_does_not_begin(
    place: Place, tmp_path: Path, rows: tuple[str, ...], fault: type[Exception]
) -> None:
    with pytest.raises(fault):
        screened(place, listed(tmp_path, *rows))

    assert entries(place) == []


def test_a_keyed_digest_is_the_same_for_the_same_list_under_one_key_alone() -> None:
    assert screening.keyed(b"a", b"a list") == screening.keyed(b"a", b"a list")
    assert screening.keyed(b"a", b"a list") != screening.keyed(b"b", b"a list")
    assert screening.keyed(b"a", b"a list") != screening.keyed(b"a", b"another")


class Cut:
    """A screening of many rows that is cut off after its second part."""

    def __init__(self, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(screening, "PART_ROWS", 10)
        place.holds("Anna Nowak")
        bad = {"qid": "w", "name": "Anna"}
        self.rows = [{"qid": str(n), "name": "Anna Nowak"} if n % 7 else bad for n in range(45)]
        self.list = listed(tmp_path, *self.rows)
        steps = place.desk.screening.screen(self.list, asked())
        self.done = Done([next(steps), next(steps), next(steps)])
        steps.close()

    def rest(self, answered: int) -> List:
        """What is left when so many answers are there."""
        return replace(self.list, answered=answered, screening=self.done.begun.screening)


@pytest.fixture
def cut(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cut:
    return Cut(place, tmp_path, monkeypatch)


def test_what_was_cut_off_goes_on_behind_the_last_answered_part(place: Place, cut: Cut) -> None:
    rest = screened(place, cut.rest(20))

    assert rest.begun == Begun(cut.done.begun.screening, 45, 20)
    assert [answer["line"] for answer in cut.done.answers + rest.answers] == list(range(1, 46))
    assert rest.result.counts.rows == 45
    assert rest.result.counts.rejected == 7
    events = [one.event for one in entries(place)]
    assert events.count("screening began") == events.count("screening ended") == 1
    assert events.count("screening resumed") == 1
    assert [one.counts["first"] for one in entries(place) if one.event == "screened"] == [
        1, 11, 21, 31, 41,
    ]  # fmt: skip


def test_a_part_of_which_answers_were_lost_is_answered_again_and_counted_once(
    place: Place, cut: Cut
) -> None:
    rest = screened(place, cut.rest(17))

    assert rest.begun.answered == 10
    assert [answer["line"] for answer in rest.answers] == list(range(11, 46))
    counts = rest.result.counts
    assert (counts.rows, counts.rejected, counts.hits) == (45, 7, 38)
    firsts = [one.counts["first"] for one in entries(place) if one.event == "screened"]
    assert firsts == [1, 11, 11, 21, 31, 41]


def test_what_was_cut_off_before_its_first_answer_came_is_the_same_screening(
    place: Place, cut: Cut
) -> None:
    again = screened(place, cut.list)

    assert again.begun == Begun(cut.done.begun.screening, 45, 0)
    assert again.result.counts.rows == 45


def test_what_has_ended_is_told_again_and_not_screened_again(place: Place, cut: Cut) -> None:
    first = screened(place, cut.rest(20))
    before = len(place.audit)

    again = screened(place, cut.rest(45))

    assert again.steps == [Begun(cut.done.begun.screening, 45, 45), first.result]
    assert len(place.audit) == before


def test_an_end_that_was_not_written_down_is(place: Place, cut: Cut) -> None:
    steps = place.desk.screening.screen(cut.rest(20), asked())
    for step in steps:
        if isinstance(step, Part) and step.answered == 45:
            break
    steps.close()

    screened(place, cut.rest(45))

    assert [one.event for one in entries(place)][-2:] == ["screening resumed", "screening ended"]


def test_answers_of_another_list_or_question_are_not_gone_on_with(
    place: Place, cut: Cut, tmp_path: Path
) -> None:
    before = len(place.audit)
    for list_, question in (
        (cut.rest(20), asked(case="CASE-2")),
        (cut.rest(20), asked(asker=Asker(PersonId("bob"), "analyst"))),
        (replace(cut.rest(20), screening="S-1"), asked()),
        (replace(cut.rest(20), is_strong_only=True), asked()),
        (listed(tmp_path, *cut.rows, NOWAK, answered=20, screening=cut.rest(0).screening), asked()),
    ):
        with pytest.raises(InvalidError, match="--out"):
            screened(place, list_, question)

    assert len(place.audit) == before


def test_a_part_is_short_where_much_is_found(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "PART_HITS", 4)
    for number in range(3):
        place.holds("Anna Nowak", id=f"P-{number}")

    screened(place, listed(tmp_path, *[NOWAK] * 5))

    parts = [one for one in entries(place) if one.event == "screened"]
    assert [one.counts["rows"] for one in parts] == [2, 2, 1]
    assert [len(one.records) for one in parts] == [3, 3, 3]
