"""The certificates of a member, its node and its people: how each is made and judged."""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from federation.errors import InvalidError
from federation.messages import MemberId, PersonId

Extension = TypeVar("Extension", bound=x509.ExtensionType)

#: How long a certificate counts from the day it is made.
CA_LIFE = timedelta(days=3650)
NODE_LIFE = timedelta(days=365)
PERSON_LIFE = timedelta(days=365)
#: A certificate counts from a little before it was made, for readers whose clock is behind.
HEAD_START = timedelta(minutes=10)

#: What the library raises for a certificate that it cannot make sense of.
_UNREADABLE = (ValueError, x509.InvalidVersion, x509.UnsupportedGeneralNameType)

_EVERY_ADDRESS = (
    x509.IPAddress(ipaddress.ip_network("0.0.0.0/0")),
    x509.IPAddress(ipaddress.ip_network("::/0")),
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The person that a certificate names, and every role it gives."""

    person: PersonId
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that one certificate carries: exactly these and no other."""

    dns: frozenset[str]
    uris: frozenset[str]


def dns_name(member: MemberId) -> str:
    """The DNS name of a member's node, which resolves nowhere: certificates alone use it."""
    return f"{member.lower()}.amber"


def node_name(member: MemberId, revoked: int) -> str:
    """The name by which a node is known once so many of its certificates were revoked.

    One that was revoked carries no name of a later count, so that TLS itself keeps whoever stole
    its key from being taken for the node: callers see no certificate that they could look up.
    """
    return f"r{revoked}.{dns_name(member)}" if revoked else dns_name(member)


def node_names(member: MemberId, revoked: int = 0) -> Names:
    """What the certificate of a member's node is made out to: its name now, and those before."""
    dns = frozenset(node_name(member, count) for count in range(revoked + 1))
    return Names(dns, frozenset({f"spiffe://{dns_name(member)}/node"}))


def node_names_like(leaf: x509.Certificate, member: MemberId) -> Names:
    """What a certificate must be made out to, if it is that of a member's node."""
    found = names_in(leaf)
    return node_names(member, max(len(found.dns), 1) - 1 if found else 0)


def person_names(member: MemberId, holder: Holder) -> Names:
    """What the certificate of one of a member's people is made out to."""
    domain = dns_name(member)
    roles = {f"spiffe://{domain}/role/{role}" for role in holder.roles}
    return Names(frozenset(), frozenset({f"spiffe://{domain}/person/{holder.person}"} | roles))


def authority(member: MemberId, key: EllipticCurvePrivateKey, now: datetime) -> x509.Certificate:
    """A CA that can certify names of this member and of nobody else."""
    domain = dns_name(member)
    permitted = [x509.DNSName(domain), x509.UniformResourceIdentifier(domain)]
    name = _subject(f"Amber CA {member}")
    return (
        _draft(name, key.public_key(), now, life=CA_LIFE)
        .issuer_name(name)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(is_ca=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, list(_EVERY_ADDRESS)), critical=True)
        .sign(key, SHA256())
    )


