"""Whoever stole keys knocks: out by one command of their owner, or by what k others sign."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from federation.charter import Member, Standing
from federation.errors import BrokenSealError, StrangerError, UnreachableError
from federation.keys import Keys, What
from federation.messages import MemberId
from tests.federation import http2
from tests.flows.test_charter import decided
from tests.flows.test_keys import EE, LV, PL, is_whole, knock, own, quick
from tests.flows.test_suspended import held
from tests.shell import Shell
from tests.world import Place, World, eventually


@pytest.fixture
def world() -> Iterator[World]:
    """Estonia, Latvia and Poland, whose hearts beat five times a second."""
    with quick() as running:
        yield running


def is_let_in(folder: Path, keys: Keys, at: Place) -> bool:
    """Whether a door that stands open speaks with whoever shakes hands with these keys."""
    for name, data in (("tls.pem", keys.tls_chain), ("tls.key", keys.tls_key)):
        (folder / name).write_bytes(data)
    members = at.up.in_force().members
    port = members[at.home.member].door_for(members[keys.member])
    with http2.begun(port, http2.tls(folder)) as line:
        try:
            return bool(line.recv(1))
        except (ssl.SSLError, ConnectionResetError):
            return False


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        (What.SIGNING, BrokenSealError),
        (What.TLS, StrangerError),
        (What.CA, UnreachableError),
    ],
)
def test_one_command_of_the_owner_and_whoever_stole_a_key_is_let_in_by_nobody(
    world: World, shell: Shell, tmp_path: Path, what: What, fault: type[Exception]
) -> None:
    place, stolen = world["ee"], own(world["ee"])
    assert knock(world, stolen, stolen) is None
    assert is_let_in(tmp_path, stolen, world["lv"])

    shell("-n", place.home.path, "keys", "revoke", what, "--reason", "a laptop was lost")

    mine = own(place)
    seals = stolen if what is What.SIGNING else mine
    shows = mine if what is What.SIGNING else stolen
    eventually(lambda: knock(world, seals, shows) is fault)
    assert knock(world, mine, mine) is None
    eventually(lambda: is_whole(place))
    for other in ("lv", "pl"):
        assert is_let_in(tmp_path, mine, world[other])
        assert is_let_in(tmp_path, stolen, world[other]) is (what is not What.CA)


def test_what_k_others_sign_shuts_out_whoever_stole_every_key_of_a_member(
    world: World, tmp_path: Path
) -> None:
    """The owner knows of nothing, and its keys are good for as long as anybody's."""
    stolen = own(world["ee"])
    with held(world, EE, LV, PL) as lines:
        eventually(lambda: all(line.answers for line in lines.values()))

        decided(world, "lv", "pl", version=3, standings={EE: Standing.SUSPENDED})

        for line in lines.values():
            eventually(lambda line=line: line.refusals)  # type: ignore[misc]
    for line in lines.values():
        assert max(line.answers) < min(line.refusals)
    for other in ("lv", "pl"):
        eventually(lambda other=other: not is_open(world[other], EE))  # type: ignore[misc]
    assert is_let_in(tmp_path, own(world["lv"]), world["pl"])
    assert own(world["ee"]).tls_chain == stolen.tls_chain


def is_open(place: Place, to: MemberId) -> bool:
    """Whether anybody at all can connect to the door that is kept for a member."""
    members: dict[MemberId, Member] = dict(place.up.in_force().members)
    port = members[place.home.member].door_for(members[to])
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True
