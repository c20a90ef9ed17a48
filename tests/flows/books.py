"""Books of members that are compared: a world with traffic of every kind, and put back at will."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from federation.messages import Asker, MemberId, OutcomeKind, PersonId
from node import store
from node.reconciling.books import Finding
from node.reconciling.comparing import Reconciled
from tests.world import Place, World, eventually, federation

AUDITOR = Asker(PersonId("ada"), "auditor")
EE, LV, PL = MemberId("EE"), MemberId("LV"), MemberId("PL")
#: What is put back after a test: the books, and what they stand on.
_TABLES = ("exchange", "question", "mail_in", "mail_out", "lane", "witnessed", "doubt", "seen")


@dataclass
class Compared:
    """What a comparison found, in the words of a test."""

    findings: list[Finding]
    result: Reconciled

    @property
    def gaps(self) -> list[tuple[str, str]]:
        """The gaps: in which of our books, and what."""
        every = [one for one in self.findings if one.difference.what.is_gap]
        return [(one.book, one.difference.what) for one in every]

    @property
    def explained(self) -> list[tuple[str, str]]:
        """What is different and known why."""
        every = [one for one in self.findings if not one.difference.what.is_gap]
        return [(one.book, one.difference.what) for one in every]


def reconciled(
    place: Place, member: MemberId, *, asker: Asker = AUDITOR, days: float = 5
) -> Compared:
    """Compare the books of a member of the world with another's, of the last days."""
    now = place.world.clock()

    async def compared() -> list[Finding | Reconciled]:
        since, until = now - timedelta(days=days), now + timedelta(hours=1)
        return [one async for one in place.desk.reconciling.reconcile(member, asker, since, until)]

    *findings, result = place.world.run(compared())
    assert isinstance(result, Reconciled)
    return Compared([one for one in findings if isinstance(one, Finding)], result)


def edited(place: Place, *statements: str) -> None:
    """Do something to a member's database behind its back."""
    with closing(sqlite3.connect(place.home.database, timeout=10)) as database, database:
        for statement in statements:
            assert database.execute(statement).rowcount, statement


@contextmanager
def traffic() -> Iterator[World]:
    """Estonia, Latvia and Poland with traffic of every kind between all of them, at rest."""
    with federation("EE", "LV", "PL") as world:
        world["lv"].holds("Anna Nowak", share="full")
        world["lv"].holds("Somebody Else", share="hidden")  # so that answers are under the veil
        world["ee"].search("Anna Nowak")
        world["lv"].search("Nobody Known")
        world["pl"].search("Anna Nowak")
        watch = world["ee"].watches("Anna Nowak")
        world["lv"].watches("Somebody Else", to=["ee"])
        wanted = {"EE": "registered", "LV": "registered", "PL": "registered"}
        eventually(lambda: world["ee"].watch_states(watch) == wanted, timeout_s=30)
        eventually(lambda: len(world["ee"].alerts) == 1, timeout_s=30)
        eventually(lambda: not any(map(_waits, world.places.values())), timeout_s=30)
        yield world


def _waits(place: Place) -> bool:
    """Whether a notice is under way."""
    with place.up.store.view() as view:
        return any(lane.waiting for lane in store.mail.lanes(view))


@contextmanager
def put_back(world: World, folder: Path) -> Iterator[None]:
    """Whatever is done to the books meanwhile is undone at the end."""
    for name, place in world.places.items():
        _copied(place.home.database, folder / f"{name}.db", is_back=False)
    yield
    for name, place in world.places.items():
        _copied(place.home.database, folder / f"{name}.db", is_back=True)


def _copied(database: Path, saved: Path, *, is_back: bool) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        connection.execute("ATTACH ? AS saved", (str(saved),))
        for table in _TABLES:
            if not is_back:
                connection.execute(f"CREATE TABLE saved.{table} AS SELECT * FROM main.{table}")  # noqa: S608
            else:
                connection.execute(f"DELETE FROM main.{table}")  # noqa: S608
                connection.execute(f"INSERT INTO main.{table} SELECT * FROM saved.{table}")  # noqa: S608
        connection.commit()


def is_reached(world: World) -> bool:
    """Whether a line to Latvia stands before long: one to who was down is tried every 5 s."""
    found = (world["ee"].search("Anna Nowak", to=["lv"]) for _ in range(100))
    return any(one.outcome("lv").kind is OutcomeKind.ANSWERED for one in found)
