"""What is in force holds once it is on disk, also when its file cannot be written."""

import errno

import pytest

from federation import charter
from federation.charter import Place
from federation.errors import CharterError
from node.chartering.in_force import InForce
from tests.node.chartering.members import EE, LT, LV, NOW, founded, own

FIRST = founded([EE, LV, LT])


def second() -> bytes:
    """The same charter once more."""
    place = Place(charter.identity(FIRST), 2)
    document = charter.written(charter.renewed(charter.read(FIRST), place, NOW))
    for id in (EE, LV):
        document = charter.sign(document, own(id)[0].signer)
    return document


def test_a_newer_charter_takes_the_place_of_an_older_and_never_back() -> None:
    kept: list[bytes] = []
    held, new = InForce(FIRST, kept.append), second()

    held.put(2, new)
    held.put(1, FIRST)

    assert (held().version, held.held.document, kept) == (2, new, [new])


def test_one_whose_file_cannot_be_written_holds_and_is_kept_later() -> None:
    kept: list[bytes] = []
    is_full = True

    def keep(document: bytes) -> None:
        if is_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        kept.append(document)

    held, new = InForce(FIRST, keep), second()
    with pytest.raises(OSError, match="No space"):
        held.put(2, new)
    assert held().version == 2

    is_full = False
    held.put(2, new)
    held.put(2, new)

    assert kept == [new]


def test_what_too_few_have_signed_does_not_hold() -> None:
    draft = charter.written(
        charter.renewed(charter.read(FIRST), Place(charter.identity(FIRST), 2), NOW)
    )
    held = InForce(FIRST, lambda _: None)

    with pytest.raises(CharterError):
        held.put(2, draft)

    assert held().version == 1
