"""The way out: words checked before anything, and what came back written down."""

import pytest

from federation.errors import InvalidError, TooWideError
from federation.messages import Asker, Detail, PersonId, Question, QuestionId, Reference, Sought
from node.wording import check_words
from tests.world import World


def question(**differs: object) -> Question:
    said: dict[str, object] = {
        "id": QuestionId("Q-1"),
        "asker": Asker(PersonId("somebody"), "analyst"),
        "case": "CASE-1",
        "purpose": "investigation",
        "seeks": Sought(name="Anna Nowak"),
    }
    return Question(**(said | differs))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("differs", "named"),
    [
        ({"case": "  "}, "--case"),
        ({"purpose": "curiosity"}, "--purpose"),
        ({"topic": "gossip"}, "--topic"),
        ({"seeks": Sought(name="Anna Nowak", kind="ghost")}, "--kind"),
        ({"seeks": Sought(name="Anna Nowak", birth_date="3 May")}, "1970"),
    ],
)
def test_a_word_that_no_list_knows_is_named(differs: dict[str, object], named: str) -> None:
    with pytest.raises(InvalidError, match=named):
        check_words(question(**differs))


def test_too_little_to_go_on_is_too_wide() -> None:
    with pytest.raises(TooWideError):
        check_words(question(seeks=Sought(name="Anna")))


@pytest.mark.parametrize("differs", [{}, {"topic": "drugs"}, {"seeks": Detail(Reference("r"))}])
def test_a_question_that_says_enough_may_be_asked(differs: dict[str, object]) -> None:
    check_words(question(**differs))


def test_who_came_back_with_what_is_written_down(world: World) -> None:
    world["lv"].holds("Anna Nowak")
    world["pl"].stop()

    found = world["ee"].search("Anna Nowak")

    gathered = world["ee"].last_audit
    assert gathered.event == "gathered"
    assert gathered.counts == {"EE answered": 0, "LV answered": 1, "PL unreachable": 0}
    assert gathered.records == (f"LV {found.hits_from('lv')[0].reference}",)
