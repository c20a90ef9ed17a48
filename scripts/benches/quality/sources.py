"""The dev data as it is read: pairs of names, queries with their truth, and the unseen part."""

import csv
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from federation.messages import Identifier, Sought
from node.kinds import Kind

DATA = Path(__file__).parents[4] / "shared" / "data"
ABSENT = "quality: the dev data are not at hand (../shared/data); nothing was measured\n"
NODES = ("LT", "LV", "EE", "FI", "PL", "BG", "DE", "FR")
SCENARIOS = ("scenario-free", "scenario")
PERSONS = ("eu_person", "ua-war_person", "ofac_person", "un_person", "everypolitician_person")
ORGANISATIONS = ("eu_organisation", "ua-war_organisation", "ofac_organisation", "un_organisation")
TOKENS = tuple(
    f"token_{name}"
    for name in ("arabic", "google_ar", "russian", "hebrew", "chinese", "japanese", "korean")
)
#: Under a licence that allows testing only: nothing is ever fitted to them.
TESTING_ONLY = ("eu_", "ua-war_", "scenario")
ALL, SEEN, UNSEEN, TESTING = "all", "free seen", "free unseen", "testing only"
PARTS = (ALL, SEEN, UNSEEN, TESTING)
_KINDS = {"organisation": Kind.ORGANISATION, "company": Kind.ORGANISATION}

#: A record of the scenario: its node and its id there.
Place = tuple[str, str]


def is_unseen(subject: str) -> bool:
    """Whether a fit must not look at this subject: about half of all, the same in every file.

    The subject is the `group` of a pair, the `cluster` of a query.
    """
    return hashlib.sha256(subject.encode()).digest()[0] % 2 == 1


def is_free(source: str) -> bool:
    """Whether a file of pairs, or a scenario, may be fitted to."""
    return source == "scenario-free" or not source.startswith(TESTING_ONLY)


def part_of(source: str, subject: str) -> str:
    """Whether this subject of this source was seen by a fit, kept from it, or never allowed."""
    if not is_free(source):
        return TESTING
    return UNSEEN if is_unseen(subject) else SEEN


@dataclass(frozen=True, slots=True)
class Pair:
    """Two names, whether they are one subject's, and how hard that is to see."""

    source: str
    left: str
    right: str
    is_same: bool
    scripts: str
    kind: Kind
    band: str
    group: str

    @property
    def is_across(self) -> bool:
        """Whether the two stand in different scripts."""
        return len(set(self.scripts.split("-"))) > 1


def pairs(source: str) -> list[Pair]:
    """The pairs of one file."""
    return [
        Pair(
            source,
            row["left"],
            row["right"],
            row["label"] == "1",
            row["script_pair"],
            _KINDS.get(row["kind"], Kind.PERSON),
            row["band"],
            row["group"],
        )
        for row in _rows(DATA / "pairs" / f"{source}.dev.csv")
    ]


@dataclass(frozen=True, slots=True)
class Query:
    """A question, the records that answer it, and the subject it is about."""

    source: str
    id: str
    type: str
    from_node: str
    sought: Sought
    band: str
    is_across: bool
    expected: frozenset[Place]
    cluster: str


def queries(scenario: str) -> list[Query]:
    """The queries of one scenario."""
    text = (DATA / scenario / "queries.jsonl").read_text(encoding="utf-8")
    return [_query(scenario, json.loads(line)) for line in text.splitlines()]


def _query(scenario: str, row: dict[str, Any]) -> Query:
    number = row.get("identifier")
    return Query(
        source=scenario,
        id=row["qid"],
        type=row["type"],
        from_node=row["from_node"],
        sought=Sought(
            name=row.get("name", ""),
            birth_date=row.get("dob", ""),
            identifiers=(Identifier(number["type"], number["value"]),) if number else (),
            kind=row["kind"],
        ),
        band=row.get("band", ""),
        is_across=row.get("cross_script", False),
        expected=frozenset((one["node"], one["id"]) for one in row["expected"]),
        cluster=row["cluster"],
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """Whose every record of a scenario is, and whose clusters may be one subject."""

    clusters: dict[Place, str]
    ambiguous: dict[str, Collection[str]]

    def is_right(self, query: Query, place: Place) -> bool:
        """Whether the record is of the subject asked for."""
        return place in query.expected or self.clusters.get(place) == query.cluster

    def is_wrong(self, query: Query, place: Place) -> bool:
        """Whether it is of somebody else for certain: what is ambiguous is never an error."""
        doubtful = self.ambiguous.get(query.cluster, ())
        return not self.is_right(query, place) and self.clusters.get(place) not in doubtful


def truth(scenario: str) -> Truth:
    """The truth of one scenario."""
    clusters = {
        (row["node"], row["record_id"]): row["cluster_id"]
        for row in _rows(DATA / scenario / "truth.csv")
    }
    ambiguous: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(DATA / scenario / "ambiguous.csv"):
        ambiguous[row["cluster_a"]].add(row["cluster_b"])
        ambiguous[row["cluster_b"]].add(row["cluster_a"])
    return Truth(clusters, dict(ambiguous))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
