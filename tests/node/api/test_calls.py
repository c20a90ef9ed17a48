"""The desk port over real TLS: every call proves its person and its role first."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import grpc
import pytest

from federation.errors import (
    CharterError,
    FederationError,
    InvalidError,
    TooWideError,
    UnreachableError,
)
from federation.messages import OutcomeKind, PersonId, Sought
from node import desk
from node.desk import Desk, Line, LoadOptions, Whom, Why
from protos.node.v1 import node_pb2 as pb
from tests.world import Place, World, signed

Result = TypeVar("Result")
WHY, EVERYBODY = Why("CASE-1", "investigation"), Whom()
SIMPLE = LoadOptions(
    format="simple",
    source="tests",
    is_edition=False,
    share="full",
    to=("ALL",),
    handling=(),
    handling_text="",
    topic="",
    category="",
    grade="",
)


def line(place: Place, person: str = "first") -> Line:
    run = place.home.running()
    assert run is not None
    key, certificate = place.home.person_credentials(PersonId(person))
    return Line(run.desk, place.home.member, place.home.ca(), key, certificate)


def asked(place: Place, ask: Callable[[Desk], Awaitable[Result]], person: str = "first") -> Result:
    async def call() -> Result:
        async with desk.opened(line(place, person)) as opened:
            return await ask(opened)

    return asyncio.run(call())


def test_a_search_shows_hits_with_reasons_and_every_member(world: World) -> None:
    world["pl"].holds("Anna Nowak", birthDate="1980-01-02")
    sought = Sought(name="Anna Nowak", birth_date="1980")

    found = asked(world["ee"], lambda d: d.search(sought, why=WHY, whom=EVERYBODY))

    (hit,) = found["hits"]
    assert (hit["member"], hit["share"], hit["caption"]) == ("PL", "full", "Anna Nowak")
    assert hit["record"] == hit["entity"]["id"]
    assert hit["reasons"]
    assert hit["marking"]["handling"] == ["H0"]
    assert [one["member"] for one in found["members"]] == ["EE", "LV", "PL"]
    assert {one["outcome"] for one in found["members"]} == {"answered"}
    assert found["complete"]


def test_an_age_is_told_only_by_who_holds_something(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    world.clock.turn(seconds=20)
    sought = Sought(name="Anna Nowak")

    found = asked(world["ee"], lambda d: d.search(sought, why=WHY, whom=EVERYBODY))

    ages = {one["member"]: one["index_age_s"] for one in found["members"]}
    assert ages == {"EE": None, "LV": None, "PL": 20}


def test_a_limit_and_members_are_heeded(world: World) -> None:
    for number in range(3):
        world["pl"].holds("Anna Nowak", id=f"P{number}")
    whom = Whom(to=("pl",), limit=2, timeout_s=5)

    found = asked(world["ee"], lambda d: d.search(Sought(name="Anna Nowak"), why=WHY, whom=whom))

    assert len(found["hits"]) == 2
    assert [one["member"] for one in found["members"]] == ["PL"]


def test_a_question_too_wide_comes_back_with_what_to_add(world: World) -> None:
    with pytest.raises(TooWideError):
        asked(world["ee"], lambda d: d.search(Sought(name="Anna"), why=WHY, whom=EVERYBODY))


@pytest.mark.parametrize(
    "why",
    [Why("", "investigation"), Why("C", "fun"), Why("C", "investigation", topic="gossip")],
)
def test_a_question_without_a_known_reason_is_not_asked(world: World, why: Why) -> None:
    with pytest.raises(InvalidError):
        asked(world["ee"], lambda d: d.search(Sought(name="Anna Nowak"), why=why, whom=EVERYBODY))


def test_a_hit_is_shown_again_by_its_reference(world: World) -> None:
    world["pl"].holds("Anna Nowak", share="core", gender="female")
    sought = Sought(name="Anna Nowak")
    found = asked(world["ee"], lambda d: d.search(sought, why=WHY, whom=EVERYBODY))

    shown = asked(world["ee"], lambda d: d.show("pl", found["hits"][0]["ref"], why=WHY))

    assert shown["hit"]["caption"] == "Anna Nowak"
    assert shown["hit"]["entity"]["properties"] == {"name": ["Anna Nowak"]}


def test_a_reference_of_another_member_shows_nothing(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    sought = Sought(name="Anna Nowak")
    found = asked(world["ee"], lambda d: d.search(sought, why=WHY, whom=EVERYBODY))

    shown = asked(world["lv"], lambda d: d.show("pl", found["hits"][0]["ref"], why=WHY))

    assert shown["hit"] is None
    assert shown["member"]["outcome"] == "answered"


def test_a_file_is_loaded_with_its_marking_and_found(world: World, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n')
    heard: list[int] = []

    loaded = asked(world["pl"], lambda d: d.load(file, SIMPLE, heard.append))

    assert (loaded["read"], loaded["stored"], loaded["rejected"]) == (1, 1, 0)
    assert heard
    assert world["ee"].search("Anna Nowak").ids_from("pl") == ["P-1"]
    assert list(world["pl"].home.incoming.iterdir()) == []


def test_a_reindex_is_told_as_it_goes_on_and_everybody_stays_found(world: World) -> None:
    world["pl"].holds("Anna Nowak")
    heard: list[tuple[int, int]] = []

    due = asked(world["pl"], lambda d: d.reindex(lambda *told: heard.append(told), is_all=False))
    every = asked(world["pl"], lambda d: d.reindex(lambda *told: heard.append(told), is_all=True))

    assert (due["reindexed"], every["reindexed"], heard) == (0, 1, [(1, 1)])
    assert asked(world["pl"], lambda d: d.status())["reindex_due"] == 0
    assert len(world["ee"].search("Anna Nowak").ids_from("pl")) == 1


def test_a_file_that_breaks_off_changes_nothing(world: World, tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "P-1", "kind": "person", "names": ["Anna Nowak"]}\n{"id": "P-2", "ki')

    with pytest.raises(InvalidError, match=r"cases\.jsonl"):
        asked(world["pl"], lambda d: d.load(file, SIMPLE, lambda _: None))

    assert world["pl"].desk.administration.standing().records == 0


def test_a_file_name_that_leads_elsewhere_is_refused(world: World) -> None:
    options = pb.LoadOptions(format="simple", source="s", name="../../amber.db")

    async def load() -> None:
        async with desk.opened(line(world["pl"])) as opened:
            call = opened._calls.Load()
            await call.write(pb.LoadRequest(options=options))
            await call.read()
            await call.read()

    with pytest.raises(grpc.aio.AioRpcError, match="without folders"):
        asyncio.run(load())


def test_a_folder_comes_as_a_folder(world: World, tmp_path: Path) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    for name in ("sdn", "alt"):
        (folder / f"{name}.csv").write_text("")
    options = replace(SIMPLE, format="ofac")

    with pytest.raises(InvalidError, match=r"add\.csv"):
        asked(world["pl"], lambda d: d.load(folder, options, lambda _: None))


def test_a_table_comes_with_its_mapping(world: World, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("number,who\n1,Anna Nowak\n")
    mapping = b'kind = "person"\nid = ["number"]\n[columns]\nwho = "name"\n'
    options = replace(SIMPLE, format="csv", mapping=mapping)

    loaded = asked(world["pl"], lambda d: d.load(file, options, lambda _: None))

    assert loaded["stored"] == 1
    assert len(world["ee"].search("Anna Nowak").hits_from("pl")) == 1


@pytest.mark.parametrize(
    ("differs", "named"), [({"source": ""}, "--source"), ({"format": "xlsx"}, "format")]
)
def test_a_load_that_says_too_little_is_refused(
    world: World, tmp_path: Path, differs: dict[str, str], named: str
) -> None:
    file = tmp_path / "cases.jsonl"
    file.write_text("")
    options = replace(SIMPLE, **differs)  # type: ignore[arg-type]

    with pytest.raises(InvalidError, match=named):
        asked(world["pl"], lambda d: d.load(file, options, lambda _: None))


def test_a_status_names_the_doors(world: World) -> None:
    said = asked(world["ee"], lambda d: d.status())

    assert said["member"] == "EE"
    assert [door["member"] for door in said["doors"]] == ["LV", "PL"]
    assert all(door["open"] for door in said["doors"])


def test_a_person_is_added_and_may_then_prove_the_log(world: World) -> None:
    asked(world["ee"], lambda d: d.add_person("a.tamm", ["auditor"]))

    proof = asked(world["ee"], lambda d: d.verify_audit(), "a.tamm")

    assert proof["whole"]
    assert proof["entries"] > 0


def test_a_role_that_is_none_is_not_given(world: World) -> None:
    with pytest.raises(InvalidError, match="a role is one of"):
        asked(world["ee"], lambda d: d.add_person("a.tamm", ["emperor"]))


def test_a_charter_that_lacks_a_signature_is_not_adopted(world: World) -> None:
    ee = world["ee"].home
    document = signed(ee.draft([world["lv"].home.card()]), ee)

    with pytest.raises(CharterError):
        asked(world["ee"], lambda d: d.adopt_charter(document))

    assert world["ee"].up.in_force().version == 2


def test_an_adopted_charter_is_followed_at_once(world: World) -> None:
    ee, lv, pl = (world[name].home for name in ("ee", "lv", "pl"))
    document = signed(ee.draft([lv.card(), pl.card()]), ee, lv, pl)

    for name in ("ee", "lv"):
        asked(world[name], lambda d: d.adopt_charter(document))
    found = world["ee"].search("Anna Nowak")

    assert found.outcome("lv").kind is OutcomeKind.ANSWERED
    assert found.outcome("pl").kind is OutcomeKind.ANSWERED  # it holds the charter before


def test_a_member_that_leaves_signs_it_and_its_door_is_closed(world: World) -> None:
    ee, lv, pl = (world[name].home for name in ("ee", "lv", "pl"))
    document = signed(ee.draft([lv.card()]), ee, lv, pl)

    for name in ("ee", "lv"):
        asked(world[name], lambda d: d.adopt_charter(document))
    found = world["pl"].search("Anna Nowak", to=["ee"])

    assert found.outcome("ee").kind is OutcomeKind.UNREACHABLE
    assert [door.member.id for door in world["ee"].up.doors] == ["LV"]


#: Ends a desk by a method path that is not UTF-8, in a process of its own: the call brings down
#: the server it reaches, and now and then the client that makes it.
END = """
import asyncio, sys
from pathlib import Path
from node import app, desk, home

