"""Stories of alerts across borders: real files, keys and TLS, in one process."""

from tests.world import World, eventually


def test_a_record_that_comes_later_is_told_to_the_member_that_watches(world: World) -> None:
    watch = world["ee"].watches("Viktor Lesnikov", birth_date="1979")
    eventually(
        lambda: (
            world["ee"].watch_states(watch)
            == {"EE": "registered", "LV": "registered", "PL": "registered"}
        )
    )

    world["lv"].holds("Виктор Лесников", birthDate="1979-03-02")

    [alert] = eventually(lambda: world["ee"].alerts)
    assert alert.alert.member == "LV"
    assert alert.hit
    assert alert.hit.entity
    assert alert.hit.entity.caption == "Виктор Лесников"
