"""A member's home: make it whole, open it, lock it, say where everything in it lies.

Trust: whoever can read this folder can be this member. It is 0700; `lock` is held by the one
process that uses the database, and the kernel lets go of it when that process ends.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path

import msgspec

from federation import charter, keys
from federation.charter import LIFE, Charter, Kind, Member, Proposal
from federation.errors import UntrustedError
from federation.keys import Issued, Keys, Place, Ring, Safe, Unlocking
from federation.messages import MemberId, PersonId
from node import config, rendering, rules, store
from node.audit import Entry, Notary, Operation
from node.config import Config
from node.errors import ConfigError, HomeError, LockedError
from node.people import Role
from node.store import House, Store
from node.store.witness import Cosigned

Clock = Callable[[], datetime]

_COSIGNED = msgspec.json.Decoder(list[Cosigned])

#: How long a charter lasts that nobody is there to renew: of a node that is alone, or of a lab.
LONG = timedelta(days=1_825)

#: The first person of a home. A house of one works from the first minute; in a larger one give
#: everybody a certificate of their own role, and remove this one.
FIRST_PERSON = PersonId("first")
FIRST_ROLES = frozenset({Role.ADMINISTRATOR, Role.ANALYST})


class Running(msgspec.Struct, frozen=True):
    """What a running node writes down for those who look for it."""

    pid: int
    desk: str


@dataclass(frozen=True, slots=True)
class Home:
    """An opened home: its settings and where its files are. Nothing in it is held open.

    One that is not durable may lose what it acknowledged when the power fails: for tests alone.
    `passphrase` is asked where one opens the keys.
    """

    path: Path
    config: Config
    clock: Clock
    is_durable: bool = True
    passphrase: Callable[[], str] | None = None

    @property
    def member(self) -> MemberId:
        """Whose home it is."""
        return MemberId(self.config.member.id)

    @property
    def rejects(self) -> Path:
        """Where the rows that could not be loaded are listed."""
        return self.path / "rejects"

    @property
    def incoming(self) -> Path:
        """Where files wait while they are loaded."""
        return self.path / "incoming"

    @property
    def database(self) -> Path:
        """Where the records and the audit log lie."""
        return self.path / "amber.db"

    @property
    def certificates(self) -> Path:
        """Where the keys lie."""
        return self.path / "keys"

    def keys(self) -> Keys:
        """Our keys, checked; raises `UntrustedError` naming what is not in order."""
        return keys.open(self.certificates, self.member, self.clock(), self.safe())

    def ring(self, place: Place) -> Ring:
        """Our keys of now and those before them, for whoever knows only those.

        A node certificate that has ended is renewed.
        """
        now, us = self.clock(), self.charter().members.get(self.member)
        if us is not None:
            keys.mend(place, us, now)
        former = keys.former(place.folder, place.member, now, place.safe)
        return Ring(keys.open(place.folder, place.member, now, place.safe), former, self.clock)

    def place(self) -> Place:
        """Where our keys lie and what opens them; raises `UntrustedError` where nothing does."""
        return Place(self.certificates, self.member, self.safe())

    def safe(self) -> Safe:
        """What opens our keys; raises `UntrustedError` saying what is wanted.

        A key file that was changed opens them also where amber.toml does not say so yet.
        """
        said = self.config.keys.key_file
        try:
            return self.unlocking(said).safe(self.certificates)
        except UntrustedError:
            lock = keys.lock_of(self.certificates)
            if not said or lock is None or lock.file in {"", said}:
                raise
            with contextlib.suppress(UntrustedError):
                return self.unlocking("").safe(self.certificates)
            raise

    def unlocking(self, key_file: str) -> Unlocking:
        """What keys may be opened by; a key file in the home it protects protects nothing."""
        if not key_file:
            return Unlocking(None, self.passphrase)
        path = Path(key_file)
        if not path.is_absolute() or path.resolve().is_relative_to(self.path.resolve()):
            raise ConfigError("keys.key_file is the whole path of a file outside of the home")
        return Unlocking(path, self.passphrase)

    @property
    def is_encrypted(self) -> bool:
        """Whether our private keys are encrypted on disk."""
        return keys.lock_of(self.certificates) is not None

    def relock(self, unlocking: Unlocking) -> None:
        """Keep our keys under another secret, or as they are, and have amber.toml say so.

        The lock must be held. Raises `ConfigError` saying what to edit where that cannot be done.
        """
        key_file = str(unlocking.key_file or "")
        before = self._settings.read_text()
        text = rendering.edited(before, "keys", "key_file", key_file)
        keys.relock(self.certificates, self.safe(), unlocking)
        try:
            if text != before:
                keys.write(self._settings.resolve(), text.encode())
        except OSError as error:
            raise ConfigError(
                f"the keys are changed, but amber.toml could not be written ({error.strerror}):"
                f" write {rendering.line('key_file', key_file)} under [keys] in it"
            ) from None

    def ca(self) -> bytes:
        """Our CA in PEM: by it our own people know the desk."""
        return (self.certificates / "ca.pem").read_bytes()

    def charter(self) -> Charter:
        """The charter in force."""
        return charter.read(self._charter.read_bytes())

    def drop_incoming(self) -> None:
        """Drop what a node that was killed had been sent; the lock must be held."""
        for left in self.incoming.glob("*"):
            shutil.rmtree(left)

    def settings_now(self) -> Config:
        """The settings as amber.toml has them now; a node keeps those of its start."""
        return config.read(self._settings)

    def own(self) -> Member:
        """What we are to the other members, as our settings and keys say now."""
        return _member(self.config, self.keys())

    def card(self) -> str:
        """What we say of ourselves to the other members."""
        return charter.card(self.own())

    def draft(self, cards: Sequence[str], life: timedelta = LIFE) -> bytes:
        """The next charter, of these members and us, not signed yet."""
        members = {member.id: member for member in map(charter.read_card, cards)}
        members[self.member] = self.own()
        return charter.draft(members.values(), expires_at=self.clock() + life, after=self.charter())

    def document(self) -> bytes:
        """The document of the charter in force."""
        return self._charter.read_bytes()

    def keep(self, document: bytes) -> None:
        """Keep the document of a charter that came in force."""
        keys.write(self._charter, document)

    def issue(
        self,
        person: PersonId,
        roles: Sequence[Role],
        decided: Callable[[], None] = lambda: None,
    ) -> Issued:
        """Issue a certificate for one of our people; `decided` is called before there is one."""
        now = self.clock()
        return keys.issue_person(
            self.certificates,
            self.member,
            person,
            roles=frozenset(roles),
            now=now,
            safe=self.safe(),
            decided=decided,
        )

    def known_people(self) -> frozenset[PersonId]:
        """Everybody who has a certificate of ours, wherever the key to it is."""
        found = keys.folder_people(self.certificates, self.member, self.ca())
        return frozenset(person for person, _, _ in found)

    def people(self, folder: Path | None = None) -> dict[PersonId, frozenset[str]]:
        """The people whose key and certificate lie in this home, or in a folder of their own."""
        return keys.people_in(folder or self.certificates / "people", self.member)

    def person_credentials(
        self, person: PersonId, folder: Path | None = None
    ) -> tuple[bytes, bytes]:
        """Key and certificate of one of our people, in PEM, from this home or such a folder."""
        if folder is not None:
            return keys.credentials_in(folder, person, self.safe())
        return keys.person_credentials(self.certificates, person, self.safe())

    def store(self, own: Notary) -> Store:
        """Our database, opened; the lock must be held."""
        house = House(self.member, self.clock, own)
        return store.open(self.database, house, is_durable=self.is_durable)

    def remember(self, signed: Cosigned) -> None:
        """Keep the newest of what a member signed of our log, outside of the database.

        Whoever puts the database back to an earlier day does not put this file back with it.
        """
        known = {one.member: one for one in self.remembered()} | {signed.member: signed}
        data = msgspec.json.encode(sorted(known.values(), key=lambda one: one.member))
        keys.write(self.path / "witness.json", data)

    def remembered(self) -> list[Cosigned]:
        """What members signed of our log, as far as this file tells."""
        try:
            return _COSIGNED.decode((self.path / "witness.json").read_bytes())
        except FileNotFoundError:
            return []
        except msgspec.DecodeError:
            raise HomeError("witness.json is damaged: restore it, or remove it") from None

    def policies(self) -> tuple[str, str]:
        """The policies in force and the schema they speak.

        Raises `ConfigError` naming the folder, or file and line, of what cannot be used.
        """
        shipped = resources.files("node") / "policies"
        schema = (shipped / "amber.cedarschema").read_text()
        folder = self.path / self.config.policy.folder if self.config.policy.folder else None
        if folder and not folder.is_dir():
            raise ConfigError(f"policy.folder: {folder} is no folder; it is looked for in the home")
        return rules.read(rules.texts(folder or shipped)), schema

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold this home alone; raises `LockedError` when another process does."""
        file = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise LockedError(str(self.path)) from None
            yield
        finally:
            os.close(file)

    @contextmanager
    def announced(self, desk: str) -> Iterator[None]:
        """Let others find the running node, as long as it runs; the lock must be held."""
        said = msgspec.json.encode(Running(os.getpid(), desk))
        keys.write(self._running, said)
        try:
            yield
        finally:
            self._running.unlink(missing_ok=True)

    def running(self) -> Running | None:
        """The node that runs from this home, or None."""
        try:
            said = msgspec.json.decode(self._running.read_bytes(), type=Running)
            with self.lock():
                return None
        except LockedError:
            return said
        except (FileNotFoundError, msgspec.DecodeError):
            return None

    @property
    def _settings(self) -> Path:
        return self.path / "amber.toml"

    @property
    def _charter(self) -> Path:
        return self.path / "charter.json"

    @property
    def _running(self) -> Path:
        return self.path / "running.json"


