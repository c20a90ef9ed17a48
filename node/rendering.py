"""amber.toml written out: every setting of a node, with what it means."""

import json
import re
from types import MappingProxyType
from typing import Any, get_type_hints

from msgspec import Struct

from node.config import Config

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

    A setting that is not written out is added. What is written in another way than `render` does
    may be left as it is: whoever asks compares what comes of it.
    """
    lines, inside, at = text.split("\n"), False, None
    for number, said in enumerate(lines):
        if said.strip().startswith("["):
            inside = said.split("#")[0].strip() == f"[{section}]"
            at = number if inside else at
        elif inside and (found := re.match(rf"\s*{key}\s*=\s*{_QUOTED}(.*)", said)):
            lines[number] = f"{line(key, value)}{found[1]}"
            break
    else:
        if at is None:
            lines += [f"[{section}]", ""]
            at = len(lines) - 2
        lines.insert(at + 1, line(key, value))
    return "\n".join(lines)


def meanings(section: type[Struct]) -> MappingProxyType[str, str]:
    """Each key of one section with what it means."""
    hints = get_type_hints(section, include_extras=True)
    return MappingProxyType({key: _description(hints[key]) for key in section.__struct_fields__})


def _description(hint: Any) -> str:  # noqa: ANN401 - typing gives annotations no narrower type
    said = [meta.description for meta in hint.__metadata__ if meta.description]
    return str(said[-1])
