"""Signatures are gathered at every node, and what enough have signed is in force by itself."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from federation import charter, keys
from federation.charter import Amendment, Place, Standing
from federation.errors import InvalidError, NotFoundError, RefusedError
from federation.messages import Content, MemberId, Notice, NoticeId
from federation.votes import CharterAdopted, CharterProposed, CharterSigned, CharterWithdrawn
from node import store
from node.store.charters import ProposalState, Way
from tests.node.chartering.members import (
    ADMINISTRATOR,
    EE,
    FI,
    LT,
    LV,
    NOW,
    PL,
    Federation,
    Node,
    card,
    federation,
    own,
)

SUSPEND = {LT: Standing.SUSPENDED}
WEEK = timedelta(days=7)


def drafted(node: Node, version: int = 2, **amendment: Any) -> bytes:
    """A document that nobody has signed."""
    held = node.in_force.held
    place = Place(held.identity, version)
    new = charter.amended(held.charter, Amendment(**amendment), place, NOW)
    return charter.written(new)


def told(node: Node, content: Content, member: str = "LV") -> None:
    """A member tells a node something."""
    notice = Notice(NoticeId("n"), 1, content)
    with node.store.write() as tx:
        node.outbox.effects[type(content)](tx, MemberId(member), notice)
    node.adopting.settle()


def test_a_proposal_travels_and_is_in_force_everywhere_with_the_last_signature(
    three: Federation,
) -> None:
    listed = three[EE].proposes(standings=SUSPEND, reason="an inquiry")
    three.deliver()

    [seen] = three[LV].proposing.every()
    assert (seen.id, seen.proposed.proposed_by, seen.proposed.reason) == (
        listed.id,
        EE,
        "an inquiry",
    )
    assert "LT: active -> suspended" in seen.changes
    assert set(three.versions.values()) == {1}

    three[LV].signs(listed)
    three.deliver()

    assert three[EE].version == three[LV].version == 2
    assert three[EE].charter.members[LT].standing is Standing.SUSPENDED
    assert charter.read(three[LV].file.read_bytes()).version == 2
    assert three[LV].states() == three[EE].states() == {listed.id: ProposalState.ADOPTED}
    last = next(one for one in three[EE].audit if one.event == "charter adopted")
    assert (last.reason, last.counts["version"]) == ("an inquiry", 2)
    assert "LT: active -> suspended" in last.ground


def test_each_act_of_a_person_is_written_down(three: Federation) -> None:
    listed = three[EE].proposes(life=WEEK)
    three.deliver()
    three[LV].signs(listed)
    three.deliver()

    acts = [(one.event, one.person, one.role) for one in three[LV].audit if one.person]

    assert acts == [
        ("charter signed", "ann", "administrator"),
        ("charter adopted", "ann", "administrator"),
    ]
    assert ("charter proposed", "ann") in [(one.event, one.person) for one in three[EE].audit]


def test_a_node_signs_one_document_of_a_version_also_after_a_restart(three: Federation) -> None:
    first = three[EE].proposes(life=WEEK)
    three.deliver()
    document = drafted(three[LV], life=timedelta(days=9))
    rival = charter.sign(document, own(LT)[0].signer)
    told(three[LV], CharterProposed(rival, "a rival"), "LT")
    three[LV].again()
    rival_id = charter.identity(rival)[:12]

    three[EE].again()
    told(three[EE], CharterSigned(rival), "LT")
    with pytest.raises(InvalidError, match="signed another charter 2"):
        three[EE].proposing.sign(rival_id, by=ADMINISTRATOR)
    with pytest.raises(InvalidError, match="signed another charter 2"):
        three[EE].proposing.sign_file(document, by=ADMINISTRATOR)

    assert three[LV].signs(first).proposed.state is ProposalState.ADOPTED


def test_nothing_but_routine_is_signed_without_a_person(agreeing: Federation) -> None:
    agreeing[EE].proposes(standings=SUSPEND)
    agreeing.look()

    assert set(agreeing.versions.values()) == {1}
    assert [one.proposal.signed_by for one in agreeing[LV].proposing.every()] == [{EE}]

    agreeing[LV].proposes()
    agreeing.look()

    assert set(agreeing.versions.values()) == {3}
    assert "charter signed by itself" in agreeing[LT].events + agreeing[EE].events


def test_a_member_changes_its_own_line_with_the_word_of_its_ca(agreeing: Federation) -> None:
    moved = replace(agreeing[EE].charter.members[EE], port=9000)
    place = keys.Place(own(EE)[1], EE, keys.Plain())
    propose = agreeing[EE].proposing.propose
    propose(Amendment(own=moved), reason="", by=ADMINISTRATOR)
    agreeing.look()
    assert set(agreeing.versions.values()) == {1}

    propose(
        Amendment(own=moved),
        reason="",
        by=ADMINISTRATOR,
        endorse=lambda document: keys.endorse(place, moved, document),
    )
    agreeing.look()

    assert {node.charter.members[EE].port for node in agreeing.nodes.values()} == {9000}


def test_a_proposal_is_withdrawn_by_whoever_proposed_it(three: Federation) -> None:
    listed = three[EE].proposes(life=WEEK)
    three.deliver()

    with pytest.raises(InvalidError, match="a proposal of EE"):
        three[LV].proposing.withdraw(listed.id, by=ADMINISTRATOR)
    with pytest.raises(InvalidError, match="proposed no such charter"):
        told(three[LV], CharterWithdrawn(listed.proposed.identity), "LT")
    three[EE].proposing.withdraw(listed.id, by=ADMINISTRATOR)
    three.deliver()

    assert three[LV].states() == {listed.id: ProposalState.WITHDRAWN}
    with pytest.raises(InvalidError, match="is withdrawn"):
        three[LV].signs(listed)
    again = three[EE].proposes(life=WEEK)
    assert again.proposed.version == 3


def test_what_can_no_longer_count_is_marked_so(three: Federation) -> None:
    slow = three[EE].proposes(life=WEEK)
    quick = three[EE].proposes(standings=SUSPEND)
    three.deliver()
    three[LV].signs(quick)
    three.deliver()
    late = three[EE].proposes(threshold=1)

    three.turn(days=31)
    three.look()

    assert three[EE].states() == {
        slow.id: ProposalState.OVERTAKEN,
        quick.id: ProposalState.ADOPTED,
        late.id: ProposalState.EXPIRED,
    }
    with pytest.raises(InvalidError, match="is overtaken"):
        three[LV].signs(slow)


def test_a_signature_may_come_before_the_proposal_that_it_is_for(three: Federation) -> None:
    listed = three[EE].proposes(life=WEEK, reason="more care")
    three.hand_over(EE, LV)
    signed = three[LV].proposing.gathering
    with three[LV].store.write() as tx:
        held = signed.sign_one(tx, three[LV].proposing.every()[0].proposed)
    told(
        three[LT],
        CharterSigned(charter.sign(drafted(three[LT], 3, threshold=1), own(LV)[0].signer)),
    )

    told(three[LT], CharterSigned(held.document))

    assert three[LT].version == 2
    assert listed.id in three[LT].states()


def test_a_charter_that_comes_before_the_one_it_follows_waits_for_it(tmp_path: Path) -> None:
    """Nobody that signs the second is known to the first: it counts only once that one does."""
    with federation(tmp_path, EE, LV, LT, agrees=frozenset()) as three:
        held = three[EE].in_force.held
        new = charter.amended(
            held.charter,
            Amendment(added=(card(FI, 3), card(PL, 4)), threshold=2),
            Place(held.identity, 2),
            NOW,
        )
        second = charter.written(new)
        for id in (EE, LV, FI, PL):
            second = charter.sign(second, own(id)[0].signer, current=held.document)
        third = charter.written(
            charter.amended(new, Amendment(life=WEEK), Place(charter.identity(second), 3), NOW)
        )
        for id in (FI, PL, EE):
            third = charter.sign(third, own(id)[0].signer)

        told(three[LT], CharterAdopted(third))
        assert three[LT].version == 1
        told(three[LT], CharterAdopted(second))

        assert three[LT].version == 3
        with three[LT].store.view() as view:
            kept = [(one.version, one.way) for one in store.charters.since(view, 1)]
        assert kept == [(2, Way.TOLD), (3, Way.TOLD)]


def test_two_charters_of_one_version_are_a_fork_and_name_who_signed_both(
    three: Federation,
) -> None:
    one, other = drafted(three[EE], life=WEEK), drafted(three[EE], standings=SUSPEND)
    for id in (LV, LT):
        one = charter.sign(one, own(id)[0].signer, current=three[EE].in_force.held.document)
    for id in (EE, LV):
        other = charter.sign(other, own(id)[0].signer)
    told(three[EE], CharterAdopted(one))

    told(three[EE], CharterAdopted(other), "LT")
    told(three[EE], CharterAdopted(other), "LT")

    assert (three[EE].version, three[EE].charter.life) == (2, WEEK)
    [entry] = [entry for entry in three[EE].audit if entry.event == "charter forked"]
    assert (entry.peer, entry.ground, entry.operation) == ("LT", "signed both: LV", "refusal")
    with three[EE].store.view() as view:
        [fork] = store.charters.forks(view)
        waits = store.mail.waits(view, LT, "charteradopted")
    assert (fork.version, fork.members, waits) == (2, (LV,), True)


def test_a_charter_of_the_past_that_is_known_is_no_fork(three: Federation) -> None:
    three[EE].proposes(threshold=1)
    three.deliver()
    three[LV].signs(three[LV].proposing.every()[0])
    three.deliver()
    before = three[EE].events

    told(three[EE], CharterAdopted(three[LV].in_force.held.document))
    told(three[EE], CharterSigned(three[LV].document))

    assert three[EE].events == before


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (lambda _: CharterProposed(b"{}", ""), "cannot be read"),
        (lambda node: CharterProposed(drafted(node, threshold=1), ""), "signature of its own"),
        (lambda node: CharterSigned(drafted(node, 2_000, threshold=1)), "follows none"),
        (lambda _: CharterWithdrawn("ab" * 32), "proposed no such charter"),
    ],
)
def test_what_makes_no_sense_is_refused(
    three: Federation, content: Callable[[Node], Content], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        told(three[EE], content(three[EE]))

    assert three[EE].states() == {}


def test_a_member_cannot_fill_a_node_with_proposals(three: Federation) -> None:
    def propose(version: int) -> None:
        document = charter.sign(drafted(three[EE], version, threshold=1), own(LV)[0].signer)
        told(three[EE], CharterProposed(document, ""))

    for version in range(2, 18):
        propose(version)

    with pytest.raises(RefusedError, match="16 of its proposals are open"):
        propose(18)


def test_a_charter_that_leaves_us_out_is_refused_and_stops_no_mail(three: Federation) -> None:
    held = three[EE].in_force.held
    members = {id: one for id, one in held.charter.members.items() if id != LT}
    new = replace(held.charter, members=members, version=2, follows=held.identity)
    document = charter.written(new)
    for id in (EE, LV):
        document = charter.sign(document, own(id)[0].signer)
    told(three[EE], CharterAdopted(document))
    assert three[EE].version == 2
    with three[EE].store.write() as tx:
        three[EE].outbox.post(tx, LT, CharterAdopted(document), about="charter")

    dispatch = three[EE].outbox.dispatch(LT)
    three[EE].in_force.held = held
    three.hand_over(EE, LT)

    assert len(dispatch.notices) == 1
    assert three[LT].version == 1
    assert "notice refused" in three[LT].events


def test_a_proposal_is_named_by_how_its_id_begins(three: Federation) -> None:
    listed = three[EE].proposes(life=WEEK)
    three.deliver()

    with pytest.raises(NotFoundError):
        three[LV].proposing.sign("xx", by=ADMINISTRATOR)
    with pytest.raises(NotFoundError):
        three[LV].proposing.sign("", by=ADMINISTRATOR)
    three[LV].proposing.sign(listed.id[:4].upper(), by=ADMINISTRATOR)
    with pytest.raises(InvalidError, match="is adopted"):
        three[LV].signs(listed)


def test_a_signature_is_given_once(three: Federation) -> None:
    listed = three[EE].proposes(life=WEEK)

    with pytest.raises(InvalidError, match="has our signature already"):
        three[EE].signs(listed)
    with pytest.raises(InvalidError, match="changes nothing"):
        three[EE].proposes(threshold=2)


def test_a_proposal_after_another_charter_is_not_signed(three: Federation) -> None:
    held = three[EE].in_force.held
    new = charter.amended(held.charter, Amendment(life=WEEK), Place("ab" * 32, 5), NOW)
    document = charter.sign(charter.written(new), own(EE)[0].signer)
    told(three[LV], CharterProposed(document, ""), "EE")

    with pytest.raises(InvalidError, match="drafted after another charter"):
        three[LV].proposing.sign(charter.identity(document)[:12], by=ADMINISTRATOR)
