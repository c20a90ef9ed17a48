"""A member's own keys, opened, and the ring that holds those of now and those just before."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from securesystemslib.signer import Signer

from federation import seal
from federation.messages import MemberId

#: The kind of thing that an audit head is; no seal or charter is signed as one.
AUDIT_HEAD_TYPE = "application/vnd.amber.audit-head.v1"


@dataclass(frozen=True, slots=True)
class Keys:
    """A member's own keys, opened: PEM where TLS wants it, objects where we sign.

    `tls_key` and `tls_chain` are this node's leaf, `ca` the CA that issued it. `signer` signs
    seals and charters, `signing_key` is its public half as the charter pins it; `former_keys` are
    the public keys that signed before it, the last of them until `signing_since`. `digest_key` is
    the secret of keyed digests in the audit log. No member lets us in after the leaf ends, nor
    after its CA does.
    """

    member: MemberId
    ca: bytes
    tls_key: bytes = field(repr=False)
    tls_chain: bytes
    signer: Signer = field(repr=False)
    signing_key: bytes
    digest_key: bytes = field(repr=False)
    tls_ends_at: datetime
    ca_ends_at: datetime
    former_keys: tuple[bytes, ...] = ()
    signing_since: datetime | None = None

    @property
    def expires_at(self) -> datetime:
        """When no member lets us in any more."""
        return min(self.tls_ends_at, self.ca_ends_at)

    def sign(self, data: bytes) -> bytes:
        """Sign an audit head; a signature of this kind is good for nothing else."""
        return bytes.fromhex(seal.signed(AUDIT_HEAD_TYPE, data, self.signer).signature)

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether an audit head was signed by us, with the key of now or one before it."""
        return any(
            seal.holds(AUDIT_HEAD_TYPE, data, signature, signing_key=key)
            for key in (self.signing_key, *self.former_keys)
        )


@dataclass(frozen=True, slots=True)
class Former:
    """The keys before those of now, for members that do not know these yet.

    The charter of version `since` names those of now. After `until` nobody is spared any more.
    After a theft the change is sudden: who knows of it lets those before in no more.
    """

    keys: Keys
    since: int
    until: datetime
    is_sudden: bool = False


class Ring:
    """Which of our keys counts for whom: changed in one place while calls run, in any thread.

    A member is shown the keys of now once it was heard to hold the charter that names them, and
    those before until then. So a change reaches the members one after the other, and none of them
    meets a key that its charter does not know.
    """

    def __init__(
        self,
        present: Keys,
        former: Former | None = None,
        clock: Callable[[], datetime] | None = None,
    ) -> None:
        self.present, self.former, self._clock = present, former, clock
        self.coming: Signer | None = None
        self._versions: dict[MemberId, int] = {}
        self._doubted: set[MemberId] = set()

    @property
    def member(self) -> MemberId:
        """Whose keys they are."""
        return self.present.member

    def turn(self, present: Keys, former: Former | None, coming: Signer | None = None) -> None:
        """Have these keys from now on; `coming` is one that a charter is to name."""
        self.present, self.former, self.coming = present, former, coming
        self._doubted.clear()

    @property
    def signers(self) -> tuple[Signer, ...]:
        """Who may sign a charter for us: the key of now, one that comes, and the one before it."""
        before = [self.former.keys.signer] if self.former else []
        return (self.present.signer, *([self.coming] if self.coming else []), *before)

    def shown_to(self, member: MemberId) -> Keys:
        """The keys that a member knows."""
        former = self.former
        if former is None or (self._clock and self._clock() >= former.until):
            return self.present
        knows = self._versions.get(member, 0) >= former.since
        return self.present if knows != (member in self._doubted) else former.keys

    def heard(self, member: MemberId, version: int) -> None:
        """A member was heard, and holds the charter of this version."""
        self._versions[member] = version
        self._doubted.discard(member)

    def in_vain(self, member: MemberId, shown: Keys) -> None:
        """A member that was shown these let us not in: after a theft it may know others of ours.

        The next call shows it the others; which are right is known once it is heard. Of several
        calls at once that fail by the same keys the first decides.
        """
        is_sudden = self.former is not None and self.former.is_sudden
        if is_sudden and shown is self.shown_to(member):
            self._doubted ^= {member}

    def are_known_to(self, members: Iterable[MemberId]) -> bool:
        """Whether all of these were heard to hold the charter that names the keys of now."""
        former = self.former
        return former is None or all(self._versions.get(one, 0) >= former.since for one in members)

    def sign(self, data: bytes) -> bytes:
        """Sign an entry or head of our log."""
        return self.present.sign(data)

    def sign_for(self, member: MemberId, data: bytes) -> bytes:
        """Sign an audit head that this member is shown."""
        return self.shown_to(member).sign(data)

    def holds(self, data: bytes, signature: bytes) -> bool:
        """Whether an audit entry or head was signed by us."""
        return self.present.holds(data, signature)
