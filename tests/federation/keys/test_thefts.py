"""Keys that were stolen and are taken back, one after the other, whatever the charter names yet."""

import os
from datetime import timedelta

import pytest

from federation import charter, keys
from federation.certificates import names_in, parsed
from federation.charter import Member
from federation.keys import Place, What
from federation.keys.wanted import KEY_OVERLAP
from tests.federation.keys.estonia import LATER, NOW, held, line, named
from tests.federation.keys.kills import killed_at_each_step
from tests.federation.world import EE


def test_a_stolen_signing_key_is_revoked_and_so_are_those_before_it_that_count(
    place: Place,
) -> None:
    us = line(place)
    keys.begin(place, us, [What.SIGNING], NOW)
    once = named(place, us, NOW)
    keys.settle(place, once, 2, NOW)
    keys.end(place.folder, 2, NOW)

    keys.begin(place, once, [What.SIGNING], LATER, is_revocation=True)
    twice = named(place, once)
    keys.settle(place, twice, 3, LATER)

    assert [one.is_revoked for one in twice.former_keys] == [True, True]
    assert held(place).signing_key == twice.signing_key
    assert twice.signing_key not in (once.signing_key, us.signing_key)
    former = keys.former(place.folder, EE, LATER)
    assert former is not None
    assert former.is_sudden


def test_a_theft_does_not_wait_for_a_rotation_and_takes_over_its_keys(place: Place) -> None:
    us = line(place)
    begun = keys.begin(place, us, [What.SIGNING], LATER)
    assert begun is not None

    stolen = keys.begin(place, us, [What.SIGNING], LATER, is_revocation=True)

    assert stolen is not None
    assert stolen.signing_key == begun.signing_key
    assert named(place, us).former_keys[0].is_revoked


def test_a_theft_right_after_a_key_was_taken_up_makes_another(place: Place) -> None:
    us = line(place)
    keys.begin(place, us, [What.SIGNING], LATER)
    once = named(place, us)
    keys.settle(place, once, 2, LATER)

    keys.begin(place, once, [What.SIGNING], LATER, is_revocation=True)

    assert named(place, once).signing_key not in (once.signing_key, us.signing_key)


def test_a_stolen_ca_certifies_nothing_more(place: Place) -> None:
    us = line(place)

    keys.begin(place, us, [What.CA], LATER, is_revocation=True)

    new = named(place, us)
    assert new.former_cas == ()
    assert new.ca != us.ca


def test_stolen_node_certificates_are_revoked_and_the_new_one_has_a_later_name(
    place: Place,
) -> None:
    us = line(place)
    keys.begin(place, us, [What.TLS], NOW)

    keys.begin(place, us, [What.TLS], LATER, is_revocation=True)

    new = named(place, us)
    assert len(new.revoked) == 2  # the one of now, and the one before it that has not ended
    names = names_in(parsed(held(place).tls_chain))
    assert names is not None
    assert names.dns == {"ee.amber", "r1.ee.amber", "r2.ee.amber"}
    assert new.ca == us.ca


def test_after_a_theft_the_new_keys_count_with_the_charter_that_is_to_name_them(
    place: Place,
) -> None:
    us, before = line(place), held(place)

    keys.begin(place, us, [What.CA, What.SIGNING], LATER, is_revocation=True)
    assert keys.settle(place, us, 4, LATER)

    former = keys.former(place.folder, EE, LATER)
    assert former is not None
    assert (former.since, former.keys.ca) == (5, before.ca)
    assert keys.put_off(place, us, 5)
    assert (late := keys.former(place.folder, EE, LATER)) is not None
    assert late.since == 6
    new = named(place, us)
    assert held(place).ca == new.ca
    drafted = charter.draft([us], expires_at=LATER + timedelta(days=30))
    assert charter.is_endorsed(drafted, keys.endorse(place, us, drafted), us.ca)
    keys.end(place.folder, 6, LATER)
    assert (done := keys.former(place.folder, EE, LATER)) is not None
    assert (done.since, done.until, done.is_sudden) == (6, LATER + KEY_OVERLAP / 2, True)


def stolen(place: Place, us: Member, *what: What) -> Member:
    """Keys are taken back while charter 5 is in force; what the next one is to say of Estonia."""
    for one in what:
        keys.begin(place, us, [one], LATER, is_revocation=True)
        keys.settle(place, us, 5, LATER)
    return named(place, us)


def former_of(place: Place) -> keys.Keys:
    former = keys.former(place.folder, EE, LATER)
    assert former is not None
    return former.keys


