"""New keys in the place of those of now, on disk: begun, named by a charter, taken up."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from federation import charter, keys
from federation.certificates import NODE_LIFE
from federation.errors import CharterError, InvalidError, UntrustedError
from federation.keys import Place, Unlocking, What
from federation.keys.wanted import CA_OVERLAP, KEY_OVERLAP
from federation.limits import FORMER
from federation.messages import PersonId
from federation.seal import SigningKey
from tests.federation.keys.estonia import LATER, NOW, held, line, named
from tests.federation.keys.kills import killed_at_each_step
from tests.federation.world import EE, LV

EVERY = [[What.SIGNING], [What.CA], [What.SIGNING, What.CA, What.TLS]]


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


def test_what_a_line_cannot_hold_is_refused_before_anything_is_written(place: Place) -> None:
    many = tuple(SigningKey(bytes([number]) * 32, NOW) for number in range(FORMER))
    keys_full = replace(line(place), former_keys=many)
    leaves_full = replace(line(place), revoked=frozenset(f"{one:064x}" for one in range(FORMER)))
    before = {path: path.read_bytes() for path in place.folder.rglob("*") if path.is_file()}

    for us, what, is_revocation, says in (
        (keys_full, What.SIGNING, True, "holds 100 signing keys"),
        (replace(keys_full, former_keys=many[:90]), What.SIGNING, False, "holds 90 signing keys"),
        (leaves_full, What.TLS, True, "amber keys revoke ca"),
    ):
        with pytest.raises(InvalidError, match=says):
            keys.begin(place, us, [what], LATER, is_revocation=is_revocation)

    assert {path: path.read_bytes() for path in before} == before
    assert keys.turn_of(place.folder) is None
    keys.begin(
        place, replace(keys_full, former_keys=many[:99]), [What.SIGNING], LATER, is_revocation=True
    )
    keys.begin(place, leaves_full, [What.CA], LATER, is_revocation=True)


def test_a_line_at_its_limits_stands_in_a_charter(place: Place) -> None:
    us = replace(line(place), number=0)
    many = tuple(SigningKey(bytes([number]) * 32, NOW) for number in range(FORMER))
    full = replace(us, former_keys=many, revoked=frozenset(f"{one:064x}" for one in range(FORMER)))

    charter.draft([full], expires_at=LATER)

    with pytest.raises(CharterError, match="former_keys"):
        charter.draft(
            [replace(full, former_keys=(*many, SigningKey(bytes([255]) * 32, NOW)))],
            expires_at=LATER,
        )


def test_a_ca_that_ended_leaves_the_line_with_the_next_change(place: Place) -> None:
    us = line(place)
    for days in (0, 7, 22):
        now = LATER + timedelta(days=days)
        keys.begin(place, us, [What.CA], now)
        us = named(place, us, now)
        keys.settle(place, us, 2, now)
        keys.end(place.folder, 2, now)

    assert [one.until - now for one in us.former_cas] == [CA_OVERLAP]
