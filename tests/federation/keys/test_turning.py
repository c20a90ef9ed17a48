"""New keys in the place of those of now, on disk: begun, named by a charter, taken up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from federation import charter, keys
from federation.certificates import NODE_LIFE, names_in, parsed
from federation.charter import Member
from federation.errors import InvalidError, UntrustedError
from federation.keys import Place, Plain, Unlocking, What
from federation.keys.turning import CA_OVERLAP, KEY_OVERLAP
from federation.messages import PersonId
from tests.federation.keys.kills import killed_at_each_step
from tests.federation.world import EE, LV, card

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
EVERY = [[What.SIGNING], [What.CA], [What.SIGNING, What.CA, What.TLS]]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The keys of Estonia."""
    folder = tmp_path / "keys"
    keys.make(folder, EE, NOW)
    keys.issue_person(folder, EE, PersonId("first"), roles=["analyst"], now=NOW)
    return Place(folder, EE, Plain())


def held(place: Place, now: datetime = LATER) -> keys.Keys:
    return keys.open(place.folder, EE, now, place.safe)


def line(place: Place) -> Member:
    """What the charter says of Estonia at first."""
    return replace(card(held(place), port=7400), number=1)


def named(place: Place, us: Member, now: datetime = LATER) -> Member:
    """What the charter says once it names what was begun."""
    turn = keys.turn_of(place.folder)
    assert turn is not None
    return keys.lined(turn, us, now)


def test_a_node_certificate_needs_nobodys_leave(place: Place) -> None:
    before = held(place)

    turn = keys.begin(place, line(place), [What.TLS], LATER)

    after = held(place)
    assert turn is None
    assert keys.turn_of(place.folder) is None
    assert after.tls_chain != before.tls_chain
    assert after.tls_key != before.tls_key
    assert (after.ca, after.signing_key) == (before.ca, before.signing_key)
    assert after.tls_ends_at == LATER + NODE_LIFE


def test_a_new_signing_key_is_used_only_once_the_charter_names_it(place: Place) -> None:
    us, before = line(place), held(place)

    turn = keys.begin(place, us, [What.SIGNING], LATER)

    assert turn is not None
    assert not keys.settle(place, us, 2, LATER)
    assert held(place).signing_key == before.signing_key
    new = named(place, us)
    assert keys.settle(place, new, 2, LATER)
    after = held(place)
    assert after.signing_key == new.signing_key != before.signing_key
    assert after.former_keys == (before.signing_key,)
    assert after.signing_since == LATER
    [former] = new.former_keys
    assert (former.public, former.until) == (before.signing_key, LATER + KEY_OVERLAP)
    assert not former.is_revoked


def test_what_was_signed_with_a_former_key_stays_ours(place: Place) -> None:
    us, signed = line(place), held(place).sign(b"a head")

    keys.begin(place, us, [What.SIGNING], LATER)
    keys.settle(place, named(place, us), 2, LATER)

    assert held(place).holds(b"a head", signed)
    assert not held(place).holds(b"another", signed)


def test_a_new_ca_comes_with_a_node_certificate_and_those_of_our_people(place: Place) -> None:
    us, before = line(place), held(place)

    keys.begin(place, us, [What.CA], LATER)
    new = named(place, us)
    keys.settle(place, new, 2, LATER)

    after = held(place)
    assert after.ca == new.ca != before.ca
    assert after.signing_key == before.signing_key
    [former] = new.former_cas
    assert (former.certificate, former.until) == (before.ca, LATER + CA_OVERLAP)
    [(person, _, is_ours)] = keys.folder_people(place.folder, EE, after.ca)
    assert (person, is_ours) == ("first", True)
    keys.person_credentials(place.folder, PersonId("first"))


def test_the_keys_before_are_at_hand_for_members_that_know_only_those(place: Place) -> None:
    us, before = line(place), held(place)

    keys.begin(place, us, [What.SIGNING, What.CA], LATER)
    keys.settle(place, named(place, us), 7, LATER)

    former = keys.former(place.folder, EE, LATER)
    assert former is not None
    assert (former.since, former.is_sudden) == (7, False)
    assert former.keys.tls_chain == before.tls_chain
    assert former.keys.signing_key == before.signing_key
    assert former.until == LATER + KEY_OVERLAP / 2
    spared = keys.Ring(held(place), former, lambda: former.until - timedelta(seconds=1))
    assert spared.shown_to(LV) is former.keys
    assert keys.Ring(held(place), former, lambda: former.until).shown_to(LV).ca == held(place).ca
    keys.drop_former(place.folder)
    assert keys.former(place.folder, EE, LATER) is None


