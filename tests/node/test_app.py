"""App: ids are unique, in the order of time, and say their version."""

import uuid

from node.app import new_id


def test_an_id_is_a_uuid_of_version_7() -> None:
    for text in (new_id() for _ in range(100)):
        made = uuid.UUID(text)
        assert (str(made), made.version, made.variant) == (text, 7, uuid.RFC_4122)


def test_ids_are_unique_and_in_the_order_of_time() -> None:
    ids = [new_id() for _ in range(1000)]

    assert len(set(ids)) == len(ids)
    assert [text[:13] for text in ids] == sorted(text[:13] for text in ids)
