"""Letters: which leaves first, what is gathered in one, and what is remembered of each."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from node import store
from node.store.letters import Letter, Line, WayState
from tests.node.store.shelf import NOW, Shelf

LINE = Line(
    event="raised",
    alert="A-1",
    watch="W-1",
    member="LV",
    state="new",
    topic="drugs",
    purpose="investigation",
    is_urgent=False,
    score=0.875,
)
MINUTE = timedelta(minutes=1)


def put(shelf: Shelf, id: str, *, is_urgent: bool = False, wait: timedelta | None = None) -> None:
    with shelf.store.write() as tx:
        due_at = tx.now + (wait or timedelta(0))
        line = replace(LINE, alert=id)
        store.letters.put(
            tx, "webhook", id, line, due_at=due_at, is_urgent=is_urgent, is_open=bool(wait)
        )


def joined(shelf: Shelf, alert: str, *, most: int = 9) -> bool:
    with shelf.store.write() as tx:
        return store.letters.join(tx, "webhook", replace(LINE, alert=alert), most=most)


def take(shelf: Shelf) -> Letter | None:
    with shelf.store.write() as tx:
        return store.letters.take(tx, "webhook")


def ids(letters: Sequence[Letter | None]) -> list[str]:
    return [letter.id for letter in letters if letter]


def failed(shelf: Shelf, id: str, fault: str) -> None:
    with shelf.store.write() as tx:
        store.letters.failed(tx, id, fault)


def taken(shelf: Shelf, id: str, fault: str = "") -> None:
    with shelf.store.write() as tx:
        store.letters.taken(tx, id, fault=fault)


def state(shelf: Shelf) -> list[WayState]:
    with shelf.store.view() as view:
        return store.letters.states(view)


def drained(shelf: Shelf) -> list[str]:
    """Every letter in the order in which it leaves, each taken."""
    left = []
    while letter := take(shelf):
        left.append(letter.id)
        taken(shelf, letter.id)
    return left


def test_a_letter_comes_back_as_it_was_until_it_is_taken(shelf: Shelf) -> None:
    put(shelf, "L-1")

    whole = Letter("L-1", "webhook", False, NOW, (replace(LINE, alert="L-1"),))
    assert (take(shelf), take(shelf)) == (whole, whole)
    taken(shelf, "L-1")
    assert take(shelf) is None


def test_what_is_urgent_leaves_before_all_that_waits(shelf: Shelf) -> None:
    for id in ("L-1", "L-2"):
        put(shelf, id)
    put(shelf, "L-3", is_urgent=True)

    assert drained(shelf) == ["L-3", "L-1", "L-2"]


def test_what_was_refused_lets_all_others_go_first(shelf: Shelf) -> None:
    for id in ("L-1", "L-2", "L-3"):
        put(shelf, id, is_urgent=id == "L-1")
    failed(shelf, "L-1", "refused")
    failed(shelf, "L-2", "unreachable")

    assert drained(shelf) == ["L-3", "L-2", "L-1"]


def test_lines_join_a_letter_until_it_is_due_full_or_left(shelf: Shelf) -> None:
    put(shelf, "L-1", wait=MINUTE)
    assert joined(shelf, "A-2")
    assert not joined(shelf, "A-3", most=2)
    assert take(shelf) is None

    shelf.now += MINUTE
    assert not joined(shelf, "A-3")
    letter = take(shelf)
    shelf.now -= MINUTE

    assert letter is not None
    assert [line.alert for line in letter.lines] == ["L-1", "A-2"]
    assert not joined(shelf, "A-3"), "it left: it must say the same at each try"


def test_nothing_joins_a_letter_that_is_not_gathered(shelf: Shelf) -> None:
    put(shelf, "L-1")

    assert not joined(shelf, "A-2")


def test_a_way_says_how_it_stands(shelf: Shelf) -> None:
    for id in ("L-1", "L-2", "L-3"):
        put(shelf, id)
    taken(shelf, "L-1", "refused for some")
    failed(shelf, "L-2", "late")
    failed(shelf, "L-2", "unreachable")

    assert state(shelf) == [WayState("webhook", 2, 1, 2, "unreachable", NOW)]
    taken(shelf, "L-2")
    taken(shelf, "L-3")
    assert state(shelf) == [WayState("webhook", 0, 3)]


def test_what_was_taken_long_ago_is_forgotten_and_what_waits_is_not(shelf: Shelf) -> None:
    for id in ("L-1", "L-2"):
        put(shelf, id)
    taken(shelf, "L-1")
    shelf.now += MINUTE

    with shelf.store.write() as tx:
        assert store.letters.forget(tx, tx.now) == 1

    assert state(shelf) == [WayState("webhook", waiting=1, waiting_since=NOW)]
    assert ids([take(shelf)]) == ["L-2"]
