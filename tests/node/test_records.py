"""Records: what each share level shows of one."""

from datetime import UTC, datetime

import pytest

from federation.messages import Entity, Marking, Share
from node.kinds import Kind
from node.records import Record, RecordId, shown

ANNA = Entity(
    "p-1",
    "Person",
    {
        "name": ("Anna Nowak", "Анна Новак"),
        "birthDate": ("1970-05",),
        "alias": ("Ania",),
        "passportNumber": ("AB123",),
        "notes": ("seen in Gdynia",),
    },
)


@pytest.mark.parametrize("share", [Share.HIDDEN, Share.HIT])
def test_a_hit_shows_nothing_of_a_record(share: Share) -> None:
    assert shown(ANNA, share) is None


def test_a_core_shows_name_birth_date_and_kind_alone() -> None:
    core = {"name": ("Anna Nowak", "Анна Новак"), "birthDate": ("1970-05",)}

    assert shown(ANNA, Share.CORE) == Entity("p-1", "Person", core)


def test_a_core_shows_what_a_thing_without_a_name_is_called() -> None:
    crate = Entity("c-1", "Container", {"containerNumber": ("CSQU3054383",), "name": ()})

    assert shown(crate, Share.CORE) == Entity("c-1", "Container", {"name": ()})


def test_a_full_record_is_shown_as_it_is() -> None:
    assert shown(ANNA, Share.FULL) is ANNA


def test_a_record_is_of_the_kind_of_its_schema() -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)

    record = Record(RecordId("1"), ANNA, Marking(), source="cases", version=1, changed_at=at)

    assert record.kind is Kind.PERSON
