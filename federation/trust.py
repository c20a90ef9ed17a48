"""Charter + keys -> TLS credentials; certificate -> the member or person it proves.

Trust: a certificate counts only when the CA that the charter pins for that very member issued
it to that member's name, is in its validity, and came over TLS 1.3. TLS checks most of that at
the handshake; every call is checked again here, because a connection may outlive all of it.
"""

import functools
from collections.abc import Iterable, Mapping
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
    node_names,
    parsed,
    person_names,
)
from federation.charter import Member
from federation.errors import InvalidError, StrangerError
from federation.keys import Keys
from federation.messages import MemberId

TLS_VERSION = b"TLSv1.3"

#: What grpc says of a connection: property -> values.
AuthContext = Mapping[str, Iterable[bytes]]


def door_credentials(own: Keys, member: Member, now: datetime) -> grpc.ServerCredentials:
    """The door of one member: only what a CA of its certified gets through the handshake."""
    return _server_credentials(own, _bundle(member, now))


def desk_credentials(own: Keys) -> grpc.ServerCredentials:
    """The desk port: only what our own CA certified gets through the handshake."""
    return _server_credentials(own, own.ca)


def peer_channel(own: Keys, us: Member, member: Member, now: datetime) -> grpc.aio.Channel:
    """Our line to the door that another member keeps for us; it connects when first used."""
    roots = _bundle(member, now)
    credentials = grpc.ssl_channel_credentials(roots, own.tls_key, own.tls_chain)
    address = f"dns:///{target(member.host, member.door_for(us))}"
    return _channel(address, credentials, member.id)


def desk_channel(
    address: str, own_ca: bytes, member: MemberId, *, key: bytes, certificate: bytes
) -> grpc.aio.Channel:
    """A person's line to the desk port of this member's node; key and certificate are PEM."""
    credentials = grpc.ssl_channel_credentials(own_ca, key, certificate)
    return _channel(address, credentials, member)


def prove_member(context: AuthContext, member: Member, now: datetime) -> None:
    """Raise `StrangerError` unless this connection is that member's node."""
    leaf = _leaf(context)
    if defect := node_defect(leaf, member, now):
        raise StrangerError(f"the certificate at the door of {member.id} {defect}")


def node_defect(leaf: x509.Certificate, member: Member, now: datetime) -> str:
    """What keeps a certificate from being that of this member's node now; else empty."""
    if digest_of(leaf) in member.revoked:
        return "was revoked by its owner"
    names = node_names(member.id)
    defects = [leaf_defect(leaf, ca=_parsed(ca), names=names, now=now) for ca in member.cas_at(now)]
    return "" if "" in defects else defects[0]


def holder(context: AuthContext, own: Keys, now: datetime) -> Holder:
    """The person whose certificate opened this connection, with every role it names.

    Raises `StrangerError` for a certificate that is not one of our people's.
    """
    leaf = _leaf(context)
    found = holder_in(leaf, own.member)
    if found is None:
        raise StrangerError("the certificate at the desk names none of our people")
    names = person_names(own.member, found)
    if defect := leaf_defect(leaf, ca=_parsed(own.ca), names=names, now=now):
        raise StrangerError(f"the certificate at the desk {defect}")
    return found


def target(host: str, port: int) -> str:
    """Where something listens, as gRPC writes it: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _bundle(member: Member, now: datetime) -> bytes:
    return b"".join(member.cas_at(now))


def _server_credentials(own: Keys, ca: bytes) -> grpc.ServerCredentials:
    pairs = [(own.tls_key, own.tls_chain)]
    return grpc.ssl_server_credentials(pairs, root_certificates=ca, require_client_auth=True)


def _channel(
    address: str, credentials: grpc.ChannelCredentials, member: MemberId
) -> grpc.aio.Channel:
    """A channel that talks to this member's node only, wherever the address leads."""
    name = ("grpc.ssl_target_name_override", dns_name(member))
    return grpc.aio.secure_channel(address, credentials, options=(*limits.CHANNEL, name))


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
