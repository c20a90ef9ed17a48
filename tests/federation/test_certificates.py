from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from federation.certificates import (
    CA_LIFE,
    NODE_LIFE,
    Holder,
    Issuer,
    authority,
    authority_defect,
    holder_in,
    leaf_defect,
    names_in,
    node_names,
    parsed,
)
from federation.errors import InvalidError
from federation.messages import MemberId, PersonId
from tests.federation.world import EE, LV

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TAMM = Holder(PersonId("a.tamm"), frozenset({"analyst", "auditor"}))


def issuer(member: MemberId = EE) -> Issuer:
    ca_key = key()
    return Issuer(authority(member, ca_key, NOW), ca_key)


def key() -> EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def odd(by: Issuer, *alternatives: x509.GeneralName) -> x509.Certificate:
    """A certificate of this CA with names of our own choice, none when there are none."""
    draft = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(by.certificate.subject)
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + NODE_LIFE)
    )
    if alternatives:
        draft = draft.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
    return draft.sign(by.key, SHA256())


def test_a_node_is_named_by_exactly_one_dns_name_and_one_uri() -> None:
    leaf = issuer().node(EE, key(), NOW)

    names = names_in(leaf)

    assert names == node_names(EE)
    assert names.dns == {"ee.amber"}
    assert names.uris == {"spiffe://ee.amber/node"}


def test_a_certificate_of_the_member_and_its_ca_counts_while_both_are_valid() -> None:
    ca = issuer()
    leaf = ca.node(EE, key(), NOW)

    defect = leaf_defect(leaf, ca=ca.certificate, names=node_names(EE), now=NOW)

    assert defect == ""


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (NOW - timedelta(days=1), "not count yet"),
        (NOW + NODE_LIFE + timedelta(seconds=1), "not count any more: it ended"),
    ],
)
def test_a_leaf_counts_only_in_its_validity(at: datetime, says: str) -> None:
    ca = issuer()
    leaf = ca.node(EE, key(), NOW)

    defect = leaf_defect(leaf, ca=ca.certificate, names=node_names(EE), now=at)

    assert says in defect


def test_a_leaf_ends_with_its_ca() -> None:
    ca = issuer()
    late = NOW + CA_LIFE
    leaf = ca.node(EE, key(), late)

    defect = leaf_defect(
        leaf, ca=ca.certificate, names=node_names(EE), now=late + timedelta(days=1)
    )

    assert "its CA ended" in defect


def test_the_same_name_from_another_ca_does_not_count() -> None:
    ca, other = issuer(), issuer()
    leaf = other.node(EE, key(), NOW)

    defect = leaf_defect(leaf, ca=ca.certificate, names=node_names(EE), now=NOW)

    assert "not issued by the CA" in defect


def test_another_name_from_the_same_ca_does_not_count() -> None:
    ca = issuer()
    leaf = ca.node(LV, key(), NOW)

    defect = leaf_defect(leaf, ca=ca.certificate, names=node_names(EE), now=NOW)

    assert "another name" in defect


def test_a_further_name_beside_the_right_one_does_not_count() -> None:
    ca = issuer()
    leaf = odd(
        ca,
        x509.DNSName("ee.amber"),
        x509.UniformResourceIdentifier("spiffe://ee.amber/node"),
        x509.UniformResourceIdentifier("spiffe://ee.amber/person/a.tamm"),
    )

    defect = leaf_defect(leaf, ca=ca.certificate, names=node_names(EE), now=NOW)

    assert "another name" in defect


@pytest.mark.parametrize("alternatives", [(), (x509.RFC822Name("a.tamm@ee.amber"),)])
def test_names_of_another_kind_are_no_names(alternatives: tuple[x509.GeneralName, ...]) -> None:
    leaf = odd(issuer(), *alternatives)

    names = names_in(leaf)

    assert names is None


def test_a_person_is_found_again_with_every_role() -> None:
    leaf = issuer().person(EE, TAMM, key(), NOW)

    holder = holder_in(leaf, EE)

    assert holder == TAMM


def test_a_person_of_one_member_is_nobody_to_another() -> None:
    leaf = issuer().person(EE, TAMM, key(), NOW)

    holder = holder_in(leaf, LV)

    assert holder is None


def test_a_node_is_no_person() -> None:
    leaf = issuer().node(EE, key(), NOW)

    holder = holder_in(leaf, EE)

    assert holder is None


def test_a_certificate_without_names_is_nobodys() -> None:
    leaf = odd(issuer())

    holder = holder_in(leaf, EE)

    assert holder is None


def test_a_person_with_a_further_name_is_nobody() -> None:
    leaf = odd(
        issuer(),
        x509.UniformResourceIdentifier("spiffe://ee.amber/person/a.tamm"),
        x509.UniformResourceIdentifier("spiffe://ee.amber/node"),
    )

    holder = holder_in(leaf, EE)

    assert holder is None


def test_the_ca_of_a_member_is_a_ca_for_its_names_alone() -> None:
    ca = issuer(EE).certificate

    defects = authority_defect(ca, EE), authority_defect(ca, LV)

    assert defects == ("", "is not limited to names under lv.amber")


def test_a_ca_without_limits_is_nobodys_ca() -> None:
    ca_key = key()
    name = x509.Name([])
    ca = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ca_key.public_key())
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, SHA256())
    )

    defect = authority_defect(ca, EE)

    assert "not limited" in defect


def test_an_end_certificate_is_no_ca() -> None:
    leaf = issuer().node(EE, key(), NOW)

    defect = authority_defect(leaf, EE)

    assert "not a CA" in defect


def test_text_that_is_no_certificate_is_refused() -> None:
    with pytest.raises(InvalidError, match="PEM"):
        parsed(b"-----BEGIN CERTIFICATE-----\n")


def test_a_chain_is_not_taken_for_one_certificate() -> None:
    pem = issuer().certificate.public_bytes(Encoding.PEM)

    with pytest.raises(InvalidError, match="not a chain"):
        parsed(pem * 2)
