"""Content as it is stored: FollowTheMoney's JSON, one text for one content."""

import json

from hypothesis import given
from hypothesis import strategies as st

from federation.messages import Entity
from node.store.content import decoded, encoded
from tests.node.store.shelf import person

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
entities = st.builds(
    Entity,
    id=texts,
    schema=texts,
    properties=st.dictionaries(texts, st.lists(texts, max_size=3).map(tuple), max_size=4),
)


@given(entities)
def test_content_comes_back_as_it_was(entity: Entity) -> None:
    assert decoded(encoded(entity)) == entity


@given(entities)
def test_the_order_of_properties_makes_no_difference(entity: Entity) -> None:
    turned = Entity(entity.id, entity.schema, dict(reversed(list(entity.properties.items()))))

    assert encoded(turned) == encoded(entity)


def test_content_has_the_shape_of_followthemoney() -> None:
    assert json.loads(encoded(person(birthDate="1970"))) == {
        "id": "P-1",
        "schema": "Person",
        "properties": {"name": ["Anna Liiv"], "birthDate": ["1970"]},
    }
