"""The keys of one member that change, with its line in the charter, for the tests here."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation import keys
from federation.charter import Member
from federation.keys import Place
from tests.federation.world import EE, card

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def held(place: Place, now: datetime = LATER) -> keys.Keys:
    return keys.open(place.folder, EE, now, place.safe)


def line(place: Place) -> Member:
    """What the charter says of Estonia at first."""
    return replace(card(held(place), port=7400), number=1)


def named(place: Place, us: Member, now: datetime = LATER) -> Member:
    """What the charter says once it names what was begun."""
    turn = keys.turn_of(place.folder)
    assert turn is not None
    return keys.lined(turn, us, now)
