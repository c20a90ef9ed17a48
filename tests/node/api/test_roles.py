"""Each call with each role alone: whoever has none that may make it is refused, others are not."""

import asyncio
from collections.abc import Iterator

import grpc
import pytest

from federation.messages import PersonId
from node.people import MAY, Role
from tests.node.api.test_admission import code_of
from tests.node.api.test_calls import line
from tests.world import World, federation

DENIED = grpc.StatusCode.PERMISSION_DENIED
#: Calls that go on without end for whoever may make them, or change what all others stand on.
_GO_ON = {"RotateKeys", "RevokeKey", "AdoptCharter"}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    """Estonia, with a person for each role alone, and one of none."""
    with federation("EE", "LV") as running:
        for role in Role:
            running["ee"].home.issue(PersonId(f"only.{role}"), [role])
        running["ee"].home.issue(PersonId("only.nothing"), [])
        yield running


def denied(world: World, person: str, calls: list[str]) -> set[str]:
    """Which of these calls somebody may not make."""

    async def codes() -> dict[str, grpc.StatusCode]:
        ours = line(world["ee"], person)
        return {call: await code_of(ours, call) for call in calls}

    return {call for call, code in asyncio.run(codes()).items() if code is DENIED}


@pytest.mark.parametrize("role", Role)
def test_every_call_refuses_each_role_that_may_not_make_it(world: World, role: Role) -> None:
    wrong = [call for call, roles in MAY.items() if role not in roles]

    assert denied(world, f"only.{role}", wrong) == set(wrong)


def test_every_call_refuses_a_person_without_any_role(world: World) -> None:
    assert denied(world, "only.nothing", list(MAY)) == set(MAY)


@pytest.mark.parametrize("role", Role)
def test_no_call_refuses_a_role_that_may_make_it(world: World, role: Role) -> None:
    right = [call for call, roles in MAY.items() if role in roles and call not in _GO_ON]

    assert denied(world, f"only.{role}", right) == set()