def test_a_change_that_came_through_says_nothing_more(place: Place) -> None:
    us = line(place)
    keys.begin(place, us, [What.SIGNING, What.CA], LATER)
    new = named(place, us)
    keys.settle(place, new, 2, LATER)

    assert named(place, new, LATER + timedelta(days=1)) == new


def test_one_change_waits_for_another_and_a_node_certificate_for_none(place: Place) -> None:
    us = line(place)
    keys.begin(place, us, [What.SIGNING], LATER)

    with pytest.raises(InvalidError, match="a change of keys is under way"):
        keys.begin(place, us, [What.CA], LATER)

    keys.begin(place, us, [What.TLS], LATER)
    assert held(place).tls_ends_at == LATER + NODE_LIFE


@pytest.mark.parametrize("what", EVERY)
def test_a_change_survives_an_end_of_the_process_at_any_step(
    place: Place, monkeypatch: pytest.MonkeyPatch, what: list[What]
) -> None:
    us, before = line(place), held(place)

    def turned() -> None:
        if keys.turn_of(place.folder) is None:
            keys.begin(place, us, what, LATER)
        keys.settle(place, named(place, us), 2, LATER)
        keys.end(place.folder, 2, LATER)

    for _ in killed_at_each_step(turned, monkeypatch):
        own = held(place)  # whatever was left, it opens and fits together
        is_new = (own.signing_key, own.ca) != (before.signing_key, before.ca)
        if keys.turn_of(place.folder) is None and is_new:
            break

    assert (held(place).signing_key != before.signing_key) is (What.SIGNING in what)
    assert (held(place).ca != before.ca) is (What.CA in what)
    assert keys.turn_of(place.folder) is None
    keys.person_credentials(place.folder, PersonId("first"))


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


def test_a_node_certificate_that_has_ended_is_renewed(place: Place) -> None:
    us, ended = line(place), NOW + NODE_LIFE + timedelta(days=1)
    with pytest.raises(UntrustedError, match="amber keys rotate tls"):
        held(place, ended)

    assert keys.mend(place, us, ended)

    assert held(place, ended).tls_ends_at == ended + NODE_LIFE
    assert not keys.mend(place, us, ended)


def test_keys_that_come_are_encrypted_like_those_of_now(tmp_path: Path) -> None:
    unlocking = Unlocking(tmp_path / "file")
    safe = keys.make(tmp_path / "keys", EE, NOW, unlocking)
    place = Place(tmp_path / "keys", EE, safe)

    keys.begin(place, line(place), [What.SIGNING, What.CA, What.TLS], LATER)

    written = [path.read_bytes() for path in place.folder.rglob("*.key")]
    assert not any(b"BEGIN PRIVATE KEY" in data for data in written)
    assert keys.coming_signer(place) is not None


def test_after_a_theft_the_new_keys_count_with_the_charter_that_is_to_name_them(
    place: Place,
) -> None:
    us, before = line(place), held(place)

    keys.begin(place, us, [What.CA, What.SIGNING], LATER, is_revocation=True)
    assert keys.settle(place, us, 4, LATER)

    former = keys.former(place.folder, EE, LATER)
    assert former is not None
    assert (former.since, former.keys.ca) == (5, before.ca)
    keys.put_off(place.folder, 5)
    assert (late := keys.former(place.folder, EE, LATER)) is not None
    assert late.since == 6
    new = named(place, us)
    assert held(place).ca == new.ca
    drafted = charter.draft([us], expires_at=LATER + timedelta(days=30))
    assert charter.is_endorsed(drafted, keys.endorse(place, us, drafted), us.ca)
    keys.end(place.folder, 6, LATER)
    assert (done := keys.former(place.folder, EE, LATER)) is not None
    assert (done.since, done.until, done.is_sudden) == (6, LATER + KEY_OVERLAP / 2, True)
