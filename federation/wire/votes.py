"""Notices about the next charter, as they travel."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from federation.errors import InvalidError
from federation.limits import CHARTER_BYTES, ENDORSEMENT_BYTES, LINE, WORD
from federation.messages import Content, MemberId
from federation.votes import CharterAdopted, CharterProposed, CharterSigned, CharterWithdrawn
from federation.wire.fields import line, needed
from protos.federation.v1 import federation_pb2 as pb


def _write_proposed(message: pb.Notice, proposed: CharterProposed) -> None:
    written = pb.CharterProposed(
        document=proposed.document, reason=proposed.reason, endorsement=proposed.endorsement
    )
    _read_proposed(written, MemberId(""))
    message.charter_proposed.CopyFrom(written)


def _read_proposed(message: pb.CharterProposed, _: MemberId) -> CharterProposed:
    if len(message.endorsement) > ENDORSEMENT_BYTES:
        raise InvalidError(f"endorsement must have at most {ENDORSEMENT_BYTES} bytes")
    reason = line("reason", message.reason, LINE)
    return CharterProposed(_document(message.document), reason, message.endorsement)


def _write_signed(message: pb.Notice, signed: CharterSigned) -> None:
    message.charter_signed.CopyFrom(pb.CharterSigned(document=_document(signed.document)))


def _read_signed(message: pb.CharterSigned, _: MemberId) -> CharterSigned:
    return CharterSigned(_document(message.document))


def _write_withdrawn(message: pb.Notice, withdrawn: CharterWithdrawn) -> None:
    written = pb.CharterWithdrawn(identity=withdrawn.identity)
    _read_withdrawn(written, MemberId(""))
    message.charter_withdrawn.CopyFrom(written)


def _read_withdrawn(message: pb.CharterWithdrawn, _: MemberId) -> CharterWithdrawn:
    return CharterWithdrawn(needed("identity", message.identity, WORD))


def adopted_to(adopted: CharterAdopted) -> pb.CharterAdopted:
    """A charter that is in force, as a notice or a receipt holds it."""
    return pb.CharterAdopted(document=_document(adopted.document), missed=adopted.is_missed)


def adopted_from(message: pb.CharterAdopted) -> CharterAdopted:
    """A charter that is in force at a member; raises `InvalidError` when it is too long."""
    return CharterAdopted(_document(message.document), message.missed)


def _write_adopted(message: pb.Notice, adopted: CharterAdopted) -> None:
    message.charter_adopted.CopyFrom(adopted_to(adopted))


def _read_adopted(message: pb.CharterAdopted, _: MemberId) -> CharterAdopted:
    return adopted_from(message)


def _document(document: bytes) -> bytes:
    """A document as far as its size goes; what it says is for the charter's own rules."""
    if not 0 < len(document) <= CHARTER_BYTES:
        raise InvalidError(f"document must have from 1 to {CHARTER_BYTES} bytes")
    return document


WRITE: Mapping[type[Content], Callable[[pb.Notice, Any], None]] = MappingProxyType(
    {
        CharterProposed: _write_proposed,
        CharterSigned: _write_signed,
        CharterWithdrawn: _write_withdrawn,
        CharterAdopted: _write_adopted,
    }
)
READ: Mapping[str, Callable[[Any, MemberId], Content]] = MappingProxyType(
    {
        "charter_proposed": _read_proposed,
        "charter_signed": _read_signed,
        "charter_withdrawn": _read_withdrawn,
        "charter_adopted": _read_adopted,
    }
)
