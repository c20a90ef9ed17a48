"""Sealed messages: who says what to whom, signed, so that either side can prove it later."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import Key, Signature, Signer, SSlibKey

from federation.errors import BrokenSealError
from federation.messages import MemberId

#: What a statement's signature is over; a signature under another type never counts as a seal.
STATEMENT_TYPE = "application/vnd.amber.statement.v1+json"

#: What one member's node says to another's, as a seal names it: a question and its answer, a
#: dispatch of notices and its receipt, each notice in it, a look into books and what they say.
ASK, ANSWER, MAIL, RECEIPT, NOTICE = "ask", "answer", "mail", "receipt", "notice"
INQUIRY, ACCOUNT = "inquiry", "account"

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says what to whom, and when: everything that a seal signs.

    `id` is the question's, in its answer too. `sealed_at` counts to the microsecond. `charter`
    is the version the sender holds. `body_digest` is the SHA-256 of the body in hex, filled in
    by `seal`; `reply_to` is the digest of the statement that this one answers, or empty;
    `sequence` is the place of a notice in the sender's mail for this audience, else 0.
    """

    sender: MemberId
    audience: MemberId
    method: str
    id: str
    sealed_at: datetime
    charter: int
    body_digest: str = ""
    reply_to: str = ""
    sequence: int = 0


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A raw Ed25519 public key, and until when it seals: for good when no instant is given.

    What was sealed later does not count; of a key that was revoked nothing counts that arrives
    after that, for whoever has it may write any time into a seal.
    """

    public: bytes
    until: datetime | None = None
    is_revoked: bool = False

    def counts_at(self, instant: datetime, *, arrived_at: datetime | None = None) -> bool:
        """Whether a seal of this instant counts: now, or as what was here at an earlier time.

        What had arrived before a key was revoked stays proof.
        """
        if self.is_revoked:
            return self.until is not None and arrived_at is not None and arrived_at < self.until
        return self.until is None or instant <= self.until


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message as it travels and as it is kept for evidence: exact bytes and a signature."""

    statement: bytes
    key_id: str
    signature: bytes
    body: bytes

    @property
    def digest(self) -> str:
        """The SHA-256 of the statement in hex, by which a reply names it."""
        return _sha256(self.statement)


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """The JSON of a statement; what a later version may add is signed all the same."""

    sender: str
    audience: str
    method: str
    id: str
    sealed_at: int
    charter: int
    body_digest: str
    reply_to: str
    sequence: int = 0


def seal(statement: Statement, body: bytes, signer: Signer) -> Sealed:
    """Sign a statement over this body."""
    line = _Line(
        sender=statement.sender,
        audience=statement.audience,
        method=statement.method,
        id=statement.id,
        sealed_at=(statement.sealed_at - _EPOCH) // _MICROSECOND,
        charter=statement.charter,
        body_digest=_sha256(body),
        reply_to=statement.reply_to,
        sequence=statement.sequence,
    )
    payload = msgspec.json.encode(line)
    signature = signed(STATEMENT_TYPE, payload, signer)
    return Sealed(payload, signature.keyid, bytes.fromhex(signature.signature), body)


def opened(
    sealed: Sealed,
    signing_keys: Sequence[SigningKey],
    *,
    sender: MemberId,
    audience: MemberId,
    method: str,
) -> Statement:
    """The statement under a seal that this sender put on these bytes for this audience.

    The seal names the key it is by, which must be one of these and have counted when it was put.
    Nothing is read before the signature holds. Time, charter version and reply are the caller's
    to judge. Raises `BrokenSealError` when anything else does not hold.
    """
    key = _named(sealed.key_id, signing_keys)
    if key is None:
        raise BrokenSealError(f"{sender}: the seal names no key that the charter knows")
    if not holds(STATEMENT_TYPE, sealed.statement, sealed.signature, signing_key=key.public):
        raise BrokenSealError(f"{sender}: the signature is not by the key that the seal names")
    statement = _read(sealed.statement, sender)
    if not key.counts_at(statement.sealed_at):
        raise BrokenSealError(f"{sender}: sealed with a key that did not count any more")
    if not hmac.compare_digest(statement.body_digest, _sha256(sealed.body)):
        raise BrokenSealError(f"{sender}: the body is not the one that was sealed")
    claimed = (statement.sender, statement.audience, statement.method)
    if claimed != (sender, audience, method):
        raise BrokenSealError(f"{sender}: sealed as {claimed}, not for {audience}, {method}")
    return statement


def stated(
    sealed: Sealed, signing_keys: Sequence[SigningKey], *, arrived_at: datetime | None = None
) -> Statement | None:
    """The statement under a seal of one of these keys, whose body is no longer looked at.

    None when it is not by the key that it names, or that key did not count when it was put. Of
    evidence that was kept here `arrived_at` says since when, see `SigningKey.counts_at`.
    """
    key = _named(sealed.key_id, signing_keys)
    if key is None or not holds(
        STATEMENT_TYPE, sealed.statement, sealed.signature, signing_key=key.public
    ):
        return None
    statement = read(sealed.statement)
    if statement is None or not key.counts_at(statement.sealed_at, arrived_at=arrived_at):
        return None
    return statement


def read(statement: bytes) -> Statement | None:
    """What a statement says, whoever signed it; None for bytes that say nothing."""
    try:
        return _read(statement, MemberId(""))
    except BrokenSealError:
        return None


def signed(kind: str, payload: bytes, signer: Signer) -> Signature:
    """Sign a payload as being of one kind; it counts as no other."""
    return Envelope(payload, kind, {}).sign(signer)


def holds(kind: str, payload: bytes, signature: bytes, *, signing_key: bytes) -> bool:
    """Whether the owner of this Ed25519 key signed the payload as being of this kind."""
    key = public_key(signing_key)
    envelope = Envelope(payload, kind, {key.keyid: Signature(key.keyid, signature.hex())})
    try:
        envelope.verify([key], 1)
    except VerificationError:
        return False
    return True


def is_by(signing_keys: Sequence[SigningKey], kind: str, payload: bytes, signature: bytes) -> bool:
    """Whether one of these keys, unless it was revoked, signed the payload as being of one kind."""
    return any(
        holds(kind, payload, signature, signing_key=one.public)
        for one in signing_keys
        if not one.is_revoked
    )


@lru_cache(maxsize=256)
def public_key(signing_key: bytes) -> Key:
    """A raw Ed25519 public key in the form that DSSE and the charter know it by.

    Raises `ValueError` for bytes that are not such a key.
    """
    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(signing_key))


def _named(key_id: str, signing_keys: Sequence[SigningKey]) -> SigningKey | None:
    return next((one for one in signing_keys if public_key(one.public).keyid == key_id), None)


def _read(payload: bytes, sender: MemberId) -> Statement:
    try:
        line = msgspec.json.decode(payload, type=_Line)
        sealed_at = _EPOCH + line.sealed_at * _MICROSECOND
    except (msgspec.DecodeError, OverflowError, RecursionError):
        raise BrokenSealError(f"{sender}: the statement cannot be read") from None
    return Statement(
        sender=MemberId(line.sender),
        audience=MemberId(line.audience),
        method=line.method,
        id=line.id,
        sealed_at=sealed_at,
        charter=line.charter,
        body_digest=line.body_digest,
        reply_to=line.reply_to,
        sequence=line.sequence,
    )


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
