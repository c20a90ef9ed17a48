"""Two charters that differ in anything at all differ in words."""

import functools
import tempfile
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from federation import keys
from federation.charter import Charter, FormerCa, Group, Kind, Member, Standing, changes
from federation.messages import MemberId
from federation.seal import SigningKey
from tests.federation.charter.own import LIFE, NOW, Own
from tests.federation.world import EE, LT, LV, cards


@functools.cache
def authorities() -> tuple[bytes, ...]:
    """CAs of three members."""
    with tempfile.TemporaryDirectory() as folder:
        for id in (EE, LV, LT):
            keys.make(Path(folder) / id, id, datetime.now(UTC))
        opened = [keys.open(Path(folder) / id, id, datetime.now(UTC)) for id in (EE, LV, LT)]
    return tuple(own.ca for own in opened)


instants = st.integers(0, 10**6).map(lambda seconds: NOW + timedelta(seconds=seconds))
publics = st.binary(min_size=32, max_size=32)
words = st.text("abcxyz", min_size=1, max_size=4)
cas = st.sampled_from(range(3)).map(lambda place: authorities()[place])
ids = st.sampled_from([EE, LV, LT])
#: A strategy for each field of a member, by its name: a new field must be named here.
OF_MEMBER: Mapping[str, st.SearchStrategy[Any]] = {
    "id": ids,
    "number": st.integers(1, 63),
    "name": words,
    "kind": st.sampled_from(Kind),
    "host": words,
    "port": st.integers(1, 65_000),
    "ca": cas,
    "signing_key": publics,
    "standing": st.sampled_from(Standing),
    "topics": st.frozensets(words, max_size=3),
    "former_keys": st.lists(
        st.builds(SigningKey, publics, instants, st.booleans()), max_size=2
    ).map(tuple),
    "former_cas": st.lists(st.builds(FormerCa, cas, instants), max_size=2).map(tuple),
    "revoked": st.frozensets(st.sampled_from(["aa" * 32, "bb" * 32]), max_size=2),
}
members = st.builds(Member, **OF_MEMBER)
groups = st.builds(Group, st.frozensets(ids, max_size=3), st.none() | ids)
OF_CHARTER: Mapping[str, st.SearchStrategy[Any]] = {
    "version": st.integers(1, 9),
    "members": st.lists(members, max_size=3).map(lambda every: {one.id: one for one in every}),
    "groups": st.dictionaries(words, groups, max_size=2),
    "expires_at": instants,
    "threshold": st.integers(1, 9),
    "life": st.integers(1, 60).map(lambda days: timedelta(days=days)),
    "follows": st.sampled_from(["", "11" * 32, "22" * 32]),
}
charters = st.builds(Charter, **OF_CHARTER)


def test_every_field_has_a_strategy_here() -> None:
    assert set(OF_MEMBER) == {field.name for field in fields(Member)}
    assert set(OF_CHARTER) == {field.name for field in fields(Charter)}


@settings(max_examples=60, deadline=None)
@given(charters, charters)
def test_any_difference_is_a_line_and_no_other(before: Charter, after: Charter) -> None:
    assert bool(changes(before, after)) == (before != after)
    assert changes(before, before) == ()


@settings(max_examples=60, deadline=None)
@given(charters, st.data())
def test_any_one_field_of_a_member_that_changes_is_a_line(charter: Charter, data: Any) -> None:
    held = data.draw(members)
    name = data.draw(st.sampled_from([name for name in OF_MEMBER if name != "id"]))
    new = replace(held, **{name: data.draw(OF_MEMBER[name])})
    before = replace(charter, members={held.id: held})
    after = replace(charter, members={held.id: new})

    said = changes(before, after)

    assert bool(said) == (held != new)
    assert all(line.startswith(f"{held.id}: ") for line in said)


def test_changes_are_said_in_plain_words(own: Own) -> None:
    three = {one.id: replace(one, number=place) for place, one in enumerate(cards(own, EE, LV), 1)}
    before = Charter(3, MappingProxyType(three), {}, NOW, 2, LIFE)
    suspended = replace(three[LV], standing=Standing.SUSPENDED, port=7500)
    added = replace(cards(own, LT)[0], number=3, kind=Kind.OBSERVER, topics=frozenset({"drugs"}))
    after = replace(
        before,
        version=4,
        threshold=3,
        members={EE: three[EE], LV: suspended, LT: added},
        groups={"baltic": Group(frozenset({EE, MemberId("LT")}), EE)},
        expires_at=NOW + timedelta(days=1),
    )

    said = changes(before, after)

    assert "LV: active -> suspended" in said
    assert f"LV: port: {three[LV].port} -> 7500" in said
    assert "signatures needed: 2 -> 3" in said
    assert "group baltic: none -> EE, LT led by EE" in said
    assert "version: 3 -> 4" in said
    [joins] = [line for line in said if line.startswith("LT: ")]
    assert joins.startswith("LT: joins, observer, number 3,")
    assert joins.endswith("topic drugs")


def test_the_same_keys_in_another_order_are_a_change(own: Own) -> None:
    one, other = (SigningKey(bytes([number] * 32), NOW) for number in (1, 2))
    member = replace(cards(own, EE)[0], number=1, former_keys=(one, other))
    before = Charter(1, {EE: member}, {}, NOW, 1, LIFE)
    turned = replace(member, former_keys=(other, one))

    [line] = changes(before, replace(before, members={EE: turned}))

    assert "in another order" in line
