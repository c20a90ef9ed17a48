"""Stories of two members that compare their books: what agrees, what is explained, who may."""

from datetime import timedelta

import pytest

from federation import wire
from federation.accounts import Account, Book, Inquiry
from federation.errors import InvalidError
from federation.messages import Asker, MemberId, OutcomeKind, PersonId, Question, QuestionId, Sought
from node import app, store
from node.audit import Entry, Operation
from node.reconciling.comparing import NOT_IN_LOG
from node.reconciling.differences import What
from node.store.exchanges import Reply
from tests.flows.books import (
    AUDITOR,
    EE,
    LV,
    PL,
    Compared,
    edited,
    reconciled,
)
from tests.world import World, eventually

DONE = Entry(operation=Operation.ADMINISTRATION, event="done")


def test_books_that_nobody_touched_agree_both_ways_and_every_line_is_proven(world: World) -> None:
    compared = reconciled(world["ee"], LV)

    assert compared.findings == []
    result = compared.result
    assert (result.outcome, result.doubt, result.gaps) == (OutcomeKind.ANSWERED, "", 0)
    assert result.agreed == {Book.ASKED: 1, Book.HEARD: 1, Book.SENT: 2, Book.TAKEN: 3}
    assert result.proven == 7
    assert reconciled(world["lv"], EE).result.agreed[Book.SENT] == 3


def test_what_we_lost_ourselves_is_a_gap_and_the_other_side_shows_our_seal(world: World) -> None:
    edited(world["ee"], "DELETE FROM exchange WHERE member = 'LV' AND book = 'asked'")

    compared = reconciled(world["ee"], LV)

    assert compared.gaps == [("asked", What.NOT_ASKED)]
    assert compared.findings[0].sealed_by == "EE"


def test_a_question_under_our_stolen_key_is_found_in_the_books_of_whoever_was_asked(
    world: World,
) -> None:
    question = Question(
        QuestionId(app.new_id()), Asker(PersonId("x"), "analyst"), "C", "detection", Sought("Ann B")
    )
    world.run(world["ee"].up.fanout.ask(question, [LV], timeout_s=5))

    compared = reconciled(world["ee"], LV)

    assert compared.gaps == [("asked", What.NOT_ASKED)]
    (finding,) = compared.findings
    assert finding.sealed_by == "EE"
    assert finding.difference.met is not None
    assert finding.difference.met.id == question.id


def test_an_invented_question_shows_no_seal_of_ours(world: World) -> None:
    edited(
        world["lv"],
        "INSERT INTO exchange SELECT member, book, at, 1, 'q-made-up', word, said, answer, theirs"
        " FROM exchange WHERE member = 'EE' AND book = 'heard'",
        "INSERT INTO question SELECT sender, 'q-made-up', statement, key_id, signature, body,"
        " expires_at FROM question WHERE sender = 'EE'",
    )

    (finding,) = reconciled(world["ee"], LV).findings

    assert (finding.difference.what, finding.sealed_by) == (What.NOT_ASKED, "")


def test_a_call_that_failed_is_no_gap(world: World) -> None:
    world["lv"].stop()
    world["ee"].search("Anna Nowak", to=["lv"], timeout_s=0.5)
    world["lv"].start()

    compared = eventually(lambda: _answered(world))
    assert compared is not None

    assert compared.gaps == []
    assert compared.explained == [("asked", What.CALL_FAILED)]


def _answered(world: World) -> Compared | None:
    """Estonia's comparison with Latvia, once that can be reached again."""
    compared = reconciled(world["ee"], LV)
    return compared if compared.result.outcome is OutcomeKind.ANSWERED else None


def test_a_reply_that_was_lost_is_named_as_that_by_both_sides(world: World) -> None:
    edited(
        world["ee"],
        "UPDATE exchange SET word = 'late', answer = '', theirs = 0"
        " WHERE member = 'LV' AND book = 'asked'",
    )

    assert reconciled(world["ee"], LV).explained == [("asked", What.REPLY_LOST)]
    assert reconciled(world["lv"], EE).explained == [("heard", What.REPLY_LOST)]


def test_a_question_that_was_never_gathered_is_under_way_and_then_left_over(world: World) -> None:
    edited(
        world["ee"],
        "UPDATE exchange SET word = '', answer = '', theirs = 0"
        " WHERE member = 'LV' AND book = 'asked'",
    )

    assert reconciled(world["ee"], LV).explained == [("asked", What.IN_FLIGHT)]
    world.clock.turn(hours=2)
    assert reconciled(world["ee"], LV).explained == [("asked", What.NOT_GATHERED)]


