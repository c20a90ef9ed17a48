"""The seam for keys that are kept in a token: nothing of ours needs their bytes but TLS."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from federation import charter, keys, seal, trust
from federation.keys import Keys, Ring, What
from federation.keys.own import AUDIT_HEAD_TYPE
from federation.keys.safe import PrivateKey, Safe
from federation.messages import PersonId
from federation.peer import Self
from tests.federation.world import EE, LV, card, signed

NOW = datetime.now(UTC).replace(microsecond=0)
TAMM = PersonId("a.tamm")
_NAMED = b"token object "


@dataclass
class Token:
    """Holds keys and signs with them; what it writes is the name of an object, and no key.

    Those of TLS may leave it: gRPC takes them as PEM alone.
    """

    held: list[PrivateKey] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    left: set[int] = field(default_factory=set)

    def new(self) -> tuple[Safe, dict[str, bytes]]:
        return self, {}

    def kept(self, key: PrivateKey) -> bytes:
        self.held.append(key)
        return _NAMED + str(len(self.held) - 1).encode()

    def key(self, data: bytes) -> PrivateKeyTypes:
        if not data.startswith(_NAMED):
            raise ValueError(data)
        number = int(data.removeprefix(_NAMED))
        kind = _Sealing if isinstance(self.held[number], Ed25519PrivateKey) else _Certifying
        return kind(self, number)

    def hidden(self, data: bytes) -> bytes:
        return data[::-1]

    def shown(self, data: bytes) -> bytes:
        return data[::-1]


class _Sealing(Ed25519PrivateKey):
    """An Ed25519 key of which only the token has the bytes."""

    def __init__(self, token: Token, number: int) -> None:
        self._token, self._number = token, number

    @property
    def _true(self) -> Any:
        return self._token.held[self._number]

    def public_key(self) -> Any:
        return self._true.public_key()

    def sign(self, data: Any) -> bytes:
        self._token.signed.append(self._number)
        return bytes(self._true.sign(data))

    def private_bytes(self, *_: Any, **__: Any) -> NoReturn:
        raise AssertionError("a signing key left its token")

    def private_bytes_raw(self) -> NoReturn:
        raise AssertionError("a signing key left its token")

    def __copy__(self) -> "_Sealing":
        return self

    def __deepcopy__(self, memo: Any) -> "_Sealing":
        return self


class _Certifying(EllipticCurvePrivateKey):
    """A key of a certificate; which of them leave the token is counted."""

    def __init__(self, token: Token, number: int) -> None:
        self._token, self._number = token, number

    @property
    def _true(self) -> Any:
        return self._token.held[self._number]

    def public_key(self) -> Any:
        return self._true.public_key()

    @property
    def curve(self) -> Any:
        return self._true.curve

    @property
    def key_size(self) -> int:
        return int(self._true.key_size)

    def sign(self, data: Any, signature_algorithm: Any) -> bytes:
        self._token.signed.append(self._number)
        return bytes(self._true.sign(data, signature_algorithm))

    def exchange(self, *_: Any) -> NoReturn:
        raise NotImplementedError

    def private_numbers(self) -> NoReturn:
        raise AssertionError("a key left its token")

    def private_bytes(self, *arguments: Any, **options: Any) -> bytes:
        self._token.left.add(self._number)
        return bytes(self._true.private_bytes(*arguments, **options))

    def __copy__(self) -> "_Certifying":
        return self

    def __deepcopy__(self, memo: Any) -> "_Certifying":
        return self


@pytest.fixture
def token() -> Token:
    return Token()


@pytest.fixture
def place(token: Token, tmp_path: Path) -> keys.Place:
    """Estonia's keys, in a token."""
    folder = tmp_path / "keys"
    keys.make(folder, EE, NOW, token)  # type: ignore[arg-type]  # what unlocks is a seam, too
    return keys.Place(folder, EE, token)


def opened(place: keys.Place) -> Keys:
    return keys.open(place.folder, EE, NOW, place.safe)


def numbers(place: keys.Place, *names: str) -> set[int]:
    """The objects of the token that these files name."""
    return {int((place.folder / name).read_bytes().removeprefix(_NAMED)) for name in names}


def test_no_file_of_the_keys_holds_one_and_only_that_of_tls_leaves_the_token(
    place: keys.Place, token: Token
) -> None:
    own = opened(place)

    for file in place.folder.rglob("*.key"):
        assert file.name == "digest.key" or file.read_bytes().startswith(_NAMED)
    assert token.left == numbers(place, "tls.key")
    assert own.tls_key.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert len(own.digest_key) == 32


def test_seals_heads_and_charters_are_signed_in_the_token(place: keys.Place, token: Token) -> None:
    own = opened(place)
    document = signed([card(own, port=7400)], [own])
    held = charter.read(document)
    us = Self(Ring(own), lambda: held, lambda: NOW)

    sealed = us.ask(LV, "q-1", b"who is it")
    head = own.sign(b"a head")

    said = seal.opened(
        sealed, held.member(EE).signing_keys, sender=EE, audience=LV, method=seal.ASK
    )
    assert said.id == "q-1"
    assert seal.holds(AUDIT_HEAD_TYPE, b"a head", head, signing_key=own.signing_key)
    assert set(token.signed) == numbers(place, "signing.key")
    assert len(token.signed) == 3


def test_people_and_new_keys_are_certified_in_the_token(place: keys.Place, token: Token) -> None:
    own = opened(place)
    us = card(own, port=7400)
    keys.issue_person(place.folder, EE, TAMM, roles=["analyst"], now=NOW, safe=token)
    assert set(token.signed) == numbers(place, "ca.key")

    turn = keys.begin(place, us, list(What), NOW)
    assert turn is not None
    line = keys.lined(turn, us, NOW)
    assert keys.settle(place, line, 2, NOW)

    now = opened(place)
    assert (now.signing_key, now.ca) == (line.signing_key, line.ca) != (own.signing_key, own.ca)
    trust.prove_member(
        {"x509_pem_cert": [now.tls_chain], "ssl_tls_version": [b"TLSv1.3"]},
        replace(line, port=7400),
        NOW,
    )
    assert now.holds(b"a head", own.sign(b"a head"))
    assert not token.left & numbers(place, "ca.key", "signing.key", "former/signing.key")
