import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from federation import charter
from federation.certificates import authority
from federation.charter import FormerCa
from federation.charter.cards import line_of
from federation.errors import CharterError, InvalidError
from federation.keys import Keys
from federation.keys.making import new_key
from federation.messages import MemberId
from federation.seal import SigningKey
from tests.federation.charter.own import NOW, Own
from tests.federation.world import EE, LT, LV, card, cards


def test_a_card_shows_the_member_without_its_number(own: Own) -> None:
    member = replace(card(own[EE], port=7400), number=5)

    read = charter.read_card(charter.card(member))

    assert read == replace(member, number=0)


@pytest.mark.parametrize(
    ("field", "value"),
    [("id", "ee"), ("port", 0), ("signing_key", "AA=="), ("host", ""), ("more", 1)],
)
def test_a_card_with_a_wrong_field_is_refused(own: Own, field: str, value: object) -> None:
    plain = json.loads(charter.card(card(own[EE], port=7400)))

    with pytest.raises(InvalidError, match=field):
        charter.read_card(json.dumps(plain | {field: value}))


@pytest.mark.parametrize(
    "added",
    [
        lambda other: {"former_keys": (SigningKey(other.signing_key, NOW),)},
        lambda _: {"revoked": frozenset({"ab" * 32})},
        lambda _: {"former_cas": (FormerCa(authority_of(EE), NOW),)},
    ],
)
def test_whoever_carries_a_card_adds_no_key_under_its_fingerprint(
    own: Own, added: Callable[[Keys], dict[str, object]]
) -> None:
    member = card(own[EE], port=7400)
    heard = charter.fingerprint(member)
    forged = replace(member, **added(own[LV]))  # type: ignore[arg-type]
    assert charter.fingerprint(forged) == heard
    text = msgspec.json.encode(line_of(forged)).decode()

    with pytest.raises(InvalidError, match="present keys alone"):
        charter.introduced(text, heard)
    assert charter.introduced(charter.card(forged), heard) == member


def authority_of(member: MemberId) -> bytes:
    """A CA of somebody else's, limited to the names of this member."""
    return authority(member, new_key(), NOW).public_bytes(Encoding.PEM)


@pytest.mark.parametrize(
    "change",
    [
        lambda plain: plain.update(ca=plain["ca"] + "\ud800"),
        lambda plain: plain.update(ca="\u00e4\n" + plain["ca"]),
        lambda plain: plain.update(ca=plain["ca"] + plain["ca"]),
        lambda plain: plain.update(ca=plain["ca"].replace("\n", "\r\n")),
        lambda plain: plain.update(topics=["drugs\n\x1b[2J"]),
        lambda plain: plain.update(host="fe80::1%\nfingerprint: 0000"),
    ],
)
@pytest.mark.parametrize("is_ascii", [True, False])
def test_nothing_on_a_card_forges_what_people_read_before_they_sign(
    own: Own, change: Callable[[dict[str, Any]], None], *, is_ascii: bool
) -> None:
    plain = json.loads(charter.card(card(own[EE], port=7400)))
    change(plain)

    with pytest.raises(InvalidError):
        charter.read_card(json.dumps(plain, ensure_ascii=is_ascii))


@pytest.mark.parametrize("host", ["amber.police.ee", "10.0.0.1", "2001:db8::1", "localhost"])
def test_a_host_is_a_name_or_an_address(own: Own, host: str) -> None:
    member = replace(card(own[EE], port=7400), host=host)

    read = charter.read_card(charter.card(member))

    assert read.host == host


def test_a_member_that_is_not_there_is_a_fault_of_the_charter(own: Own) -> None:
    held = charter.proposal(charter.draft(cards(own, EE, LV), expires_at=NOW)).charter

    with pytest.raises(CharterError, match="no member LT"):
        held.member(LT)


def test_a_fingerprint_changes_with_either_key_and_the_name_and_nothing_else(own: Own) -> None:
    member = card(own[EE], port=7400)
    other = own[LV]

    read = charter.fingerprint(member)

    assert len(read.split()) == 8
    assert charter.fingerprint(replace(member, number=3, host="10.0.0.9", port=7500)) == read
    for changes in ({"id": LV}, {"ca": other.ca}, {"signing_key": other.signing_key}):
        assert charter.fingerprint(replace(member, **changes)) != read
