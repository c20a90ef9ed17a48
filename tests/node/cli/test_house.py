"""What `amber status` says of the charter to whoever has to do something."""

from node.cli.status import _charter_words

STANDING = {
    "expires_at": 1_800_000_000_000_000,
    "expired": False,
    "standing": "active",
    "way": "told",
    "told_by": "LV",
    "proposals": 0,
    "missed_version": 0,
    "missed_at": 0,
    "forks": [],
}


def test_a_charter_in_order_is_one_line() -> None:
    assert list(_charter_words(STANDING)) == ["charter until 2027-01-15 08:00Z, told LV"]


def test_what_wants_attention_is_said() -> None:
    said = list(
        _charter_words(
            STANDING
            | {
                "expired": True,
                "standing": "suspended",
                "proposals": 2,
                "missed_version": 5,
                "missed_at": 1_799_000_000_000_000,
                "forks": [{"version": 4, "members": ["EE", "PL"], "seen_at": 1}],
            }
        )
    )

    assert said == [
        "charter EXPIRED 2027-01-15 08:00Z: doors are closed",
        "this node is suspended",
        "2 proposals are open: amber charter proposals",
        "was behind and caught up with charter 5 2027-01-03 18:13Z",
        "FORKED: another charter 4 exists, both signed by EE, PL",
    ]
