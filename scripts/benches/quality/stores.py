"""The eight stores of a scenario, each filled as a node fills its own, and searched in process."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from federation.messages import Entity, Marking, PersonId, Share, Sought
from node import app, config, search
from node import home as homes
from node.intake import simple
from node.keeping import Keeping, Why
from node.records import Draft
from node.store import View
from scripts.benches.quality.sources import DATA, NODES, Place, Query

#: Hits a node gives, and hits of all that are shown.
LIMIT = 10
_MOST = 100
_TO_ALL = Marking(share=Share.FULL, audience=frozenset({"ALL"}))


class Hit(NamedTuple):
    """A record that was found, and how well it fits."""

    place: Place
    score: float
    is_strong: bool


class Answer(NamedTuple):
    """What a query found, and what became of the expected records that it did not.

    `hits` of every node, best first; `unfetched` would have scored had it been looked at,
    `unlike` scores too little.
    """

    query: Query
    hits: tuple[Hit, ...]
    unfetched: int = 0
    unlike: int = 0

    @property
    def shown(self) -> tuple[Hit, ...]:
        """The hits that an analyst is shown by default."""
        return self.hits[:LIMIT]


def make(folder: Path, scenario: str, node: str) -> None:
    """Make the store of one node and fill it with its file."""
    folder.mkdir(parents=True, exist_ok=True)
    home = homes.make(folder / node, config.lab_member(node, 7400, has_quotas=False), app.clock)
    keeping = Keeping(home.member, search.findable, app.new_id)
    drafts = [Draft(entity, _TO_ALL, scenario) for entity in entities(scenario, node).values()]
    store = home.store(home.keys())
    try:
        with store.write() as tx:
            keeping.keep(tx, drafts, Why(PersonId("bench"), "administrator", "bench"))
    finally:
        store.close()


@lru_cache(maxsize=32)
def entities(scenario: str, node: str) -> dict[str, Entity]:
    """What one node holds, by its own ids."""
    rows = simple.read(DATA / scenario / f"{node}.jsonl")
    return {row.entity.id: row.entity for row in rows if row.entity}


def answers(folder: Path, asked: list[Query]) -> Iterator[Answer]:
    """Ask every store each of these queries."""
    with ExitStack() as stack:
        views: dict[str, View] = {}
        for node in NODES:
            home = homes.open(folder / node, app.clock)
            store = home.store(home.keys())
            stack.callback(store.close)
            views[node] = stack.enter_context(store.view())
        for query in asked:
            yield _answer(views, query)


def _answer(views: dict[str, View], query: Query) -> Answer:
    hits = [hit for node, view in views.items() for hit in found(view, node, query.sought)]
    hits.sort(key=lambda hit: -hit.score)
    reached = {hit.place for hit in hits}
    missed = [place for place in query.expected if place not in reached]
    unfetched = unlike = 0
    for place in missed:
        entity = entities(query.source, place[0])[place[1]]
        if not search.score(query.sought, entity).value:
            unlike += 1
        elif place not in {h.place for h in found(views[place[0]], place[0], query.sought, _MOST)}:
            unfetched += 1
    return Answer(query, tuple(hits), unfetched, unlike)


def found(view: View, node: str, sought: Sought, limit: int = LIMIT) -> list[Hit]:
    """What one store finds."""
    return [
        Hit((node, one.held.record.entity.id), one.score, one.is_strong)
        for one in search.find(view, sought, markings=None, limit=limit)
    ]
