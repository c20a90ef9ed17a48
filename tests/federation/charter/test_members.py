from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from federation import charter
from federation.charter import Charter, FormerCa, Group, Kind, Standing, written
from federation.errors import CharterError, InvalidError
from federation.messages import MemberId
from federation.seal import SigningKey
from tests.federation.charter.own import NOW, Own
from tests.federation.world import EE, LT, LV, cards, signed


def changed(own: Own, id: MemberId, **changes: Any) -> Charter:
    """The charter of three in which one is changed."""
    held = charter.read(signed(cards(own, EE, LV, LT), own.values()))
    members = {**held.members, id: replace(held.members[id], **changes)}
    after = replace(held, version=2, members=members)
    document = written(after)
    for keys_ in own.values():
        if after.members[keys_.member].has_vote:
            document = charter.sign(document, keys_.signer)
    return charter.read(document)


@pytest.mark.parametrize("standing", [Standing.SUSPENDED, Standing.WITHDRAWN])
def test_only_active_members_are_asked_heard_and_counted(own: Own, standing: Standing) -> None:
    read = changed(own, LV, standing=standing)

    assert [one.id for one in read.others(EE)] == [LT]
    assert read.others(LV) == ()
    assert read.chosen([]) == (EE, LT)
    assert read.voters == {EE, LT}
    assert read.member(LV).standing is standing
    with pytest.raises(CharterError, match=f"LV is {standing}"):
        read.heard(LV)
    with pytest.raises(InvalidError, match=rf"no member LV \({standing}\)"):
        read.chosen([LV])


def test_the_signature_of_a_suspended_member_counts_for_nothing(own: Own) -> None:
    read = changed(own, LV, standing=Standing.SUSPENDED)

    with pytest.raises(CharterError, match="does not name the member"):
        charter.sign(written(read), own[LV].signer)


def test_an_observer_has_topics_and_no_vote(own: Own) -> None:
    read = changed(own, LT, kind=Kind.OBSERVER, topics=frozenset({"drugs"}))

    assert read.voters == {EE, LV}
    assert [one.id for one in read.others(EE)] == [LV, LT]
    assert read.member(LT).topics == {"drugs"}


def test_former_keys_and_cas_are_kept_with_their_end(own: Own) -> None:
    until = NOW + timedelta(days=1)
    former = SigningKey(bytes(range(32)), until, is_revoked=True)
    ca = FormerCa(own[LV].ca, until)
    read = changed(own, EE, former_keys=(former,))

    assert read.member(EE).signing_keys == (SigningKey(own[EE].signing_key), former)
    member = replace(read.member(EE), former_cas=(ca,))
    assert member.cas_at(NOW) == (own[EE].ca, own[LV].ca)
    assert member.cas_at(until) == (own[EE].ca,)


def test_groups_have_a_lead_who_is_in_them(own: Own) -> None:
    held = charter.read(signed(cards(own, EE, LV, LT), own.values()))
    led = replace(held, groups={"baltic": Group(frozenset({EE, LV}), lead=LV)})
    wrong = replace(held, groups={"baltic": Group(frozenset({EE, LV}), lead=LT)})

    assert charter.proposal(written(led)).charter.groups == led.groups
    with pytest.raises(CharterError, match="LT leads baltic and is not in it"):
        written(wrong)


def test_the_others_are_everybody_else_and_each_has_a_door(own: Own) -> None:
    held = charter.proposal(charter.draft(cards(own, EE, LV, LT), expires_at=NOW)).charter

    others = held.others(LV)

    assert [other.id for other in others] == [EE, LT]
    assert [held.member(LV).door_for(other) for other in others] == [7401, 7403]


def test_a_charter_is_in_force_until_it_expires(own: Own) -> None:
    held = charter.proposal(charter.draft(cards(own, EE), expires_at=NOW)).charter
    held.check_in_force(NOW - timedelta(seconds=2))

    with pytest.raises(CharterError, match="expired"):
        held.check_in_force(NOW)


def test_members_are_chosen_in_charter_order_and_others_are_named(own: Own) -> None:
    read = charter.read(signed(cards(own, EE, LV, LT), own.values()))

    assert read.chosen([]) == (EE, LV, LT)
    assert read.chosen([LT, EE]) == (EE, LT)
    with pytest.raises(InvalidError, match="no member XX; members are EE, LV, LT"):
        read.chosen([MemberId("XX"), EE])


def test_a_suspended_member_keeps_its_doors_open_to_hear_of_its_return(own: Own) -> None:
    read = changed(own, LV, standing=Standing.SUSPENDED)
    gone = changed(own, LV, standing=Standing.WITHDRAWN)

    assert [one.id for one in read.listening(LV).others(LV)] == [EE, LT]
    assert read.listening(EE) == read
    assert gone.listening(LV).others(LV) == ()
