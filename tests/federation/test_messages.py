import pytest

from federation.messages import Answer, Entity, Gathered, Outcome, OutcomeKind, QuestionId
from tests.federation.world import EE, LV

Q = QuestionId("q-1")


@pytest.mark.parametrize(
    ("kind", "is_complete"), [(kind, kind is OutcomeKind.ANSWERED) for kind in OutcomeKind]
)
def test_only_an_answer_from_everybody_looks_complete(kind: OutcomeKind, is_complete: bool) -> None:
    outcomes = Outcome(EE, OutcomeKind.ANSWERED, 3, Answer(Q, EE)), Outcome(LV, kind, 3)

    gathered = Gathered(Q, (), outcomes)

    assert gathered.is_complete is is_complete


@pytest.mark.parametrize(
    ("properties", "caption"),
    [
        ({"name": ("Anna Nowak", "A. Nowak"), "alias": ("Ania",)}, "Anna Nowak"),
        ({"registrationNumber": ("123 ABC",)}, "123 ABC"),
        ({"name": ()}, "id-1"),
    ],
)
def test_a_thing_is_called_by_its_first_name_else_by_its_id(
    properties: dict[str, tuple[str, ...]], caption: str
) -> None:
    entity = Entity("id-1", "Thing", properties)

    called = entity.caption

    assert called == caption
    assert entity.all("alias") == properties.get("alias", ())
