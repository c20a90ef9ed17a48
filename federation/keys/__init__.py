"""A member's keys on disk: made, opened only when they fit together, changed without a stop.

Trust: whoever can read this folder can speak and sign as this member, unless the keys in it are
encrypted. Its files are 0600 in a folder of 0700, each written whole or not at all.
"""

from federation.keys.files import write
from federation.keys.making import (
    Issued,
    folder_people,
    issue_person,
    make,
    people,
    person_credentials,
    relock,
)
from federation.keys.opening import former, open  # noqa: A004 - keys.open, as io.open
from federation.keys.own import AUDIT_HEAD_TYPE, Former, Keys, Ring
from federation.keys.safe import NOTHING, Plain, Safe, Unlocking, lock_of
from federation.keys.turning import (
    Place,
    begin,
    coming_signer,
    drop_former,
    end,
    endorse,
    mend,
    put_off,
    settle,
    turn_of,
)
from federation.keys.wanted import Turn, What, lined

__all__ = [
    "AUDIT_HEAD_TYPE",
    "NOTHING",
    "Former",
    "Issued",
    "Keys",
    "Place",
    "Plain",
    "Ring",
    "Safe",
    "Turn",
    "Unlocking",
    "What",
    "begin",
    "coming_signer",
    "drop_former",
    "end",
    "endorse",
    "folder_people",
    "former",
    "issue_person",
    "lined",
    "lock_of",
    "make",
    "mend",
    "open",
    "people",
    "person_credentials",
    "put_off",
    "relock",
    "settle",
    "turn_of",
    "write",
]
