"""Who may call the desk: each call asks for the person and the role before anything else."""

import asyncio
from collections.abc import Iterator

import grpc
import pytest

from federation.messages import PersonId
from node import desk
from node.desk import Line
from node.people import MAY, Role
from protos.node.v1 import node_pb2 as pb
from tests.node.api.test_calls import line
from tests.world import World, federation

METHODS = pb.DESCRIPTOR.services_by_name["Desk"].methods_by_name
#: Calls that go on without end for whoever may make them, or change what all others stand on.
GO_ON = {"RotateKeys", "RevokeKey", "AdoptCharter"}


@pytest.fixture(scope="module")
def staffed() -> Iterator[World]:
    """Estonia with a person of each role and one of none, and Latvia."""
    with federation("EE", "LV") as world:
        for role in Role:
            world["ee"].home.issue(PersonId(role), [role])
        world["ee"].home.issue(PersonId("nobody"), [])
        yield world


def test_every_call_of_the_desk_says_who_may_make_it() -> None:
    assert set(METHODS) == set(MAY)


@pytest.mark.parametrize("call", METHODS)
def test_every_call_refuses_every_person_without_the_role(staffed: World, call: str) -> None:
    may_not = [str(role) for role in Role if role not in MAY[call]]

    ends = {
        who: asyncio.run(code_of(line(staffed["ee"], who), call)) for who in (*may_not, "nobody")
    }

    assert set(ends.values()) == {grpc.StatusCode.PERMISSION_DENIED}, ends


@pytest.mark.parametrize("call", [call for call in METHODS if call not in GO_ON])
def test_every_call_is_open_to_each_role_that_may_make_it(staffed: World, call: str) -> None:
    ends = {who: asyncio.run(code_of(line(staffed["ee"], str(who)), call)) for who in MAY[call]}

    assert grpc.StatusCode.PERMISSION_DENIED not in ends.values(), ends


@pytest.mark.parametrize("call", METHODS)
def test_every_call_refuses_a_person_of_another_member(staffed: World, call: str) -> None:
    ours, theirs = line(staffed["ee"]), line(staffed["lv"])
    stranger = Line(ours.address, ours.member, ours.ca, theirs.key, theirs.certificate)

    code = asyncio.run(code_of(stranger, call))

    assert code is grpc.StatusCode.UNAVAILABLE


async def code_of(line: Line, call: str) -> grpc.StatusCode:
    """How a bare, empty call of this name ends; a stream that we send has empty options."""
    method = METHODS[call]
    async with desk.opened(line) as opened, asyncio.timeout(10):
        made = getattr(opened._calls, call)
        request = getattr(pb, f"{call}Request")
        try:
            if method.client_streaming:
                stream = made()
                await stream.write(request(options=getattr(pb, f"{call}Options")()))
                await stream.read()
            elif method.server_streaming:
                await made(request()).read()
            else:
                await made(request())
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


def test_our_own_node_is_none_of_our_people(world: World) -> None:
    keys = world["ee"].up.ring.present
    ours = line(world["ee"])
    node = Line(ours.address, ours.member, ours.ca, keys.tls_key, keys.tls_chain)

    code = asyncio.run(code_of(node, "GetStatus"))

    assert code is grpc.StatusCode.UNAUTHENTICATED