def open(  # noqa: A001 - home.open, as io.open
    path: Path, clock: Clock, passphrase: Callable[[], str] | None = None
) -> Home:
    """Open a home; raises `ConfigError` when it is none or its settings are wrong."""
    return Home(path, config.read(path / "amber.toml"), clock, passphrase=passphrase)


def make(
    path: Path, settings: Config, clock: Clock, passphrase: Callable[[], str] | None = None
) -> Home:
    """Make a home: keys, CA, first person, charter of one, settings, database.

    Keys are encrypted under the key file of the settings, else under a passphrase where one is
    given.

    It appears with everything in it or not at all. Raises `HomeError` when something is there.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise HomeError(f"{path} is not empty: name a new folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        _fill(Home(draft, settings, clock, passphrase=passphrase))
        draft.rename(path)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Home(path, settings, clock, passphrase=passphrase)


def federate(homes: Sequence[Home], life: timedelta = LONG) -> None:
    """Put one charter of all these homes in force in each; all must be ours, as in a lab.

    No node of them may run: what is signed here stands in no log.
    """
    first, *rest = homes
    document = first.draft([home.card() for home in rest], life)
    for home in homes:
        document = charter.sign(document, home.keys().signer, current=home.document())
    for home in homes:
        charter.replacement(home.document(), document).member(home.member)
        home.keep(document)


def proposal(document: bytes) -> Proposal:
    """What a proposed charter says and who has signed it."""
    return charter.proposal(document)


def _fill(home: Home) -> None:
    """Everything that a new home holds."""
    keys.write(home.path / "amber.toml", rendering.render(home.config).encode())
    unlocking = home.unlocking(home.config.keys.key_file)
    keys.make(home.certificates, home.member, home.clock(), unlocking)
    home.issue(FIRST_PERSON, sorted(FIRST_ROLES))
    home.rejects.mkdir(mode=0o700)
    home.incoming.mkdir(mode=0o700)
    own = home.keys()
    alone = charter.draft([_deciding(home.own())], expires_at=home.clock() + LONG)
    keys.write(home.path / "charter.json", charter.sign(alone, own.signer))
    store.create(home.database)
    opened = home.store(own)
    with opened.write() as tx:
        store.audit.append(tx, Entry(operation=Operation.ADMINISTRATION, event="home made"))
    opened.close()


def _deciding(member: Member) -> Member:
    """A member as it stands alone, where even one that will be an observer decides."""
    return member if member.has_vote else replace(member, kind=Kind.ORGANISATION)


def _member(settings: Config, own: Keys) -> Member:
    said = settings.member
    return Member(
        id=MemberId(said.id),
        number=0,
        name=said.name,
        kind=Kind(said.kind),
        host=said.host,
        port=said.port,
        ca=own.ca,
        signing_key=own.signing_key,
    )
