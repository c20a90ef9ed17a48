"""The checker itself, on histories of a few words: what it lets pass and what it finds."""

from dataclasses import replace

import pytest

from tests.simulation.history import (
    ALERT,
    CORE,
    END,
    EXPIRED,
    FULL,
    HIDDEN,
    Accuses,
    Acknowledged,
    Arrived,
    Event,
    Holds,
    Kept,
    PutBack,
    Sent,
    Shows,
    Stands,
    Unsettled,
    Watches,
    broken,
)

KEPT = Kept("LV", "R-1", 1, "Anna Nowak", FULL, frozenset({"ALL"}), "one")
TOLD = Sent("LV", "EE", "n-1", ALERT, "w-1", "R-1", FULL, "one")
CAME = Arrived("EE", "LV", 1, "n-1")
TAKEN = Acknowledged("LV", "EE", "n-1")
HELD = Holds("LV", "R-1", 1)
WATCHED = Watches("EE", "w-1", "Anna Nowak", ("LV",))
STANDS = Stands("LV", "EE", "w-1")
SHOWN = Shows("EE", "w-1", "LV", "R-1", 1, is_recalled=False, share=FULL, stamp="one")
WELL: tuple[Event, ...] = (KEPT, TOLD, CAME, TAKEN, HELD, WATCHED, STANDS, SHOWN)


def without(*events: Event) -> list[Event]:
    return [one for one in WELL if one not in events]


def with_(old: Event, *new: Event) -> list[Event]:
    """All is well, but for one event that is another or several."""
    return [event for one in WELL for event in (new if one == old else (one,))]


def words(history: list[Event]) -> set[str]:
    return {one.partition(":")[0] for one in broken(history)}


def test_what_went_well_breaks_no_promise() -> None:
    assert broken(WELL) == []


@pytest.mark.parametrize(
    ("history", "word"),
    [
        (without(CAME, TAKEN, SHOWN), "lost"),
        (without(SHOWN), "lost in the inbox"),
        (without(SHOWN), "missed"),
        (with_(SHOWN, replace(SHOWN, times=2)), "shown twice"),
        (with_(SHOWN, SHOWN, SHOWN), "shown twice"),
        (with_(CAME, TAKEN, CAME), "acknowledged before it was stored"),
        (with_(CAME, replace(CAME, sequence=2)), "order"),
        (with_(CAME, replace(CAME, ground="invalid")), "refused"),
        (with_(CAME, replace(CAME, ground=EXPIRED)), "lost"),
        (with_(KEPT, replace(KEPT, audience=frozenset({"PL"}))), "gate"),
        (with_(KEPT, replace(KEPT, share=CORE)), "gate"),
        (with_(TAKEN, TAKEN, replace(KEPT, share=HIDDEN, version=2)), "not recalled"),
        (with_(TAKEN, TAKEN, replace(KEPT, is_withdrawn=True)), "not recalled"),
        (with_(TAKEN, TAKEN, replace(KEPT, stamp="two")), "stale"),
        (with_(SHOWN, replace(SHOWN, is_recalled=True)), "missed"),
        (without(STANDS), "missed"),
        (without(HELD), "lost"),
        (with_(HELD, replace(HELD, version=2)), "lost"),
        ([*WELL, Unsettled("LV", "has mail")], "unsettled"),
        ([*WELL, Accuses("EE", "LV", "mail withheld")], "accused"),
    ],
)
def test_a_broken_promise_is_found(history: list[Event], word: str) -> None:
    assert word in words(history)


def test_nothing_is_told_behind_the_end_of_a_watch() -> None:
    end = Sent("EE", "LV", "n-9", END, "w-1")
    ended: list[Event] = [KEPT, end, Arrived("LV", "EE", 1, "n-9"), TOLD, CAME, SHOWN, HELD]

    assert words(ended) == {"told after the end of its watch"}


def test_what_a_member_lost_when_it_was_put_back_does_not_count() -> None:
    nothing_left: list[Event] = [KEPT, TOLD, PutBack("LV", since=0), WATCHED, STANDS]

    assert broken(nothing_left) == []


def test_what_a_receiver_lost_when_it_was_put_back_must_come_again() -> None:
    lost: list[Event] = [KEPT, TOLD, CAME, TAKEN, PutBack("EE", since=2), HELD, WATCHED, STANDS]

    assert words(lost) == {"lost", "missed"}
    assert broken([*lost, CAME, SHOWN]) == []


def test_a_recall_that_arrived_is_no_missed_alert_while_the_record_is_hidden() -> None:
    hidden = replace(KEPT, share=HIDDEN, version=2)
    recall = Sent("LV", "EE", "n-2", "recall", "w-1", "R-1")
    history: list[Event] = [
        *(KEPT, TOLD, CAME, TAKEN, hidden, recall, Arrived("EE", "LV", 2, "n-2")),
        *(replace(HELD, version=2), WATCHED, STANDS),
        replace(SHOWN, is_recalled=True, share=HIDDEN, stamp=""),
    ]

    assert broken(history) == []