def test_a_receipt_that_was_lost_and_a_notice_that_waits_are_no_gaps(world: World) -> None:
    edited(world["ee"], "UPDATE mail_out SET state = 'waiting' WHERE member = 'LV'")
    edited(world["lv"], "DELETE FROM mail_in WHERE member = 'EE' AND sequence = 1")

    assert set(reconciled(world["ee"], LV).explained) == {
        ("sent", What.NO_LONGER_HELD),
        ("sent", What.RECEIPT_LOST),
    }
    edited(world["lv"], "UPDATE lane SET received = 0 WHERE member = 'EE'")
    assert ("sent", What.IN_FLIGHT) in reconciled(world["ee"], LV).explained


def test_a_question_that_was_refused_is_in_both_books_and_agrees(world: World) -> None:
    found = world["ee"].search("Anna Nowak", to=["lv"], purpose="prevention", role="analyst")
    assert found.is_complete
    question = Question(
        QuestionId(app.new_id()), Asker(PersonId("x"), "dpo"), "C", "detection", Sought("Ann B")
    )
    with world["ee"].up.store.write() as tx:
        store.exchanges.ask(tx, [LV], store.audit.append(tx, DONE), question.id, "")
    [outcome] = world.run(world["ee"].up.fanout.ask(question, [LV], timeout_s=5))
    with world["ee"].up.store.write() as tx:
        store.exchanges.gather(tx, LV, question.id, Reply(outcome.kind))

    assert outcome.kind is OutcomeKind.REFUSED
    assert reconciled(world["ee"], LV).result.agreed[Book.ASKED] == 3
    assert reconciled(world["ee"], LV).findings == []


def test_the_same_question_again_is_refused_there_and_no_second_question_here(
    world: World,
) -> None:
    with world["ee"].up.store.view() as view:
        (asked, *_) = store.exchanges.questions(
            view,
            LV,
            Book.ASKED,
            since=world.clock() - timedelta(days=1),
            until=world.clock(),
            most=-1,
        )
    question = Question(
        QuestionId(asked.id), Asker(PersonId("x"), "analyst"), "C", "detection", Sought("Ann B")
    )
    line = world["ee"].up.fanout._lines.to(LV)
    body = wire.question_to(question)

    outcome = world.run(line.ask(question.id, body, timeout_s=5))
    world.clock.turn(hours=3)
    world.run(line.ask(question.id, body, timeout_s=5))

    assert outcome.kind is OutcomeKind.REFUSED
    assert reconciled(world["ee"], LV).gaps == []
    assert reconciled(world["lv"], EE).gaps == []


def _shown(world: World, book: Book, *, to: str = "ee", after: int = 0) -> Account:
    """A page of Latvia's books, as another member is shown it."""
    now = world.clock()
    since, until = now - timedelta(days=1), now + timedelta(days=1)
    inquiry = Inquiry(AUDITOR, book, since, until, after=after, through=99)
    fanout = world[to].up.fanout
    found = world.run(fanout.account(LV, app.new_id(), inquiry, timeout_s=5))
    assert isinstance(found, Account)
    return found


def test_a_member_is_shown_nothing_but_its_own_traffic(world: World) -> None:
    every = {book: _shown(world, book) for book in Book}

    with world["lv"].up.store.view() as view:
        poles = [
            one.id
            for book in (Book.ASKED, Book.HEARD)
            for one in store.exchanges.questions(
                view,
                PL,
                book,
                since=world.clock() - timedelta(days=1),
                until=world.clock(),
                most=-1,
            )
        ]
    assert len(poles) == 2  # the search of all members is one question to each of them
    heard = {one.id for one in every[Book.HEARD].lines}
    assert heard.isdisjoint(set(poles) - {one.id for one in every[Book.ASKED].lines})
    for book in (Book.SENT, Book.TAKEN):
        for line in every[book].lines:
            assert line.kept is not None
            assert b'"PL"' not in line.kept.statement
    assert {one.word for one in every[Book.HEARD].lines} == {"answered"}


