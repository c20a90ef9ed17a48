"""Reasons: words that name what agrees and how, in the record's own terms where it has them."""

from federation.messages import Entity
from node.kinds import kind_of
from node.search.names import names
from node.search.reasons import Tally, explain_name
from node.search.subjects import subject_of
from node.search.weighing import weighed


def texts(one: str, entity: Entity, use: str = "primary") -> list[str]:
    kind = kind_of(entity.schema)
    (mine,), (theirs,) = names(one, kind), names(entity.caption, kind)
    tally = Tally()
    explain_name(tally, weighed(mine, theirs), use, subject_of(entity).labels)
    return [reason.text for reason in tally.reasons]


def test_parts_are_called_what_the_record_calls_them() -> None:
    properties = {"name": ("Mari Tšaikovski",), "firstName": ("Mari",), "lastName": ("Tšaikovski",)}

    found = texts("Mari Tschaikowski", Entity("P-1", "Person", properties))

    assert found == [
        "given name of the name agrees as written",
        "surname of the name agrees after transliteration",
    ]


def test_a_patronymic_is_called_one() -> None:
    entity = Entity("P-1", "Person", {"name": ("Олег Іванович Каск",)})

    found = texts("Oleg Ivanovich Kask", entity, use="alias")

    assert "patronymic of an alias agrees after transliteration" in found


def test_what_contradicts_and_what_is_missing_is_said() -> None:
    entity = Entity("P-1", "Person", {"name": ("Mari Ann Kask",)})

    assert "a part of the name contradicts a part of the name asked for" in texts(
        "Mari Liis Kask", entity
    )
    assert "a part of the name stands on one side only" in texts("Mari Kask", entity)
    assert "only one word agrees: a namesake" in texts("Peeter Kask", entity)


def test_a_branch_and_words_that_many_firms_have_are_said() -> None:
    branch = Entity("O-1", "Company", {"name": ("Ulvesmar Tamsalu Branch",)})
    bureau = Entity("O-2", "Company", {"name": ("Experimental Design Bureau",)})

    assert "one of the two is a branch" in texts("Ulvesmar Tamsalu", branch)
    assert "only words that many have in their name agree" in texts("OKB Ulvesmar", bureau)
    assert "one of the two is a branch" not in texts("Branch Ulvesmar", branch)
    assert "only words that many have in their name agree" not in texts("OKB Bureau", bureau)


def test_a_tally_moves_by_whole_points_and_never_drifts() -> None:
    tally = Tally()

    for step in range(1, 1001):
        tally.move(step / 3000, "name", "a third of a point")

    assert tally.value == round(sum(reason.points for reason in tally.reasons), 3)
    assert tally.value == 0.333
