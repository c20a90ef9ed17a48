from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest

from federation import keys, trust
from federation.certificates import NODE_LIFE, Holder
from federation.errors import FederationError, StrangerError
from federation.keys import Keys
from federation.messages import MemberId, PersonId
from tests.federation.world import EE, HOST, LV, card, free_base

NOW = datetime.now(UTC)
TAMM = PersonId("a.tamm")


def made(folder: Path, member: MemberId) -> Keys:
    keys.make(folder, member, NOW)
    return keys.open(folder, member, NOW)


def context(certificate: bytes, version: bytes = b"TLSv1.3") -> trust.AuthContext:
    """What grpc says of a connection that this certificate opened."""
    return {"x509_pem_cert": [certificate], "ssl_tls_version": [version]}


@pytest.fixture
def own(tmp_path: Path) -> Keys:
    """The keys of Estonia, whose analyst is Tamm."""
    own = made(tmp_path / "EE", EE)
    keys.issue_person(tmp_path / "EE", EE, TAMM, roles=("analyst",), now=NOW)
    return own


def test_the_node_of_a_member_is_proven_by_its_certificate(own: Keys) -> None:
    trust.prove_member(context(own.tls_chain), card(own), NOW)


@pytest.mark.parametrize("version", [b"TLSv1.2", b""])
def test_a_connection_below_tls_1_3_proves_nobody(own: Keys, version: bytes) -> None:
    with pytest.raises(StrangerError, match=r"not TLS 1\.3"):
        trust.prove_member(context(own.tls_chain, version), card(own), NOW)


def test_a_connection_without_a_certificate_proves_nobody(own: Keys) -> None:
    bare = {"ssl_tls_version": [b"TLSv1.3"]}

    with pytest.raises(StrangerError, match="no certificate"):
        trust.prove_member(bare, card(own), NOW)


def test_the_right_name_from_another_ca_proves_nobody(own: Keys, tmp_path: Path) -> None:
    stranger = made(tmp_path / "stranger", EE)

    with pytest.raises(StrangerError, match="not issued by the CA"):
        trust.prove_member(context(stranger.tls_chain), card(own), NOW)


def test_another_member_is_not_this_one(own: Keys, tmp_path: Path) -> None:
    other = made(tmp_path / "LV", LV)

    with pytest.raises(StrangerError, match="not issued by the CA"):
        trust.prove_member(context(other.tls_chain), card(own), NOW)


def test_a_person_of_the_member_is_not_its_node(own: Keys, tmp_path: Path) -> None:
    _, certificate = keys.person_credentials(tmp_path / "EE", TAMM)

    with pytest.raises(StrangerError, match="another name"):
        trust.prove_member(context(certificate), card(own), NOW)


def test_a_connection_that_outlives_its_certificate_proves_nobody_any_more(own: Keys) -> None:
    trust.prove_member(context(own.tls_chain), card(own), NOW)

    with pytest.raises(StrangerError, match="not count any more"):
        trust.prove_member(
            context(own.tls_chain), card(own), NOW + NODE_LIFE + timedelta(minutes=1)
        )


def test_a_person_holds_the_desk_with_every_role(own: Keys, tmp_path: Path) -> None:
    _, certificate = keys.person_credentials(tmp_path / "EE", TAMM)

    holder = trust.holder(context(certificate), EE, [own.ca], NOW)

    assert holder == Holder(TAMM, frozenset({"analyst"}))


def test_a_node_does_not_hold_the_desk(own: Keys) -> None:
    with pytest.raises(StrangerError, match="none of our people"):
        trust.holder(context(own.tls_chain), EE, [own.ca], NOW)


def test_a_person_named_by_another_ca_does_not_hold_the_desk(own: Keys, tmp_path: Path) -> None:
    made(tmp_path / "stranger", EE)
    issued = keys.issue_person(tmp_path / "stranger", EE, TAMM, roles=("administrator",), now=NOW)

    with pytest.raises(StrangerError, match="not issued by the CA"):
        trust.holder(context(issued.certificate.read_bytes()), EE, [own.ca], NOW)


def test_an_address_is_written_as_grpc_reads_it() -> None:
    written = [trust.target(host, 7400) for host in ("10.0.0.1", "amber.ee", "2001:db8::1")]

    assert written == ["10.0.0.1:7400", "amber.ee:7400", "[2001:db8::1]:7400"]


async def whoami(own: Keys, key: bytes, certificate: bytes) -> trust.AuthContext:
    """What the desk of this member sees of a call with this certificate."""
    seen: list[trust.AuthContext] = []

    async def answer(_: bytes, context: grpc.aio.ServicerContext[bytes, bytes]) -> bytes:
        seen.append(context.auth_context())
        return b""

    methods: dict[str, grpc.RpcMethodHandler[bytes, bytes]]
    methods = {"Ask": grpc.unary_unary_rpc_method_handler(answer)}
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("desk", methods),))
    address = trust.target(HOST, free_base())
    server.add_secure_port(
        address, trust.server_credentials(lambda: trust.desk_certified(own, [own.ca]))
    )
    await server.start()
    channel = trust.desk_channel(address, own.ca, own.member, key=key, certificate=certificate)
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary("/desk/Ask")
    try:
        await call(b"", timeout=5)
    finally:
        await channel.close()
        await server.stop(None)
    return seen[0]


async def test_a_person_reaches_the_desk_over_tls_1_3(own: Keys, tmp_path: Path) -> None:
    key, certificate = keys.person_credentials(tmp_path / "EE", TAMM)

    seen = await whoami(own, key, certificate)

    assert trust.holder(seen, EE, [own.ca], NOW).person == TAMM


async def test_a_stranger_does_not_get_through_the_handshake_of_the_desk(
    own: Keys, tmp_path: Path
) -> None:
    stranger = made(tmp_path / "stranger", EE)

    with pytest.raises(grpc.aio.AioRpcError) as ended:
        await whoami(own, stranger.tls_key, stranger.tls_chain)

    assert ended.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_handshake_is_told_only_what_is_new_and_once_those_before_have_begun(
    own: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paused: list[float] = []
    monkeypatch.setattr("federation.trust.time.sleep", paused.append)
    before = trust.desk_certified(own, [own.ca])
    after = trust.desk_certified(made(tmp_path / "again", EE), [own.ca])
    certified = iter([before, before, after, after])
    shown = trust.Shown(lambda: next(certified))

    told = [shown() for _ in range(3)]

    assert [one is None for one in told] == [True, False, True]
    assert paused == [trust.CHANGING_S]


def test_a_server_that_cannot_tell_what_is_certified_goes_on_with_what_was(own: Keys) -> None:
    def certified() -> trust.Certified:
        if is_lost:
            raise FederationError("no such member")
        return trust.desk_certified(own, [own.ca])

    is_lost = False
    shown = trust.Shown(certified)
    is_lost = True

    assert shown() is None
