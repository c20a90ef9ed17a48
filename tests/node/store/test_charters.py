"""Charters, proposals and votes as they are kept."""

from dataclasses import replace
from pathlib import Path

from federation.messages import MemberId
from node import store
from node.store.charters import Adopted, Fork, ProposalState, Proposed, Way
from tests.node.store.shelf import NOW, Shelf

EE, NOBODY = MemberId("EE"), MemberId("")


def adopted(version: int, way: Way = Way.TOLD) -> Adopted:
    return Adopted(version, f"{version:064x}", b"{}", NOW.replace(microsecond=0), way, EE)


PROPOSED = Proposed("ab" * 32, 7, b"{}", EE, EE, "why", b"", NOW)


def test_the_highest_charter_is_in_force_and_all_are_kept(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with shelf.store.write() as tx:
        assert store.charters.current(tx) is None
        for one in (adopted(1, Way.KEPT), adopted(4, Way.MISSED), adopted(5)):
            store.charters.adopt(tx, one)

    with shelf.store.view() as view:
        assert store.charters.current(view) == adopted(5)
        assert store.charters.since(view, 1) == [adopted(4, Way.MISSED), adopted(5)]
        assert store.charters.before(view, 4) == adopted(1, Way.KEPT)
        assert store.charters.at(view, 2) is None
        assert store.charters.last_missed(view) == adopted(4, Way.MISSED)
        assert store.charters.was_in_force(view, adopted(1).identity)
    shelf.store.close()


def test_one_document_of_a_version_is_signed(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    with shelf.store.write() as tx:
        assert store.charters.vote(tx, 3, "one")
        assert store.charters.vote(tx, 3, "one")
        assert not store.charters.vote(tx, 3, "two")
        assert (store.charters.voted(tx, 3), store.charters.voted(tx, 4)) == ("one", "")
    shelf.store.close()


def test_a_proposal_is_kept_with_what_became_of_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    over = replace(PROPOSED, state=ProposalState.WITHDRAWN, ended_at=NOW)
    with shelf.store.write() as tx:
        assert store.charters.highest(tx) == 0
        store.charters.propose(tx, PROPOSED)
        assert store.charters.highest(tx) == 7
        assert store.charters.brought(tx, EE) == 1
        assert store.charters.alike(tx, "ab") == store.charters.proposals(tx) == [PROPOSED]
        store.charters.propose(tx, over)
        assert store.charters.highest(tx) == 0
        assert store.charters.brought(tx, EE) == 0
        assert store.charters.proposals(tx, ProposalState.OPEN) == []
        assert store.charters.proposal(tx, PROPOSED.identity) == over
        assert store.charters.alike(tx, "ac") == []
    shelf.store.close()


def test_a_fork_is_kept_once(tmp_path: Path) -> None:
    shelf, fork = Shelf(tmp_path), Fork(3, "cd" * 32, b"{}", (EE, MemberId("LV")), NOW)
    with shelf.store.write() as tx:
        assert store.charters.fork(tx, fork)
        assert not store.charters.fork(tx, fork)
        assert store.charters.forks(tx) == [fork]
    shelf.store.close()