@pytest.mark.parametrize("order", [[What.SIGNING, What.CA], [What.CA, What.SIGNING]])
def test_whoever_takes_back_one_key_after_the_other_has_both_that_the_charter_names_still(
    place: Place, order: list[What]
) -> None:
    us, before = line(place), held(place)

    wanted = stolen(place, us, What.TLS, *order)

    own, former = held(place), former_of(place)
    assert (former.signing_key, former.ca) == (before.signing_key, before.ca)
    assert former.tls_chain != before.tls_chain
    drafted = charter.draft([us], expires_at=LATER + timedelta(days=30))
    assert charter.is_endorsed(drafted, keys.endorse(place, us, drafted), us.ca)
    assert (wanted.signing_key, wanted.ca) == (own.signing_key, own.ca)
    assert (wanted.signing_key != us.signing_key, wanted.ca != us.ca) == (True, True)
    [key] = wanted.former_keys
    assert (key.public, key.is_revoked, wanted.former_cas) == (us.signing_key, True, ())


@pytest.mark.parametrize("order", [[What.SIGNING, What.CA], [What.CA, What.SIGNING]])
def test_a_charter_that_names_the_first_of_two_new_keys_meets_just_the_keys_it_names(
    place: Place, order: list[What]
) -> None:
    us = line(place)
    between = stolen(place, us, order[0])
    stolen(place, us, order[1])
    since = keys.former(place.folder, EE, LATER)
    assert since is not None

    keys.settle(place, between, since.since, LATER)
    assert keys.put_off(place, between, since.since)

    own, former = held(place), former_of(place)
    assert (former.signing_key, former.ca) == (between.signing_key, between.ca)
    last = named(place, between)
    assert (last.signing_key, last.ca) == (own.signing_key, own.ca)
    assert not keys.put_off(place, last, 7)  # which is what the charter names by then
    assert former_of(place).tls_chain == former.tls_chain


@pytest.mark.parametrize("what", [What.SIGNING, What.CA])
def test_a_new_key_that_is_stolen_before_a_charter_names_it_is_replaced_once_one_does(
    place: Place, what: What
) -> None:
    us = line(place)
    second = stolen(place, us, what)

    again = stolen(place, us, what)  # the charter may come that names the second one: it stays

    assert again == second
    assert (held(place).signing_key, held(place).ca) == (second.signing_key, second.ca)
    assert (former_of(place).signing_key, former_of(place).ca) == (us.signing_key, us.ca)

    assert keys.settle(place, second, 6, LATER)

    third = named(place, second)
    assert (held(place).signing_key, held(place).ca) == (third.signing_key, third.ca)
    assert (former_of(place).signing_key, former_of(place).ca) == (second.signing_key, second.ca)
    assert not keys.settle(place, third, 7, LATER)
    if what is What.SIGNING:
        assert len({us.signing_key, second.signing_key, third.signing_key}) == 3
        assert [one.is_revoked for one in third.former_keys] == [True, True]
    else:
        assert len({us.ca, second.ca, third.ca}) == 3
        assert third.former_cas == ()


def test_no_key_that_a_charter_names_is_lost_whenever_the_process_ends(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    us = line(place)
    monkeypatch.setattr(os, "fsync", lambda _: None)  # hundreds of times, and a disk is slow

    def taken_back() -> None:
        stolen(place, us, What.SIGNING, What.CA)

    for _ in killed_at_each_step(taken_back, monkeypatch):
        former = keys.former(place.folder, EE, LATER)
        ours = [held(place), *([former.keys] if former else [])]
        assert us.signing_key in {one.signing_key for one in ours}
        assert us.ca in {one.ca for one in ours}

    between = stolen(place, us, What.SIGNING, What.CA)
    assert (held(place).signing_key, held(place).ca) == (between.signing_key, between.ca)

    for _ in killed_at_each_step(lambda: keys.settle(place, between, 6, LATER), monkeypatch):
        former = keys.former(place.folder, EE, LATER)
        ours = [held(place), *([former.keys] if former else [])]
        assert between.signing_key in {one.signing_key for one in ours}
        assert between.ca in {one.ca for one in ours}
    last = named(place, between)
    assert (held(place).signing_key, held(place).ca) == (last.signing_key, last.ca)
    assert (last.signing_key != between.signing_key, last.ca != between.ca) == (True, True)


def test_a_theft_takes_over_a_key_that_the_charter_names_and_nobody_took_up(place: Place) -> None:
    us = line(place)
    keys.begin(place, us, [What.SIGNING], LATER)
    once = named(place, us)

    keys.begin(place, once, [What.SIGNING], LATER, is_revocation=True)
    keys.settle(place, once, 2, LATER)
    assert held(place).signing_key == once.signing_key  # without it nobody hears us
    keys.settle(place, once, 2, LATER)

    twice = named(place, once)
    assert held(place).signing_key == twice.signing_key != once.signing_key
    assert former_of(place).signing_key == once.signing_key
    assert [one.is_revoked for one in twice.former_keys] == [True, True]
