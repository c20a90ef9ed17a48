"""Rules: a fault in a file has its place, and what nobody may do is known."""

import pytest

from node.errors import ConfigError
from node.rules import ACTIONS, read, unpermitted
from tests.node.test_policy import RULES, SCHEMA

GOOD = """// who; may "ask"
@id("all;")
permit (principal, action == Action::"ask", resource);
"""


@pytest.mark.parametrize(
    ("more", "line", "fault"),
    [
        ('@id("x")\npemit (principal, action, resource);', 5, "pemit"),
        ('@id("x")\npermit (principal, action, resource)', 5, "unexpected end"),
        ("permit (principal, action, resource);", 4, "it has no @id"),
    ],
)
def test_a_fault_of_a_rule_has_its_file_and_line(more: str, line: int, fault: str) -> None:
    place = f"policy: own.cedar, the rule that ends in line {line}: .*{fault}"

    with pytest.raises(ConfigError, match=place):
        read({"ask.cedar": GOOD, "own.cedar": GOOD + more})


def test_files_without_a_fault_are_one_text() -> None:
    assert read({"a": GOOD, "b": "// nothing; more"}) == f"{GOOD}\n// nothing; more"


def test_what_no_rule_permits_is_named() -> None:
    seen = 'permit (principal, action in [Action::"seeHit", Action::"seeCore"], resource);'
    others = ["watch", "meet", "reconcile", "seeFull"]

    assert unpermitted(GOOD + seen) == others
    assert unpermitted("permit (principal, action, resource);") == []
    assert unpermitted("forbid (principal, action, resource);") == list(ACTIONS)


def test_what_is_shipped_permits_every_action_of_the_schema() -> None:
    assert unpermitted(RULES) == []
    assert all(action in SCHEMA for action in ACTIONS)
    named = [line for line in SCHEMA.splitlines() if line.startswith("action ")]
    said = [word.strip() for line in named for word in line[7:].split(" appliesTo")[0].split(",")]
    assert sorted(said) == sorted(ACTIONS)
