"""amber.toml written out: every setting of a node, with what it means."""

import json
import re
from types import MappingProxyType
from typing import Any, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from node.config import Config, decoded
from node.errors import ConfigError

#: Words in TOML, in one line.
_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'[^']*')"""


def render(config: Config) -> str:
    """The text of an amber.toml with every setting and what it means."""
    lines = ["# Every setting of this node. A key that is not known here stops the node."]
    for section in config.__struct_fields__:
        settings = getattr(config, section)
        lines += ["", f"[{section}]"]
        lines += [
            f"{line(key, getattr(settings, key))}  # {described}"
            for key, described in meanings(type(settings)).items()
        ]
    return "\n".join(lines) + "\n"


def line(key: str, value: Any) -> str:  # noqa: ANN401 - whatever a setting is
    """One setting as it is written, without what it means."""
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"


def edited(text: str, section: str, key: str, value: str) -> str:
    """The text of an amber.toml in which one setting of words is another; all else stays.

    A setting that is not written out is added. Raises `ConfigError` saying what to write where it
    is written in a way that only a person can change.
    """
    held = decoded(text)
    table = getattr(held, section)
    wanted = replace(held, **{section: replace(table, **{key: value})})
    if wanted == held:
        return text
    new = _edited(text.split("\n"), f"[{section}]", key, line(key, value))
    try:
        if decoded(new) == wanted:
            return new
    except ConfigError:
        pass
    raise ConfigError(
        f"write {line(key, value)} under [{section}] in amber.toml first, then try again"
    )


def _edited(lines: list[str], header: str, key: str, said: str) -> str:
    """The lines with a setting in its place, else behind the header, else at the end."""
    old, inside, at = re.compile(rf"\s*{key}\s*=\s*{_QUOTED}(.*)"), False, None
    for number, one in enumerate(lines):
        if one.strip().startswith("["):
            inside = one.split("#")[0].strip() == header
            at = number if inside else at
        elif inside and (found := old.match(one)):
            lines[number] = said + found[1]
            return "\n".join(lines)
    behind = [header, said, ""] if at is None else [said]
    place = len(lines) if at is None else at + 1
    return "\n".join((*lines[:place], *behind, *lines[place:]))


def meanings(section: type[Struct]) -> MappingProxyType[str, str]:
    """Each key of one section with what it means."""
    hints = get_type_hints(section, include_extras=True)
    return MappingProxyType({key: _description(hints[key]) for key in section.__struct_fields__})


def _description(hint: Any) -> str:  # noqa: ANN401 - typing gives annotations no narrower type
    said = [meta.description for meta in hint.__metadata__ if meta.description]
    return str(said[-1])
