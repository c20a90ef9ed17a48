from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from federation import charter
from federation.charter import Amendment, Charter, Group, Kind, Place, Standing
from federation.errors import InvalidError
from federation.limits import MEMBERS
from federation.messages import MemberId
from tests.federation.charter.own import LIFE, NOW, Own
from tests.federation.world import EE, LT, LV, cards, own_of, signed

NEXT = Place("ab" * 32, 2)


@pytest.fixture
def held(own: Own) -> Charter:
    return charter.read(signed(cards(own, EE, LV), own_of(own, EE, LV)))


def test_a_new_member_gets_the_next_number_and_the_majority_decides(
    own: Own, held: Charter
) -> None:
    new = charter.amended(held, Amendment(added=tuple(cards(own, LT))), NEXT, NOW)

    assert (new.members[LT].number, new.threshold, new.version) == (3, 2, 2)
    assert new.expires_at == max(held.expires_at, NOW + LIFE)
    assert new.follows == NEXT.follows
    assert charter.proposal(charter.written(new)).charter == new


def test_what_is_not_named_stays(held: Charter) -> None:
    new = charter.amended(held, Amendment(threshold=1), NEXT, NOW)

    assert charter.changes(
        held, replace(new, version=1, follows="", expires_at=held.expires_at)
    ) == ("signatures needed: 2 -> 1",)


def test_standing_groups_topics_and_life_are_changed_by_name(own: Own, held: Charter) -> None:
    observer = replace(cards(own, LT)[0], kind=Kind.OBSERVER)
    both = Group(frozenset({EE, LV}), EE)
    amendment = Amendment(
        added=(observer,),
        topics={LT: frozenset({"drugs"})},
        standings={LV: Standing.SUSPENDED},
        groups={"baltic": both, "gone": None},
        life=timedelta(days=7),
    )

    new = charter.amended(held, amendment, NEXT, NOW)

    assert new.members[LV].standing is Standing.SUSPENDED
    assert new.members[LT].topics == {"drugs"}
    assert (new.groups, new.life, new.threshold) == ({"baltic": both}, timedelta(days=7), 1)


def test_what_a_member_says_of_itself_changes_neither_its_place_nor_its_standing(
    held: Charter,
) -> None:
    own = replace(held.members[EE], port=9000, number=0, kind=Kind.OBSERVER)

    new = charter.amended(held, Amendment(own=own), NEXT, NOW)

    assert new.members[EE] == replace(held.members[EE], port=9000)


def test_of_a_member_whose_keys_were_lost_nothing_counts_that_was_before(
    own: Own, held: Charter
) -> None:
    [new_card] = cards({EE: own[LT]}, EE)  # another house's keys, under this name
    stolen = held.members[EE].signing_key
    card = replace(new_card, id=EE, host="new.example")
    once = replace(held.members[EE], revoked=frozenset({"ab" * 32}))
    held = replace(held, members={**held.members, EE: once})

    new = charter.amended(held, Amendment(replaced=(card,)), NEXT, NOW).members[EE]

    assert (new.signing_key, new.ca, new.host) == (card.signing_key, card.ca, "new.example")
    assert (new.number, new.standing) == (1, Standing.ACTIVE)
    assert (new.former_cas, new.revoked) == ((), frozenset())  # its node is asked for as ee.amber
    [former] = new.former_keys
    assert (former.public, former.is_revoked) == (stolen, True)


@pytest.mark.parametrize(
    ("amendment", "says"),
    [
        (lambda held: Amendment(added=(held.members[EE],)), "EE is in the charter already"),
        (lambda _: Amendment(standings={MemberId("XX"): Standing.SUSPENDED}), "no member XX"),
        (lambda held: Amendment(replaced=(held.members[EE],)), "a key or CA that it had before"),
        (lambda _: Amendment(standings={EE: Standing.ACTIVE}), "EE is active already"),
        (lambda _: Amendment(topics={EE: frozenset()}), "EE is a member by its card"),
    ],
)
def test_what_cannot_be_changed_is_named(
    held: Charter, amendment: Callable[[Charter], Amendment], says: str
) -> None:
    with pytest.raises(InvalidError, match=says):
        charter.amended(held, amendment(held), NEXT, NOW)


def test_no_more_members_are_added_than_there_are_doors(own: Own, held: Charter) -> None:
    one = held.members[EE]
    full = {id: replace(one, id=id, number=number) for number, id in _every_id()}

    with pytest.raises(InvalidError, match="at most 63 members"):
        charter.amended(
            replace(held, members=full), Amendment(added=tuple(cards(own, LT))), NEXT, NOW
        )


def _every_id() -> list[tuple[int, MemberId]]:
    return [(number, MemberId(f"M{number}")) for number in range(1, MEMBERS + 1)]


def test_who_was_withdrawn_stays_so(held: Charter) -> None:
    gone = charter.amended(held, Amendment(standings={LV: Standing.WITHDRAWN}), NEXT, NOW)

    with pytest.raises(InvalidError, match="for good"):
        charter.amended(gone, Amendment(standings={LV: Standing.ACTIVE}), NEXT, NOW)


def test_a_charter_is_never_renewed_for_a_shorter_time_than_it_has(held: Charter) -> None:
    long = replace(held, expires_at=NOW + timedelta(days=400))

    assert charter.renewed(long, NEXT, NOW).expires_at == long.expires_at
    ends_at = charter.renewed(held, NEXT, NOW + LIFE).expires_at
    assert ends_at == (NOW + 2 * LIFE).replace(minute=0, second=0)
