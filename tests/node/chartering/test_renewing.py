"""Charters are renewed while k members agree, whoever is down, and stop counting when not."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation.charter import Amendment, Charter
from node.chartering.renewing import is_due
from node.store.charters import ProposalState
from tests.node.chartering.members import EE, FI, LT, LV, NOW, PL, Federation, card, federation

LIFE = timedelta(days=30)


def held(left: timedelta) -> Charter:
    """A charter of four that has so much left."""
    members = {id: card(id, number=place) for place, id in enumerate((EE, LV, LT, FI), 1)}
    return Charter(1, members, {}, NOW + left, 3, LIFE)


@pytest.mark.parametrize(
    ("days", "drafts"), [(15, []), (14.9, [EE]), (13, [EE, LV]), (9, [EE, LV, LT, FI]), (0, [])]
)
def test_the_first_voter_drafts_and_each_later_one_waits_longer(
    days: float, drafts: list[str]
) -> None:
    charter = held(timedelta(days=days))

    due = [id for id in charter.members if is_due(charter, id, NOW, is_vote_open=False)]

    assert due == drafts


def test_while_another_proposal_is_open_nobody_drafts_before_the_end_is_near() -> None:
    near, nearer = held(timedelta(days=9)), held(timedelta(days=3))

    assert not is_due(near, EE, NOW, is_vote_open=True)
    assert is_due(nearer, EE, NOW, is_vote_open=True)
    assert not is_due(nearer, FI, NOW, is_vote_open=True)
    assert is_due(held(timedelta(days=2)), FI, NOW, is_vote_open=True)


def test_who_does_not_vote_does_not_draft() -> None:
    charter = held(timedelta(days=1))

    assert not is_due(charter, PL, NOW, is_vote_open=False)


def test_sixty_days_of_renewals_with_the_first_member_down(tmp_path: Path) -> None:
    with federation(tmp_path, EE, LV, LT) as three:
        three[EE].is_up = False
        for _ in range(120):
            three.turn(hours=12)
            three.look()
            assert three.now < three[LV].charter.expires_at

        assert three[LV].version == three[LT].version
        # Half a life and LV's wait are 17.5 days: 3 renewals in 60 days.
        assert three[LV].version == 4
        assert three[EE].version == 1


def test_a_federation_without_enough_members_stops_renewing_and_expires(tmp_path: Path) -> None:
    with federation(tmp_path, EE, LV, LT) as three:
        three[EE].is_up = three[LV].is_up = False
        for _ in range(62):
            three.turn(hours=12)
            three.look()

        assert three[LT].version == 1
        assert three.now >= three[LT].charter.expires_at
        assert set(three[LT].states().values()) <= {ProposalState.OPEN, ProposalState.EXPIRED}
        # It drafted once in its turn, and once or twice more as the end drew near.
        assert 1 <= len(three[LT].states()) <= 5


def test_members_that_come_back_before_the_end_renew_at_once(tmp_path: Path) -> None:
    with federation(tmp_path, EE, LV, LT) as three:
        three[EE].is_up = three[LV].is_up = False
        for _ in range(58):
            three.turn(hours=12)
            three.look()
        three[LV].is_up = True
        three.look()

        assert three[LV].version == three[LT].version > 1
        assert three[LV].charter.expires_at > three.now + timedelta(days=25)


def test_a_vote_that_is_stuck_is_resolved_by_a_higher_version(tmp_path: Path) -> None:
    with federation(tmp_path, EE, LV, LT, FI) as four:
        four.turn(days=16)
        for id, peer in ((EE, LV), (LT, FI)):
            # Each half drafts a charter of the same version and hears of the other too late.
            four[id].proposing.propose(Amendment(), reason="renewal", by=None)
            four.hand_over(id, peer)
            four.turn(hours=2)
        four.look()
        assert set(four.versions.values()) == {1}
        for _ in range(26):
            four.turn(hours=12)
            four.look()

        assert len(set(four.versions.values())) == 1
        assert four[EE].version > 2
        assert four.now < four[EE].charter.expires_at


def test_without_the_setting_nothing_is_drafted_or_signed(three: Federation) -> None:
    for _ in range(60):
        three.turn(hours=12)
        three.look()

    assert set(three.versions.values()) == {1}
    assert three[EE].states() == {}


def test_a_renewal_says_nothing_else(agreeing: Federation) -> None:
    before = agreeing[EE].charter
    agreeing.turn(days=16)
    agreeing.look()

    after = agreeing[LT].charter

    assert after == replace(
        before,
        version=2,
        follows=after.follows,
        expires_at=(agreeing.now + LIFE).replace(minute=0, second=0),
    )


def test_two_that_draft_within_the_hour_draft_the_same(agreeing: Federation) -> None:
    agreeing.turn(days=16)
    agreeing.now = agreeing.now.replace(minute=10)
    for id in (EE, LT):
        agreeing[id].proposing.propose(Amendment(), reason="renewal", by=None)
        agreeing.turn(minutes=20)
    agreeing.deliver()

    assert set(agreeing.versions.values()) == {2}