async def end() -> None:
    place = home.open(Path(sys.argv[1]), app.clock)
    key, certificate = place.person_credentials(home.FIRST_PERSON)
    line = desk.Line(place.running().desk, place.member, place.ca(), key, certificate)
    async with desk.opened(line) as opened:
        await opened._channel.unary_unary(b"/amber.node.v1.Desk/\\xff")(b"", timeout=5)

asyncio.run(end())
"""


def test_a_desk_that_one_of_our_people_ends_stands_again(world: World) -> None:
    address = line(world["ee"]).address

    ended = subprocess.run(
        [sys.executable, "-c", END, str(world["ee"].home.path)], capture_output=True, check=False
    )

    assert ended.returncode != 0  # nobody answered
    assert stands_again(world["ee"])
    assert line(world["ee"]).address == address


def stands_again(place: Place) -> bool:
    """Whether the desk answers before long: it is rebuilt within a second.

    All attempts are made in one loop: grpc does not bear hundreds of loops one after the other.
    """

    async def tried() -> bool:
        for _ in range(1_000):
            try:
                async with desk.opened(line(place)) as opened:
                    return bool(await opened.status())
            except UnreachableError:
                continue
        return False

    return asyncio.run(tried())


@pytest.mark.parametrize("where", ["administration.standing", "refusals.counts", "rotating.held"])
def test_a_fault_nobody_foresaw_says_nothing_of_itself(
    world: World, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("Anna Nowak")

    part, method = where.split(".")
    monkeypatch.setattr(type(getattr(world["ee"].desk, part)), method, fail)

    for ask in (Desk.status, Desk.metrics):
        with pytest.raises(FederationError, match=f"^{FederationError.public}$"):
            asked(world["ee"], ask)