@dataclass(frozen=True, slots=True)
class Issuer:
    """A CA with its key: whoever has one can name this member's nodes and people."""

    certificate: x509.Certificate
    key: EllipticCurvePrivateKey

    def node(
        self, member: MemberId, key: EllipticCurvePrivateKey, now: datetime, *, revoked: int = 0
    ) -> x509.Certificate:
        """The certificate of the member's node, for both ends of a connection.

        `revoked` is how many of its certificates were revoked before.
        """
        uses = (ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH)
        draft = _draft(_subject(f"Amber node {member}"), key.public_key(), now, life=NODE_LIFE)
        return self._signed(draft, node_names(member, revoked), uses)

    def person(
        self, member: MemberId, holder: Holder, key: EllipticCurvePrivateKey, now: datetime
    ) -> x509.Certificate:
        """The certificate of one of the member's people, for the desk port and nothing else."""
        return self._person(member, holder, key.public_key(), now)

    def renewed(
        self, member: MemberId, holder: Holder, leaf: x509.Certificate, now: datetime
    ) -> x509.Certificate:
        """The same for the key of a certificate that it takes the place of."""
        public = leaf.public_key()
        if not isinstance(public, EllipticCurvePublicKey):
            raise InvalidError(f"the certificate of {holder.person} is not of an elliptic curve")
        return self._person(member, holder, public, now)

    def _person(
        self, member: MemberId, holder: Holder, key: EllipticCurvePublicKey, now: datetime
    ) -> x509.Certificate:
        draft = _draft(_subject(f"Amber person {holder.person}"), key, now, life=PERSON_LIFE)
        return self._signed(draft, person_names(member, holder), (ExtendedKeyUsageOID.CLIENT_AUTH,))

    def _signed(
        self, draft: x509.CertificateBuilder, names: Names, uses: Sequence[x509.ObjectIdentifier]
    ) -> x509.Certificate:
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        return (
            draft.issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(is_ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
            .add_extension(x509.SubjectAlternativeName(_general(names)), critical=False)
            .add_extension(issuer, critical=False)
            .sign(self.key, SHA256())
        )


def digest_of(certificate: x509.Certificate) -> str:
    """The SHA-256 of a certificate in hex, by which it is revoked."""
    return certificate.fingerprint(SHA256()).hex()


def parsed(pem: bytes) -> x509.Certificate:
    """The one certificate in a PEM text. Raises `InvalidError` for anything else."""
    try:
        certificates = x509.load_pem_x509_certificates(pem)
    except _UNREADABLE:
        raise InvalidError("this is not a certificate in PEM form") from None
    if len(certificates) != 1:
        raise InvalidError("one certificate is wanted here, not a chain")
    return certificates[0]


def authority_defect(ca: x509.Certificate, member: MemberId) -> str:
    """What keeps a certificate from being the CA of this member alone; else empty."""
    constraints = _extension(ca, x509.BasicConstraints)
    if constraints is None or not constraints.ca or constraints.path_length != 0:
        return "is not a CA for end certificates alone"
    limits = _extension(ca, x509.NameConstraints)
    allowed = limits.permitted_subtrees if limits else None
    domain = dns_name(member)
    if set(allowed or ()) != {x509.DNSName(domain), x509.UniformResourceIdentifier(domain)}:
        return f"is not limited to names under {domain}"
    return ""


def leaf_defect(
    leaf: x509.Certificate, *, ca: x509.Certificate, names: Names, now: datetime
) -> str:
    """What keeps a certificate from being this CA's for these names now; else empty."""
    if not is_issued(leaf, ca):
        return "was not issued by the CA it should come from"
    for certificate, what in ((leaf, "it"), (ca, "its CA")):
        if now < certificate.not_valid_before_utc:
            return f"does not count yet: {what} starts on {certificate.not_valid_before_utc}"
        if now > certificate.not_valid_after_utc:
            return f"does not count any more: {what} ended on {certificate.not_valid_after_utc}"
    if names_in(leaf) != names:
        return "is made out to another name"
    return ""


@lru_cache(maxsize=1024)
def names_in(leaf: x509.Certificate) -> Names | None:
    """The names that a certificate carries; None when there are others than DNS names and URIs."""
    alternatives = _extension(leaf, x509.SubjectAlternativeName)
    if alternatives is None:
        return None
    dns = alternatives.get_values_for_type(x509.DNSName)
    uris = alternatives.get_values_for_type(x509.UniformResourceIdentifier)
    if len(dns) + len(uris) != len(list(alternatives)):
        return None
    return Names(frozenset(dns), frozenset(uris))


def holder_in(leaf: x509.Certificate, member: MemberId) -> Holder | None:
    """The person of this member that a certificate names; None when it names anything else."""
    names = names_in(leaf)
    domain = f"spiffe://{dns_name(member)}"
    people = _below(f"{domain}/person/", names.uris if names else ())
    roles = _below(f"{domain}/role/", names.uris if names else ())
    if len(people) != 1:
        return None
    holder = Holder(PersonId(people[0]), frozenset(roles))
    return holder if names == person_names(member, holder) else None


def _below(prefix: str, uris: Collection[str]) -> list[str]:
    return [uri.removeprefix(prefix) for uri in uris if uri.startswith(prefix)]


@lru_cache(maxsize=1024)
def is_issued(leaf: x509.Certificate, by: x509.Certificate) -> bool:
    """Whether this CA signed this leaf; it never changes, so it is remembered."""
    try:
        leaf.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True


def _extension(certificate: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, *_UNREADABLE):
        return None


def _draft(
    subject: x509.Name, key: EllipticCurvePublicKey, now: datetime, *, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HEAD_START)
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _subject(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(names: Names) -> list[x509.GeneralName]:
    return [
        *map(x509.DNSName, sorted(names.dns)),
        *map(x509.UniformResourceIdentifier, sorted(names.uris)),
    ]


def _usage(*, is_ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_ca,
        crl_sign=is_ca,
        encipher_only=False,
        decipher_only=False,
    )
