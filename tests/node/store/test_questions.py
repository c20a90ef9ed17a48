"""Questions: the seal for good, the text until its retention ends."""

from datetime import timedelta

from federation.messages import MemberId, QuestionId
from federation.seal import Sealed
from node import store
from tests.node.store.shelf import NOW, Shelf

LV, LT, Q1 = MemberId("LV"), MemberId("LT"), QuestionId("Q-1")
SEALED = Sealed(b"a statement", "a key", b"a signature", b"who is Anna?")
WEEK = timedelta(days=7)


def kept(shelf: Shelf, sender: MemberId = LV, id: QuestionId = Q1) -> Sealed | None:
    with shelf.store.view() as view:
        return store.questions.get(view, sender, id)


def test_a_question_comes_back_as_it_was_sealed(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        store.questions.keep(tx, LV, Q1, SEALED, expires_at=NOW + WEEK)

    assert kept(shelf) == SEALED
    assert (kept(shelf, LT), kept(shelf, id=QuestionId("Q-2"))) == (None, None)


def test_a_question_is_never_overwritten(shelf: Shelf) -> None:
    another = Sealed(b"another", "a key", b"a signature", b"something else")
    with shelf.store.write() as tx:
        store.questions.keep(tx, LV, Q1, SEALED, expires_at=NOW + WEEK)
        store.questions.keep(tx, LV, Q1, another, expires_at=NOW + WEEK)
        store.questions.keep(tx, LT, Q1, another, expires_at=NOW + WEEK)

    assert (kept(shelf), kept(shelf, LT)) == (SEALED, another)


def test_the_text_is_erased_when_its_time_is_over_and_the_seal_stays(shelf: Shelf) -> None:
    with shelf.store.write() as tx:
        store.questions.keep(tx, LV, Q1, SEALED, expires_at=NOW + WEEK)
        store.questions.keep(tx, LT, Q1, SEALED, expires_at=NOW + 2 * WEEK)
    shelf.now += WEEK

    with shelf.store.write() as tx:
        erased = [store.questions.erase_expired(tx) for _ in range(2)]

    assert erased == [1, 0]
    assert kept(shelf) == Sealed(b"a statement", "a key", b"a signature", b"")
    assert kept(shelf, LT) == SEALED
