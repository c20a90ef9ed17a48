"""Charter + keys -> TLS credentials; certificate -> the member or person it proves.

Trust: a certificate counts only when the CA that the charter pins for that very member issued
it to that member's name, is in its validity, and came over TLS 1.3. TLS checks most of that at
the handshake; every call is checked again here, because a connection may outlive all of it.
"""

import contextlib
import functools
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import grpc
from cryptography import x509

from federation import limits
from federation.certificates import (
    Holder,
    digest_of,
    dns_name,
    holder_in,
    leaf_defect,
    node_name,
    node_names_like,
    parsed,
    person_names,
)
from federation.charter import Member
from federation.errors import FederationError, InvalidError, StrangerError
from federation.keys import Keys
from federation.messages import MemberId

TLS_VERSION = b"TLSv1.3"

#: A handshake that finds something new waits so long before it shows it. Those that just asked,
#: and found nothing new, still begin with what was shown before: grpc frees that under their feet
#: and the process goes down (grpcio 1.85, https://github.com/grpc/grpc/issues/36693).
CHANGING_S = 0.2

#: What grpc says of a connection: property -> values.
AuthContext = Mapping[str, Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class Certified:
    """What one end of a connection shows of itself, and the CAs in PEM form that it believes."""

    key: bytes = field(repr=False)
    chain: bytes
    believed: bytes


class Shown:
    """What a server shows at a handshake; called by grpc, one handshake of a server at a time."""

    def __init__(self, certified: Callable[[], Certified]) -> None:
        self._certified = certified
        self._last = certified()
        self.first = _configuration(self._last)

    def __call__(self) -> grpc.ServerCertificateConfiguration | None:
        """What is certified now; None where that is as before, or cannot be told."""
        with contextlib.suppress(FederationError):
            now = self._certified()
            if now != self._last:
                time.sleep(CHANGING_S)
                self._last = now
                return _configuration(now)
        return None


@dataclass(frozen=True, slots=True)
class Way:
    """How one member's door is reached: while this is the same, an open line stays good."""

    address: str
    name: str
    certified: Certified


def door_certified(own: Keys, member: Member, now: datetime) -> Certified:
    """At the door of one member: only what a CA of its certified gets through the handshake."""
    return Certified(own.tls_key, own.tls_chain, b"".join(member.cas_at(now)))


def desk_certified(own: Keys, cas: Iterable[bytes]) -> Certified:
    """At the desk port: only what our own CAs certified gets through the handshake."""
    return Certified(own.tls_key, own.tls_chain, b"".join(cas))


def server_credentials(certified: Callable[[], Certified]) -> grpc.ServerCredentials:
    """The credentials of a server, asked for anew at each handshake.

    So keys and CAs change while it stands. Where none can be told those before stay.
    """
    shown = Shown(certified)
    return grpc.dynamic_ssl_server_credentials(
        shown.first,
        shown,  # type: ignore[arg-type]  # the stubs know nothing of None, which grpc takes
        require_client_authentication=True,
    )


def way(own: Keys, us: Member, member: Member, now: datetime) -> Way:
    """How we reach the door that another member keeps for us."""
    address = f"dns:///{target(member.host, member.door_for(us))}"
    name = node_name(member.id, len(member.revoked))
    return Way(address, name, door_certified(own, member, now))


def peer_channel(way: Way) -> grpc.aio.Channel:
    """Our line to another member's door; it connects when first used."""
    shown = way.certified
    credentials = grpc.ssl_channel_credentials(shown.believed, shown.key, shown.chain)
    return _channel(way.address, credentials, way.name)


def desk_channel(
    address: str, own_ca: bytes, member: MemberId, *, key: bytes, certificate: bytes
) -> grpc.aio.Channel:
    """A person's line to the desk port of this member's node; key and certificate are PEM."""
    credentials = grpc.ssl_channel_credentials(own_ca, key, certificate)
    return _channel(address, credentials, dns_name(member))


def prove_member(context: AuthContext, member: Member, now: datetime) -> None:
    """Raise `StrangerError` unless this connection is that member's node."""
    leaf = _leaf(context)
    if defect := node_defect(leaf, member, now):
        raise StrangerError(f"the certificate at the door of {member.id} {defect}")


def node_defect(leaf: x509.Certificate, member: Member, now: datetime) -> str:
    """What keeps a certificate from being that of this member's node now; else empty."""
    if digest_of(leaf) in member.revoked:
        return "was revoked by its owner"
    names = node_names_like(leaf, member.id)
    defects = [leaf_defect(leaf, ca=_parsed(ca), names=names, now=now) for ca in member.cas_at(now)]
    return "" if "" in defects else defects[0]


def holder(context: AuthContext, member: MemberId, cas: Iterable[bytes], now: datetime) -> Holder:
    """The person whose certificate opened this connection, with every role it names.

    Raises `StrangerError` for a certificate that none of these CAs, all ours, issued to our people.
    """
    leaf = _leaf(context)
    found = holder_in(leaf, member)
    if found is None:
        raise StrangerError("the certificate at the desk names none of our people")
    names = person_names(member, found)
    defects = [leaf_defect(leaf, ca=_parsed(ca), names=names, now=now) for ca in cas]
    if "" not in defects:
        raise StrangerError(f"the certificate at the desk {defects[0]}")
    return found


def target(host: str, port: int) -> str:
    """Where something listens, as gRPC writes it: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _configuration(certified: Certified) -> grpc.ServerCertificateConfiguration:
    pairs = [(certified.key, certified.chain)]
    return grpc.ssl_server_certificate_configuration(pairs, certified.believed)


def _channel(address: str, credentials: grpc.ChannelCredentials, name: str) -> grpc.aio.Channel:
    """A channel that talks to the node of this name only, wherever the address leads."""
    override = ("grpc.ssl_target_name_override", name)
    return grpc.aio.secure_channel(address, credentials, options=(*limits.CHANNEL, override))


def _leaf(context: AuthContext) -> x509.Certificate:
    if _only(context, "ssl_tls_version") != TLS_VERSION:
        raise StrangerError("the connection is not TLS 1.3")
    try:
        return _parsed(_only(context, "x509_pem_cert"))
    except InvalidError:
        raise StrangerError("the connection has no certificate that can be read") from None


@functools.lru_cache(maxsize=1024)
def _parsed(pem: bytes) -> x509.Certificate:
    return parsed(pem)


def _only(context: AuthContext, name: str) -> bytes:
    return next(iter(context.get(name, ())), b"")
