"""What is gathered does not depend on who answered first."""

from hypothesis import given
from hypothesis import strategies as st

from federation.messages import (
    Answer,
    Hit,
    MemberId,
    Outcome,
    OutcomeKind,
    QuestionId,
    Reference,
    Share,
)
from node.asking import merged

SCORES = st.lists(st.sampled_from([0.5, 0.7, 0.9, 1.0]), max_size=6)


def outcome(member: str, scores: list[float]) -> Outcome:
    hits = tuple(
        Hit(MemberId(member), Reference(f"{member}-{place}"), score, False, Share.HIT)
        for place, score in enumerate(scores)
    )
    answer = Answer(QuestionId("Q"), MemberId(member), hits)
    return Outcome(MemberId(member), OutcomeKind.ANSWERED, 1, answer)


@given(st.dictionaries(st.sampled_from(["EE", "LV", "PL", "FI"]), SCORES), st.randoms())
def test_merging_is_free_of_order(scores: dict[str, list[float]], chance: object) -> None:
    outcomes = [outcome(member, of) for member, of in scores.items()]
    shuffled = list(outcomes)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]

    assert merged(outcomes, 10) == merged(shuffled, 10)


@given(st.dictionaries(st.sampled_from(["EE", "LV", "PL", "FI"]), SCORES), st.integers(1, 20))
def test_the_best_hits_are_kept_best_first(scores: dict[str, list[float]], limit: int) -> None:
    hits = merged([outcome(member, of) for member, of in scores.items()], limit)

    best = sorted((score for of in scores.values() for score in of), reverse=True)
    assert [hit.score for hit in hits] == best[:limit]


def test_a_member_without_an_answer_adds_nothing() -> None:
    silent = Outcome(MemberId("LV"), OutcomeKind.LATE, 20_000)

    assert merged([silent, outcome("EE", [0.9])], 10) == merged([outcome("EE", [0.9])], 10)
