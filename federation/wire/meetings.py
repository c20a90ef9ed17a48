"""Notices about planned activities that may meet, as they travel."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from federation.errors import InvalidError
from federation.limits import BLOCKS, LINE, PARTS, POINTS, WORD
from federation.meetings import (
    Consent,
    ContactPoint,
    Encounter,
    Handle,
    Parting,
    Place,
    Probe,
    ProbeAnswer,
    ProbeProof,
    Veiled,
)
from federation.messages import Content, MemberId, Showing
from federation.private import PLACE_SIZES, POINT_BYTES, TAG_BYTES, TARGET_SIZES
from federation.wire.fields import few, instant, line, microseconds, needed
from federation.wire.questions import sought_from, sought_to
from protos.federation.v1 import federation_pb2 as pb

#: Degrees, and metres around a place.
_MOST_LATITUDE, _MOST_LONGITUDE, _MOST_RADIUS_M = 90, 180, 100_000


def _write_probe(message: pb.Notice, probe: Probe) -> None:
    message.probe.CopyFrom(pb.Probe(handle=probe.handle, points=_veiled_to(probe.points)))


def _read_probe(message: pb.Probe, _: MemberId) -> Probe:
    return Probe(_handle("handle", message.handle), _veiled(message.points, POINT_BYTES))


def _write_answer(message: pb.Notice, answer: ProbeAnswer) -> None:
    written = pb.ProbeAnswer(
        probe=answer.probe,
        part=answer.part,
        last=answer.is_last,
        tags=_veiled_to(answer.tags),
        blocks=map(_veiled_to, answer.blocks),
    )
    message.probe_answer.CopyFrom(written)


def _read_answer(message: pb.ProbeAnswer, _: MemberId) -> ProbeAnswer:
    return ProbeAnswer(
        _handle("probe", message.probe),
        _part(message.part),
        message.last,
        _veiled(message.tags, TAG_BYTES),
        _blocks(message.blocks, POINT_BYTES),
    )


def _write_proof(message: pb.Notice, proof: ProbeProof) -> None:
    blocks = map(_veiled_to, proof.blocks)
    written = pb.ProbeProof(probe=proof.probe, part=proof.part, blocks=blocks)
    message.probe_proof.CopyFrom(written)


def _read_proof(message: pb.ProbeProof, _: MemberId) -> ProbeProof:
    blocks = _blocks(message.blocks, TAG_BYTES)
    return ProbeProof(_handle("probe", message.probe), _part(message.part), blocks)


def _write_encounter(message: pb.Notice, met: Encounter) -> None:
    written = pb.Encounter(
        probe=met.probe,
        part=met.part,
        block=met.block,
        handle=met.handle,
        contact=met.contact.name,
        phone=met.contact.phone,
        mail=met.contact.mail,
    )
    _read_encounter(written, MemberId(""))
    message.encounter.CopyFrom(written)


def _read_encounter(message: pb.Encounter, _: MemberId) -> Encounter:
    if not 0 <= message.block < BLOCKS:
        raise InvalidError(f"encounter.block must be from 0 to {BLOCKS - 1}")
    contact = ContactPoint(
        needed("contact", message.contact, LINE),
        line("phone", message.phone, WORD),
        line("mail", message.mail, LINE),
    )
    probe, handle = _handle("probe", message.probe), _handle("handle", message.handle)
    return Encounter(probe, _part(message.part), message.block, handle, contact)


def _write_consent(message: pb.Notice, consent: Consent) -> None:
    written = pb.Consent(mine=consent.mine, yours=consent.yours, agreed=consent.is_agreed)
    message.consent.CopyFrom(written)


def _read_consent(message: pb.Consent, _: MemberId) -> Consent:
    mine, yours = _handle("mine", message.mine), _handle("yours", message.yours)
    return Consent(mine, yours, message.agreed)


def _write_showing(message: pb.Notice, showing: Showing) -> None:
    written = pb.Showing(
        mine=showing.mine,
        yours=showing.yours,
        kind=showing.kind,
        begins_at=microseconds(showing.begins_at) if showing.begins_at else 0,
        ends_at=microseconds(showing.ends_at) if showing.ends_at else 0,
        place=_place_to(showing.place) if showing.place else None,
        target=sought_to(showing.target) if showing.target else None,
    )
    _read_showing(written, MemberId(""))
    message.showing.CopyFrom(written)


def _read_showing(message: pb.Showing, _: MemberId) -> Showing:
    return Showing(
        mine=_handle("mine", message.mine),
        yours=_handle("yours", message.yours),
        kind=line("kind", message.kind, WORD),
        begins_at=instant("begins_at", message.begins_at) if message.begins_at else None,
        ends_at=instant("ends_at", message.ends_at) if message.ends_at else None,
        place=_place_from(message.place) if message.HasField("place") else None,
        target=sought_from(message.target) if message.HasField("target") else None,
    )


def _write_parting(message: pb.Notice, parting: Parting) -> None:
    message.parting.CopyFrom(pb.Parting(mine=parting.mine, ground=parting.ground))


def _read_parting(message: pb.Parting, _: MemberId) -> Parting:
    return Parting(_handle("mine", message.mine), needed("ground", message.ground, WORD))


def _place_to(place: Place) -> pb.Place:
    return pb.Place(
        address=place.address,
        latitude=place.latitude,
        longitude=place.longitude,
        radius_m=place.radius_m,
    )


def _place_from(message: pb.Place) -> Place:
    is_on_map = message.HasField("latitude") and message.HasField("longitude")
    latitude = _within("latitude", message.latitude, -_MOST_LATITUDE, _MOST_LATITUDE)
    longitude = _within("longitude", message.longitude, -_MOST_LONGITUDE, _MOST_LONGITUDE)
    return Place(
        line("address", message.address, LINE),
        latitude if is_on_map else None,
        longitude if is_on_map else None,
        _within("radius_m", message.radius_m, 0, _MOST_RADIUS_M),
    )


def _within(field: str, value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise InvalidError(f"{field} must be from {least} to {most}")
    return value


def _veiled_to(veiled: Veiled) -> pb.Veiled:
    return pb.Veiled(target=b"".join(veiled.target), place=b"".join(veiled.place))


def _veiled(message: pb.Veiled, width: int) -> Veiled:
    return Veiled(
        _cut("target", message.target, width, TARGET_SIZES),
        _cut("place", message.place, width, PLACE_SIZES),
    )


def _cut(field: str, data: bytes, width: int, sizes: Sequence[int]) -> tuple[bytes, ...]:
    """A list of points or tags, which has one of the lengths to which lists are padded."""
    if len(data) not in {size * width for size in sizes}:
        raise InvalidError(f"{field} must hold {' or '.join(map(str, sizes))} of {width} bytes")
    return tuple(data[start : start + width] for start in range(0, len(data), width))


def _blocks(messages: Iterable[pb.Veiled], width: int) -> tuple[Veiled, ...]:
    blocks = tuple(_veiled(one, width) for one in few("blocks", list(messages), BLOCKS))
    if sum(block.count for block in blocks) > POINTS:
        raise InvalidError(f"blocks must hold at most {POINTS} points")
    return blocks


def _part(number: int) -> int:
    if not 0 <= number < PARTS:
        raise InvalidError(f"part must be from 0 to {PARTS - 1}")
    return number


def _handle(field: str, text: str) -> Handle:
    return Handle(needed(field, text, WORD))


WRITE: Mapping[type[Content], Callable[[pb.Notice, Any], None]] = MappingProxyType(
    {
        Probe: _write_probe,
        ProbeAnswer: _write_answer,
        ProbeProof: _write_proof,
        Encounter: _write_encounter,
        Consent: _write_consent,
        Showing: _write_showing,
        Parting: _write_parting,
    }
)
READ: Mapping[str, Callable[[Any, MemberId], Content]] = MappingProxyType(
    {
        "probe": _read_probe,
        "probe_answer": _read_answer,
        "probe_proof": _read_proof,
        "encounter": _read_encounter,
        "consent": _read_consent,
        "showing": _read_showing,
        "parting": _read_parting,
    }
)
