import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.signer import CryptoSigner

from federation import seal
from federation.errors import BrokenSealError
from federation.messages import MemberId
from federation.seal import Sealed, SigningKey, Statement
from tests.federation.world import EE, LT, LV

SIGNER = CryptoSigner.generate_ed25519()
KEY = bytes.fromhex(SIGNER.public_key.keyval["public"])
STATEMENT = Statement(
    sender=EE,
    audience=LV,
    method="ask",
    id="q-1",
    sealed_at=datetime(2026, 11, 24, 12, 0, 0, 123_457, tzinfo=UTC),
    charter=3,
)
BODY = b"who is Viktor Lesnikov"

#: For each signed field something else that an attacker may like better.
OTHERWISE = {
    "sender": "LT",
    "audience": "LT",
    "method": "other",
    "id": "q-2",
    "sealed_at": 1_800_000_000_000_000,
    "charter": 4,
    "body_digest": "0" * 64,
    "reply_to": "0" * 64,
    "sequence": 7,
}


def sealed() -> Sealed:
    return seal.seal(STATEMENT, BODY, SIGNER)


def opened(envelope: Sealed, key: bytes = KEY, audience: MemberId = LV) -> Statement:
    return seal.opened(envelope, [SigningKey(key)], sender=EE, audience=audience, method="ask")


def altered(sealed: Sealed, field: str) -> Sealed:
    """The same with one signed field that says something else, and not a byte more."""
    other = rewritten(sealed, **{field: OTHERWISE[field]})
    assert other != sealed
    return other


def rewritten(sealed: Sealed, **said: object) -> Sealed:
    """The same with a statement that says this, written as nodes write it."""
    line = json.loads(sealed.statement) | said
    return replace(sealed, statement=msgspec.json.encode(line))


def test_what_was_sealed_is_read_again_to_the_microsecond() -> None:
    envelope = sealed()

    statement = opened(envelope)

    assert statement == replace(STATEMENT, body_digest=statement.body_digest)
    assert envelope.body == BODY


def test_a_statement_of_the_first_version_is_written_as_it_was() -> None:
    envelope = sealed()

    body = hashlib.sha256(BODY).hexdigest()
    assert envelope.statement.decode() == (
        '{"sender":"EE","audience":"LV","method":"ask","id":"q-1","sealed_at":1795521600123457,'
        f'"charter":3,"body_digest":"{body}","reply_to":""}}'
    )


@pytest.mark.parametrize("field", OTHERWISE)
def test_a_seal_breaks_when_any_signed_field_is_altered(field: str) -> None:
    with pytest.raises(BrokenSealError, match="signature"):
        opened(altered(sealed(), field))


def test_a_seal_holds_when_its_statement_is_written_again_and_says_the_same() -> None:
    assert rewritten(sealed()) == sealed()
    notice = seal.seal(replace(STATEMENT, sequence=7), BODY, SIGNER)
    assert rewritten(notice) == notice


def test_every_field_of_a_statement_is_signed() -> None:
    notice = seal.seal(replace(STATEMENT, sequence=7), BODY, SIGNER)
    line = json.loads(notice.statement)

    names = {field.name for field in fields(Statement)}

    assert names == set(line) == set(OTHERWISE)


def test_a_seal_breaks_when_the_body_is_another() -> None:
    envelope = replace(sealed(), body=b"who is Anna Nowak")

    with pytest.raises(BrokenSealError, match="body"):
        opened(envelope)


def test_a_seal_by_another_key_does_not_hold() -> None:
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    with pytest.raises(BrokenSealError, match="names no key"):
        opened(sealed(), key=other)


def test_a_seal_by_another_key_in_the_name_of_ours_does_not_hold() -> None:
    forged = seal.seal(STATEMENT, BODY, CryptoSigner(Ed25519PrivateKey.generate()))

    with pytest.raises(BrokenSealError, match="signature"):
        opened(replace(forged, key_id=sealed().key_id))


def former(until: datetime, *, is_revoked: bool = False) -> list[SigningKey]:
    """A new key first, and the key that seals here behind it."""
    new = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return [SigningKey(new), SigningKey(KEY, until, is_revoked)]


def test_a_seal_by_a_former_key_counts_when_it_was_put_before_its_end() -> None:
    keys = former(STATEMENT.sealed_at)

    statement = seal.opened(sealed(), keys, sender=EE, audience=LV, method="ask")

    assert statement.sealed_at == STATEMENT.sealed_at


