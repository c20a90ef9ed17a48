"""Rules: files of Cedar policies, read rule by rule so that a fault in one has its place."""

import re
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources.abc import Traversable

import cedarpy
from cedarpy import pst

from node.errors import ConfigError

#: All that a rule may permit, as `amber.cedarschema` has it.
ACTIONS = ("ask", "watch", "meet", "reconcile", "seeHit", "seeCore", "seeFull")

#: A comment, a text, or the end of a rule, which stands in neither.
_PARTS = re.compile(r'//[^\n]*|"(?:\\.|[^"\\])*"|;')


def texts(folder: Traversable) -> dict[str, str]:
    """The files of rules in a folder, by name; raises `ConfigError` for none or an unread one."""
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    found = {file.name: _text(file) for file in files if file.name.endswith(".cedar")}
    if not found:
        raise ConfigError("policy.folder holds no .cedar file: nothing would be allowed")
    return found


def _text(file: Traversable) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise ConfigError(f"policy: {file.name} cannot be read as text") from None


def read(files: Mapping[str, str]) -> str:
    """The rules of several files as one text, once each was read by itself.

    Raises `ConfigError` naming file and line of the first rule that is none or has no `@id`.
    """
    for name, text in files.items():
        for line, rule in _each(text):
            if fault := _fault(rule):
                raise ConfigError(f"policy: {name}, the rule that ends in line {line}: {fault}")
    return "\n".join(files.values())


def unpermitted(policies: str) -> Sequence[str]:
    """Actions that no rule permits: nobody may do them, or see as much."""
    permitted: set[str] = set()
    for rule in cedarpy.PolicySet.from_str(policies).to_pst().static_policies.values():
        if rule.effect == "permit":
            permitted |= _actions(rule.action)
    return [action for action in ACTIONS if action not in permitted]


def _each(text: str) -> Iterator[tuple[int, str]]:
    """Each rule, and what stands behind the last one, with the line in which it ends."""
    begin = 0
    for end in [*(found.end() for found in _PARTS.finditer(text) if found[0] == ";"), len(text)]:
        yield text.count("\n", 0, end) + 1, text[begin:end]
        begin = end


def _fault(rule: str) -> str:
    """What is wrong with the words of one rule, or nothing."""
    try:
        found = cedarpy.PolicySet.from_str(rule).to_pst().static_policies.values()
    except ValueError as error:
        return str(error)
    return "" if all(one.annotations.get("id") for one in found) else "it has no @id"


def _actions(scope: pst.ActionConstraint) -> set[str]:
    """The actions of a rule."""
    match scope:
        case pst.ActionEq():
            return {scope.entity.id}
        case pst.ActionIn():
            return {entity.id for entity in scope.entities}
        case _:
            return set(ACTIONS)
