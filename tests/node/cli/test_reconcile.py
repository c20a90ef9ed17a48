"""`amber audit reconcile`: one sentence for each difference, and an exit code that says enough."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from federation.messages import PersonId
from node.cli import reconcile
from node.people import Role
from node.reconciling.differences import What
from tests.shell import Shell
from tests.world import World


@pytest.fixture
def books(world: World) -> tuple[object, ...]:
    """The verb of Estonia's auditor, after Estonia asked Latvia and Latvia asked Estonia."""
    world["ee"].home.issue(PersonId("ada"), [Role.AUDITOR])
    world["ee"].search("Anna Nowak", to=["lv"])
    world["lv"].search("Anna Nowak", to=["ee"])
    return "-n", world["ee"].home.path, "audit", "reconcile", "--with", "lv"


def _edited(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "amber.db", timeout=10)) as database, database:
        assert database.execute(statement).rowcount


def test_books_that_agree_end_well(books: tuple[object, ...], shell: Shell) -> None:
    (result,) = shell.json(*books)
    words = shell(*books)

    assert (result["outcome"], result["gaps"], result["doubt"]) == ("answered", 0, "")
    assert result["agreed"] == {"asked": 1, "heard": 1, "sent": 0, "taken": 0}
    assert "agree on 1 questions to LV, 1 questions from LV" in words
    assert "2 lines of LV proven in its log" in words


def test_a_gap_is_named_in_words_and_is_a_failure(
    books: tuple[object, ...], world: World, shell: Shell
) -> None:
    _edited(world["lv"].home.path, "DELETE FROM exchange WHERE book = 'heard'")

    words = shell(*books, code=1)
    finding, result = shell.json(*books, code=1)

    assert words.startswith("gap: question ")
    assert ": we noted an answer and its place; LV noted no such question (under" not in words
    assert ": we noted an answer and its place; LV noted no such question." in words
    assert (finding["what"], finding["gap"], finding["theirs"]) == ("not-recorded", True, None)
    assert finding["ours"]["word"] == "answered"
    assert result["gaps"] == 1


def test_what_is_explained_is_no_failure(
    books: tuple[object, ...], world: World, shell: Shell
) -> None:
    _edited(world["ee"].home.path, "UPDATE exchange SET word = 'late' WHERE book = 'asked'")

    words = shell(*books)

    assert "explained: question " in words
    assert "LV noted it as answered; the reply did not come back: late (under the seal of EE)." in (
        words
    )


def test_a_member_that_is_away_leaves_the_comparison_partial(
    books: tuple[object, ...], world: World, shell: Shell
) -> None:
    world["lv"].stop()

    words = shell(*books, code=4)

    assert words.startswith("Not compared to the end: LV unreachable.")
    assert "agree" not in words


def test_what_was_compared_before_a_member_went_away_is_said_behind_that() -> None:
    counts = {"explained": 0, "gaps": 0, "proven": 3, "entries": 9, "unproven": 0}
    result = {"member": "LV", "outcome": "late", "reason": "", "agreed": {"asked": 3}, "doubt": ""}

    first, then, *_ = reconcile._of_result(result | counts).splitlines()

    assert first == "Not compared to the end: LV late."
    assert then.startswith("Both books agree on 3 questions to LV")
    assert then.endswith("as far as they were compared.")


def test_a_log_that_is_contradicted_is_not_trusted(
    books: tuple[object, ...], world: World, shell: Shell
) -> None:
    _edited(world["lv"].home.path, "UPDATE audit SET hash = zeroblob(32)")

    words = shell(*books, code=5)

    assert "Not trusted: " in words


def test_only_an_auditor_compares_books(world: World, shell: Shell) -> None:
    shell("-n", world["ee"].home.path, "audit", "reconcile", "--with", "lv", code=2)

    assert "auditor" in shell.err


@pytest.mark.parametrize("member", ["ee", "xx"])
def test_books_are_compared_with_another_member(
    books: tuple[object, ...], shell: Shell, member: str
) -> None:
    shell(*books[:-1], member, code=2)


def test_every_difference_has_its_sentence() -> None:
    assert set(reconcile._SENTENCES) == set(What)
