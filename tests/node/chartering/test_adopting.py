"""A charter in force reaches everybody: whoever missed it, came back, or has only half of it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation import charter
from federation.charter import Standing
from federation.errors import CharterError, InvalidError
from federation.messages import Receipt
from federation.votes import CharterAdopted
from node import store
from node.store.charters import Way
from tests.node.chartering.members import (
    ADMINISTRATOR,
    EE,
    FI,
    LT,
    LV,
    Federation,
    card,
    founded,
    own,
)

SUSPEND, BACK = {LT: Standing.SUSPENDED}, {LT: Standing.ACTIVE}


def decide(three: Federation, **amendment: Any) -> None:
    """EE proposes and LV signs."""
    listed = three[EE].proposes(**amendment)
    three.deliver()
    three[LV].signs(listed)
    three.deliver()


def test_whoever_was_away_catches_up_with_its_first_heartbeat(three: Federation) -> None:
    three[LT].is_up = False
    decide(three, threshold=1)
    decide(three, threshold=2)
    three[LT].is_up = True

    three.deliver()

    assert set(three.versions.values()) == {3}


def test_whom_nobody_reaches_hears_of_each_charter_in_reply_to_what_it_sends(
    three: Federation,
) -> None:
    three[LT].is_reached = False
    decide(three, threshold=1)
    decide(three, threshold=2)

    for _ in range(2):
        three.deliver()

    assert three[LT].version == 3


def test_whoever_brings_the_charter_that_comes_next_is_not_believed_for_it(
    three: Federation,
) -> None:
    three[EE].proposes(threshold=1)
    unsigned = three[EE].proposing.every()[0].proposed.document
    dispatch = three[LT].outbox.dispatch(LV)
    receipt = Receipt(dispatch.assigned, missed=CharterAdopted(unsigned))

    three[LT].outbox.taken(LV, receipt)
    three[LT].outbox.taken(LV, replace(receipt, missed=CharterAdopted(b"no charter")))

    assert three[LT].version == 1


def test_a_node_restored_from_yesterday_catches_up_with_anybody_and_says_so(
    three: Federation,
) -> None:
    three.deliver()
    copy = three[LT].copied()
    decide(three, threshold=1)
    decide(three, threshold=2)
    three.turn(hours=20)
    assert three[LT].version == 3

    three[LT].put_back(copy)
    three[EE].is_up = False
    assert three[LT].version == 1
    three.deliver()

    assert three[LT].version == 3
    caught = [one for one in three[LT].audit if one.event == "charter caught up"]
    assert [(one.peer, one.counts["version"]) for one in caught] == [(LV, 2), (LV, 3)]
    with three[LT].store.view() as view:
        missed = store.charters.last_missed(view)
    assert missed is not None
    assert (missed.version, missed.way, missed.member) == (3, Way.MISSED, LV)


def test_a_node_restored_from_a_moment_ago_says_so_and_one_that_is_a_little_late_does_not(
    three: Federation,
) -> None:
    copy = three[LT].copied()
    three[LT].is_reached = False  # it hears of each charter in reply to what it sends
    decide(three, threshold=1)
    for _ in range(2):
        three.deliver()
    assert three[LT].version == 2
    assert "charter caught up" not in three[LT].events

    three[LT].put_back(copy)
    for _ in range(2):
        three.deliver()

    assert three[LT].version == 2
    assert "charter caught up" in three[LT].events


def test_what_the_outbox_holds_no_longer_is_told_by_the_version_that_is_shown(
    three: Federation,
) -> None:
    copy = three[LT].copied()
    decide(three, threshold=1)
    decide(three, threshold=2)
    three.turn(hours=20)
    for id in (EE, LV):
        with three[id].store.write() as tx:
            store.mail.erase(tx, tx.now + timedelta(days=1))

    three[LT].put_back(copy)
    three[EE].is_up = False
    three.deliver()

    assert three[LT].version == 3
    assert "member told of charters that it missed" in three[LV].events
    assert three[LT].events.count("charter caught up") == 2


def test_what_was_missed_is_not_told_again_while_it_waits(three: Federation) -> None:
    decide(three, threshold=1)

    def waiting() -> int:
        """What waits for LT once it has shown EE charter 1 twice more."""
        with three[EE].store.write() as tx:
            for _ in range(2):
                three[EE].adopting.shown(tx, LT, 1)
            return store.mail.lane(tx, LT).waiting

    first = waiting()
    three.deliver()
    soon = waiting()
    three.turn(minutes=11)
    later = waiting()

    assert (first, soon, later) == (1, 0, 1)


def test_a_member_that_is_suspended_is_told_nothing_until_it_is_back(three: Federation) -> None:
    three[LT].is_up = False
    decide(three, standings=SUSPEND)
    decide(three, life=timedelta(days=20))
    three[LT].is_up = True
    three.deliver()
    assert three.versions == {EE: 3, LV: 3, LT: 1}

    decide(three, standings=BACK)

    assert set(three.versions.values()) == {4}
    assert three[EE].reinstated == three[LV].reinstated == [LT]
    assert three[LT].charter.members[LT].is_active


def test_one_that_knows_of_its_suspension_hears_of_its_return(three: Federation) -> None:
    decide(three, standings=SUSPEND)
    assert three[LT].version == 1  # nobody tells it anything any more: it takes it from a file
    three[LT].proposing.adopt_file(
        three[EE].in_force.held.document, fingerprint="", by=ADMINISTRATOR
    )
    assert three[LT].charter.members[LT].standing is Standing.SUSPENDED

    decide(three, standings=BACK)

    assert three[LT].charter.members[LT].is_active
    assert set(three.versions.values()) == {3}


def test_database_and_file_say_the_same_after_every_start(three: Federation) -> None:
    old = three[EE].file.read_bytes()
    decide(three, threshold=1)
    new = three[EE].file.read_bytes()

    three[EE].file.write_bytes(old)
    three[EE].again()
    assert three[EE].version == 2
    assert three[EE].file.read_bytes() == new

    copy = three[LT].copied()
    decide(three, threshold=2)
    newest = three[LT].file.read_bytes()
    three[LT].put_back(copy)
    three[LT].end()
    three[LT].file.write_bytes(newest)
    three[LT].begin()

    assert three[LT].version == 3
    with three[LT].store.view() as view:
        current = store.charters.current(view)
    assert current is not None
    assert (current.version, current.way) == (3, Way.KEPT)
    assert three[LT].events[-1] == "charter taken from its file"


def test_every_charter_that_was_in_force_is_kept(three: Federation) -> None:
    for threshold in (1, 2, 1):
        decide(three, threshold=threshold)

    with three[LT].store.view() as view:
        kept = [one.version for one in store.charters.since(view, 0)]

    assert kept == [1, 2, 3, 4]


def test_a_new_member_joins_from_a_card_a_file_and_two_fingerprints(three: Federation) -> None:
    alone = three.join(FI, founded([FI], timedelta(days=1_825)))
    text = charter.card(card(FI, 3))
    with pytest.raises(InvalidError, match="not that of this card"):
        charter.introduced(text, charter.fingerprint(card(LT)))
    added = charter.introduced(text, charter.fingerprint(card(FI)).lower())
    listed = three[EE].proposes(added=(added,))
    three.deliver()
    for id in (LV, LT):
        three[id].signs(listed)
        three.deliver()
    document = three[LV].in_force.held.document
    read = charter.document_fingerprint(document)

    with pytest.raises(InvalidError, match="is alone and knows nobody"):
        alone.proposing.adopt_file(document, fingerprint="", by=ADMINISTRATOR)
    with pytest.raises(InvalidError, match="do not adopt it"):
        alone.proposing.adopt_file(document, fingerprint=read[:-1], by=ADMINISTRATOR)
    alone.proposing.adopt_file(document, fingerprint=read, by=ADMINISTRATOR)
    three.deliver()

    assert set(three.versions.values()) == {2}
    assert alone.charter.members[FI].number == 4
    assert alone.charter.threshold == 3


def test_a_charter_that_names_a_joining_member_with_other_keys_is_not_adopted(
    three: Federation,
) -> None:
    alone = three.join(FI, founded([FI], timedelta(days=1_825)))
    other = card(FI, 3, signing_key=bytes(range(32)))
    listed = three[EE].proposes(added=(other,))
    three.deliver()
    for id in (LV, LT):
        three[id].signs(listed)
        three.deliver()
    document = three[LV].in_force.held.document

    with pytest.raises(InvalidError, match="other keys than ours"):
        alone.proposing.adopt_file(
            document, fingerprint=charter.document_fingerprint(document), by=ADMINISTRATOR
        )


def test_who_signed_the_first_charter_by_hand_needs_no_fingerprint(three: Federation) -> None:
    alone = three.join(FI, founded([FI], timedelta(days=1_825)))
    draft = charter.draft(
        [card(FI, 3), card(LV, 1)], expires_at=three.now + timedelta(days=30), after=alone.charter
    )
    wrong = charter.draft([card(FI, 3)], expires_at=three.now, after=alone.charter)
    alone.proposing.sign_file(wrong, by=ADMINISTRATOR)
    signed = alone.proposing.sign_file(charter.sign(draft, own(LV)[0].signer), by=ADMINISTRATOR)

    adopted = alone.proposing.adopt_file(signed, fingerprint="", by=ADMINISTRATOR)

    assert (adopted.version, list(adopted.members)) == (2, [FI, LV])


def test_a_file_that_may_not_replace_ours_is_not_adopted(three: Federation) -> None:
    with pytest.raises(CharterError):
        three[EE].proposing.adopt_file(
            three[EE].in_force.held.document, fingerprint="", by=ADMINISTRATOR
        )