@pytest.mark.parametrize(
    "keys",
    [
        former(STATEMENT.sealed_at - timedelta(microseconds=1)),
        former(STATEMENT.sealed_at, is_revoked=True),
    ],
)
def test_a_seal_put_after_the_end_of_its_key_or_by_a_revoked_one_does_not_hold(
    keys: list[SigningKey],
) -> None:
    with pytest.raises(BrokenSealError, match="did not count any more"):
        seal.opened(sealed(), keys, sender=EE, audience=LV, method="ask")


def test_a_seal_that_names_another_key_does_not_hold() -> None:
    envelope = replace(sealed(), key_id="0" * 64)

    with pytest.raises(BrokenSealError, match="names no key"):
        opened(envelope)


@pytest.mark.parametrize(
    "meant",
    [
        replace(STATEMENT, sender=LT),
        replace(STATEMENT, audience=LT),
        replace(STATEMENT, method="answer"),
    ],
)
def test_a_whole_seal_that_was_meant_otherwise_does_not_hold(meant: Statement) -> None:
    envelope = seal.seal(meant, BODY, SIGNER)

    with pytest.raises(BrokenSealError, match="not for LV"):
        opened(envelope)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b"{}",
        json.dumps(json.loads(sealed().statement) | {"sealed_at": 10**18 * 9}).encode(),
        json.dumps(json.loads(sealed().statement) | {"charter": "3"}).encode(),
    ],
)
def test_a_signed_statement_that_cannot_be_read_does_not_hold(payload: bytes) -> None:
    signature = seal.signed(seal.STATEMENT_TYPE, payload, SIGNER)
    envelope = Sealed(payload, signature.keyid, bytes.fromhex(signature.signature), BODY)

    with pytest.raises(BrokenSealError, match="cannot be read"):
        opened(envelope)


def test_a_field_that_a_later_version_adds_is_signed_and_passed_over() -> None:
    payload = json.dumps(json.loads(sealed().statement) | {"later": True}).encode()
    signature = seal.signed(seal.STATEMENT_TYPE, payload, SIGNER)
    envelope = Sealed(payload, signature.keyid, bytes.fromhex(signature.signature), BODY)

    statement = opened(envelope)

    assert statement.id == "q-1"


def test_a_signature_of_another_kind_never_counts_as_a_seal() -> None:
    payload = sealed().statement
    signature = seal.signed("application/vnd.amber.audit-head.v1", payload, SIGNER)
    envelope = Sealed(payload, signature.keyid, bytes.fromhex(signature.signature), BODY)

    with pytest.raises(BrokenSealError, match="signature"):
        opened(envelope)


def test_a_reply_names_a_statement_by_its_digest_alone() -> None:
    first = sealed()
    second = seal.seal(
        replace(STATEMENT, sealed_at=STATEMENT.sealed_at + timedelta(microseconds=1)), BODY, SIGNER
    )

    digests = {first.digest, replace(first, body=b"", signature=b"").digest, second.digest}

    assert len(digests) == 2


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_seal_breaks_at_any_altered_byte(place: int, change: int) -> None:
    envelope = sealed()
    whole = bytearray(envelope.statement + envelope.signature + envelope.body)
    whole[place % len(whole)] ^= change
    ends = len(envelope.statement), len(envelope.statement) + len(envelope.signature)
    parts = bytes(whole[: ends[0]]), bytes(whole[ends[0] : ends[1]]), bytes(whole[ends[1] :])

    with pytest.raises(BrokenSealError):
        opened(Sealed(parts[0], envelope.key_id, parts[1], parts[2]))


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_bytes_that_nobody_signed_never_hold(statement: bytes, signature: bytes) -> None:
    envelope = Sealed(statement, "", signature, b"")

    with pytest.raises(BrokenSealError):
        opened(envelope)


def test_evidence_that_was_here_before_its_key_was_revoked_still_proves() -> None:
    stolen_at = STATEMENT.sealed_at + timedelta(days=3)
    keys = former(stolen_at, is_revoked=True)

    def kept(arrived_at: datetime | None) -> Statement | None:
        return seal.stated(sealed(), keys, arrived_at=arrived_at)

    proven = kept(stolen_at - timedelta(seconds=1))
    assert proven is not None
    assert proven.sender == EE
    assert [kept(late) for late in (stolen_at, stolen_at + timedelta(days=1), None)] == [None] * 3