def test_long_books_are_compared_page_by_page(world: World) -> None:
    for begun, book in ((world["ee"], Book.ASKED), (world["lv"], Book.HEARD)):
        with begun.up.store.write() as tx:
            for number in range(450):
                entry = store.audit.append(tx, DONE)
                if book is Book.ASKED:
                    id = QuestionId(f"long-{number}")
                    store.exchanges.ask(tx, [LV], entry, id, "")
                    store.exchanges.gather(tx, LV, id, Reply("answered", "ab", 0))
                else:
                    store.exchanges.hear(tx, EE, entry, f"long-{number}", Reply("answered", "ab"))
    edited(world["lv"], "DELETE FROM exchange WHERE question = 'long-300'")

    compared = reconciled(world["ee"], LV)

    unshown = [one for one in compared.gaps if one != ("asked", What.NOT_SHOWN)]
    assert unshown == [("asked", What.NOT_RECORDED)]
    assert compared.result.proven == 7 + 449


def test_a_log_that_was_put_back_is_not_believed(world: World) -> None:
    world["ee"].up.post.delivery.queued(LV)
    world["lv"].up.post.delivery.queued(EE)
    eventually(lambda: _is_witnessed(world))
    edited(world["ee"], "UPDATE witnessed SET size = size + 50000 WHERE member = 'LV'")

    result = reconciled(world["ee"], LV).result

    assert result.doubt == "rolled-back"
    assert "log doubted: rolled-back" in [one.event for one in world["ee"].audit]


def test_a_log_that_was_rewritten_is_not_believed(world: World) -> None:
    world["ee"].up.post.delivery.queued(LV)
    world["lv"].up.post.delivery.queued(EE)
    eventually(lambda: _is_witnessed(world))
    edited(world["ee"], "UPDATE witnessed SET root = zeroblob(32) WHERE member = 'LV'")

    result = reconciled(world["ee"], LV).result

    assert result.doubt == "forked"


def test_a_line_that_is_not_in_the_signed_log_is_not_believed(world: World) -> None:
    with world["lv"].up.store.view() as view:
        entry = next(
            row.seq for row in store.audit.read(view) if b'"answered","person":"first"' in row.data
        )
    edited(
        world["lv"],
        "CREATE TABLE hashes AS SELECT seq, hash FROM audit",
        f"UPDATE audit SET hash = zeroblob(32) WHERE seq = {entry}",  # noqa: S608 - a number
    )

    result = reconciled(world["ee"], LV).result

    edited(
        world["lv"],
        "UPDATE audit SET hash = (SELECT hash FROM hashes h WHERE h.seq = audit.seq)"
        " WHERE seq IN (SELECT seq FROM hashes)",
        "DROP TABLE hashes",
    )
    assert (result.doubt, result.doubted_at) == (NOT_IN_LOG, entry)


def _is_witnessed(world: World) -> bool:
    world.clock.turn(seconds=1)
    with world["ee"].up.store.view() as view:
        return store.witness.witnessed(view, LV) is not None


def test_books_are_shown_so_often_in_an_hour_and_each_inquiry_once(world: World) -> None:
    now = world.clock()
    inquiry = Inquiry(AUDITOR, Book.HEARD, now - timedelta(days=1), now)
    accounting = world["lv"].up.doors._step.books
    fanout, id = world["ee"].up.fanout, app.new_id()

    def shown(id: str) -> bool:
        return isinstance(world.run(fanout.account(LV, id, inquiry, timeout_s=5)), Account)

    assert (shown(id), shown(id)) == (True, False)
    object.__setattr__(accounting, "quota_per_hour", 2)
    assert (shown(app.new_id()), shown(app.new_id())) == (True, False)
    world.clock.turn(hours=2)
    assert shown(app.new_id())


@pytest.mark.parametrize(
    ("member", "days"), [(EE, 30), (MemberId("XX"), 30), (LV, -2), (LV, 4_000)]
)
def test_books_are_compared_with_another_member_from_a_day_to_a_later_one_within_ten_years(
    world: World, member: MemberId, days: int
) -> None:
    with pytest.raises(InvalidError):
        reconciled(world["ee"], member, days=days)


def test_what_is_outside_of_the_period_is_not_compared(world: World) -> None:
    edited(world["lv"], "DELETE FROM exchange WHERE member = 'EE'")
    began = world.clock()
    world.clock.turn(days=40)

    compared = reconciled(world["ee"], LV, days=30)

    assert compared.findings == []
    assert world.clock() - began > timedelta(days=30)
    assert sum(compared.result.agreed.values()) == 0
