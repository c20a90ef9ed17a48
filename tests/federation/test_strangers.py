"""Who gets in at a door and who does not: real TLS, real certificates, real calls."""

import asyncio
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from federation import keys, wire
from federation.certificates import NODE_LIFE, Issuer, parsed
from federation.errors import Code
from federation.keys import Keys
from federation.messages import MemberId, PersonId
from federation.seal import Statement
from tests.federation import http2
from tests.federation.world import (
    EE,
    LT,
    LV,
    World,
    ended,
    knocking,
    sealed,
)


def issued(world: World, ca_of: MemberId, name: MemberId, *, ago: timedelta) -> Keys:
    """Keys whose certificate this member's CA issued to that name, so long ago."""
    folder = world[ca_of].folder
    ca_key = load_pem_private_key((folder / "ca.key").read_bytes(), None)
    assert isinstance(ca_key, EllipticCurvePrivateKey)
    issuer = Issuer(parsed(world[ca_of].keys.ca), ca_key)
    leaf_key = load_pem_private_key(world[ca_of].keys.tls_key, None)
    assert isinstance(leaf_key, EllipticCurvePrivateKey)
    leaf = issuer.node(name, leaf_key, world.clock() - ago)
    return replace(world[ca_of].keys, tls_chain=leaf.public_bytes(Encoding.PEM))


async def test_a_strangers_certificate_does_not_get_through_the_handshake(
    world: World, tmp_path: Path
) -> None:
    keys.make(tmp_path / "stranger", EE, world.clock())
    stranger = keys.open(tmp_path / "stranger", EE, world.clock())

    async with knocking(world, stranger) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAVAILABLE
    assert (world[LV].house.asked, world[LV].house.refused) == ([], [])


async def test_the_door_of_one_member_is_closed_to_another(world: World) -> None:
    async with knocking(world, world[LT].keys) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAVAILABLE
    assert (world[LV].house.asked, world[LV].house.refused) == ([], [])


@pytest.mark.parametrize("door", [EE, LT])
async def test_another_members_ca_that_signs_our_name_opens_no_door(
    world: World, door: MemberId
) -> None:
    forged = issued(world, LT, EE, ago=timedelta(0))

    async with knocking(world, forged, door=door) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAVAILABLE
    assert world[LV].house.asked == []


async def test_a_ca_without_limits_that_signs_our_name_is_refused_on_the_call(
    world: World,
) -> None:
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca = unlimited(ca_key, world)
    leaf_key = load_pem_private_key(world[LT].keys.tls_key, None)
    assert isinstance(leaf_key, EllipticCurvePrivateKey)
    leaf = Issuer(ca, ca_key).node(EE, leaf_key, world.clock())
    forged = replace(world[LT].keys, tls_chain=leaf.public_bytes(Encoding.PEM))
    members = dict(world.charter.members)
    members[LT] = replace(members[LT], ca=ca.public_bytes(Encoding.PEM))
    world.charter = replace(world.charter, members=members)
    await world[LV].doors.apply(world.charter)

    async with knocking(world, forged, door=LT) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAUTHENTICATED
    assert world[LV].house.refused == [(LT, Code.STRANGER, None)]
    assert world[LV].house.asked == []


def unlimited(key: EllipticCurvePrivateKey, world: World) -> x509.Certificate:
    """A CA that may sign any name."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "any")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(world.clock() - timedelta(hours=1))
        .not_valid_after(world.clock() + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )


async def test_an_expired_certificate_does_not_get_through_the_handshake(world: World) -> None:
    expired = issued(world, EE, EE, ago=NODE_LIFE + timedelta(days=1))

    async with knocking(world, expired) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAVAILABLE
    assert world[LV].house.asked == []


async def test_a_certificate_that_expires_on_an_open_connection_is_refused_on_the_next_call(
    world: World,
) -> None:
    async with knocking(world) as channel:
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(wire.ASK)
        await call(sealed(world), timeout=5)
        world.clock.turn(days=NODE_LIFE.days + 1)
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAUTHENTICATED
    assert len(world[LV].house.asked) == 1
    assert [code for _, code, _ in world[LV].house.refused] == [Code.STRANGER]


async def test_a_person_of_the_member_is_refused_on_the_call_and_written_down(
    world: World,
) -> None:
    tamm, folder = PersonId("a.tamm"), world[EE].folder
    keys.issue_person(folder, EE, tamm, roles=("analyst",), now=world.clock())
    key, certificate = keys.person_credentials(folder, tamm)
    person = replace(world[EE].keys, tls_key=key, tls_chain=certificate)

    async with knocking(world, person) as channel:
        _, status = await ended(channel, sealed(world))

    assert status is grpc.StatusCode.UNAUTHENTICATED
    assert world[LV].house.refused == [(EE, Code.STRANGER, None)]
    assert world[LV].house.asked == []


@pytest.mark.parametrize(
    ("version", "asked", "refused"),
    [
        (ssl.TLSVersion.TLSv1_3, 1, []),
        (ssl.TLSVersion.TLSv1_2, 0, [(EE, Code.STRANGER, None)]),
    ],
)
async def test_a_call_over_tls_1_2_is_refused_and_written_down(
    world: World,
    version: ssl.TLSVersion,
    asked: int,
    refused: list[tuple[MemberId, Code, Statement | None]],
) -> None:
    port = world[LV].member.door_for(world[EE].member)

    await asyncio.to_thread(
        http2.call,
        port,
        wire.ASK,
        sealed(world),
        folder=world[EE].folder,
        version=version,
    )

    assert len(world[LV].house.asked) == asked
    assert world[LV].house.refused == refused


@pytest.mark.parametrize(
    "path",
    [
        f"/{wire.SERVICE}/Tell",
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    ],
)
async def test_nothing_but_the_one_method_is_served(world: World, path: str) -> None:
    async with knocking(world) as channel:
        _, status = await ended(channel, b"", path=path)

    assert status is grpc.StatusCode.UNIMPLEMENTED
