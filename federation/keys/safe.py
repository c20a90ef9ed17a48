"""How private keys are kept on disk: as they are, or encrypted under a secret from elsewhere.

Trust: whoever has the key file or the passphrase and can read the home has the keys. The one seam
for keys that are kept otherwise, as in a token behind PKCS#11: what `kept` writes then names the
key, and `key` gives one that signs there.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from federation.errors import InvalidError, UntrustedError
from federation.keys.files import finish, secret, write

#: Says, in the folder of the keys, under what they are encrypted; absent where they are not.
LOCK = "lock.json"
_SALT, _NONCE, _LEAST = 16, 12, 32
#: scrypt of a passphrase: 64 MiB and some 0.2 s once at each start (RFC 7914).
_COST, _BLOCK, _MEMORY = 2**16, 8, 128 * 2**20
_WORD = b"amber keys"

PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey


class Safe(Protocol):
    """Turns private keys and secrets into what stands in a file, and back."""

    def kept(self, key: PrivateKey) -> bytes:
        """What is written for a private key."""

    def key(self, data: bytes) -> PrivateKeyTypes:
        """The private key in what was written; raises `ValueError` or `TypeError` else."""

    def hidden(self, data: bytes) -> bytes:
        """What is written for a secret."""

    def shown(self, data: bytes) -> bytes:
        """The secret in what was written; raises `UntrustedError` else."""


class Plain:
    """Keeps keys as they are: whoever can read the folder has them."""

    def kept(self, key: PrivateKey) -> bytes:
        """PKCS8 in PEM form."""
        return pem(key)

    def key(self, data: bytes) -> PrivateKeyTypes:
        """The key in a PEM text."""
        return load_pem_private_key(data, password=None)

    def hidden(self, data: bytes) -> bytes:
        """The secret itself."""
        return data

    def shown(self, data: bytes) -> bytes:
        """The secret itself."""
        return data


@dataclass(frozen=True, slots=True)
class Locked:
    """Keeps keys under a secret: PEM as encrypted PKCS8, other secrets under AES-GCM."""

    secret: bytes = field(repr=False)

    def kept(self, key: PrivateKey) -> bytes:
        """PKCS8 in PEM form, encrypted (PBES2, RFC 8018)."""
        encryption = BestAvailableEncryption(self._password)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    def key(self, data: bytes) -> PrivateKeyTypes:
        """The key in an encrypted PEM text."""
        return load_pem_private_key(data, password=self._password)

    def hidden(self, data: bytes) -> bytes:
        """A nonce and the secret under AES-GCM."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, _WORD)

    def shown(self, data: bytes) -> bytes:
        """The secret, if it was encrypted under ours."""
        try:
            return self._cipher.decrypt(data[:_NONCE], data[_NONCE:], _WORD)
        except (InvalidTag, ValueError):
            raise UntrustedError("a secret was not encrypted under this key file") from None

    @property
    def _password(self) -> bytes:
        return _derived(self.secret, b"private keys").hex().encode()

    @property
    def _cipher(self) -> AESGCM:
        return AESGCM(_derived(self.secret, b"secrets"))


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in `lock.json`: by what the safe opens, and a word that only it can read.

    `file` is where the key file was when it was used first; a setting says otherwise.
    """

    by: str
    word: bytes
    salt: bytes = b""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Unlocking:
    """Where the secret of a safe comes from: a file outside of the home, or a passphrase."""

    key_file: Path | None = None
    passphrase: Callable[[], str] | None = None

    def new(self) -> tuple[Safe, dict[str, bytes]]:
        """A safe that opens with what there is, and the lock to be written beside the keys.

        A key file that is absent is made; with neither file nor passphrase keys stay plain.
        """
        if self.key_file is not None:
            safe = Locked(_file_secret(self.key_file, may_make=True))
            return safe, _written(Lock("key-file", safe.hidden(_WORD), file=str(self.key_file)))
        if self.passphrase is not None:
            salt = os.urandom(_SALT)
            safe = Locked(_stretched(self.passphrase(), salt))
            return safe, _written(Lock("passphrase", safe.hidden(_WORD), salt))
        return Plain(), {}

    def safe(self, folder: Path) -> Safe:
        """The safe of a folder of keys; raises `UntrustedError` saying what is wanted."""
        finish(folder)
        lock = lock_of(folder)
        if lock is None:
            return Plain()
        if lock.by == "key-file":
            file = self.key_file or Path(lock.file)
            return _opened(_file_secret(file), lock, f"{file} is not their file")
        if self.passphrase is None:
            raise UntrustedError("the keys are encrypted: set AMBER_PASSPHRASE_FILE")
        return _opened(_stretched(self.passphrase(), lock.salt), lock, "this is another passphrase")


#: Nothing to open a safe with.
NOTHING = Unlocking()


def lock_of(folder: Path) -> Lock | None:
    """Under what the keys of a folder are encrypted; None when they are not."""
    try:
        return msgspec.json.decode((folder / LOCK).read_bytes(), type=Lock)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError:
        raise UntrustedError(f"{folder / LOCK} is damaged: restore it with the keys") from None


def pem(key: PrivateKey) -> bytes:
    """A private key in PEM form, not encrypted, as TLS wants it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _opened(secret: bytes, lock: Lock, otherwise: str) -> Safe:
    safe = Locked(secret)
    try:
        safe.shown(lock.word)
    except UntrustedError:
        raise UntrustedError(f"the keys are encrypted, and {otherwise}") from None
    return safe


def _file_secret(path: Path, *, may_make: bool = False) -> bytes:
    """What a key file gives; one that is absent may be made."""
    if not may_make and not path.exists():
        raise UntrustedError(
            f"the keys are encrypted, and their key file {path} is not there: bring it back, or"
            " name its place in keys.key_file"
        )
    if may_make and not path.exists():
        if not path.parent.is_dir():
            raise InvalidError(f"{path.parent} is no folder: a key file cannot be made there")
        write(path, os.urandom(_LEAST).hex().encode() + b"\n")
    data = secret(path).strip()
    if len(data) < _LEAST:
        raise UntrustedError(f"{path} is no key file: it holds fewer than {_LEAST} bytes")
    return hashlib.sha256(data).digest()


def _stretched(passphrase: str, salt: bytes) -> bytes:
    if not passphrase:
        raise InvalidError("an empty passphrase protects nothing")
    return hashlib.scrypt(
        passphrase.encode(), salt=salt, n=_COST, r=_BLOCK, p=1, maxmem=_MEMORY, dklen=_LEAST
    )


def _derived(secret: bytes, use: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"amber " + use).derive(secret)


def _written(lock: Lock) -> dict[str, bytes]:
    return {LOCK: msgspec.json.encode(lock)}
