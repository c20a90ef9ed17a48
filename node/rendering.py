"""amber.toml written out: every setting of a node, with what it means."""

import json
from types import MappingProxyType
from typing import Any, get_type_hints

from msgspec import Struct

from node.config import Config


def render(config: Config) -> str:
    """The text of an amber.toml with every setting and what it means."""
    lines = ["# Every setting of this node. A key that is not known here stops the node."]
    for section in config.__struct_fields__:
        settings = getattr(config, section)
        lines += ["", f"[{section}]"]
        lines += [
            f"{key} = {json.dumps(getattr(settings, key), ensure_ascii=False)}  # {described}"
            for key, described in meanings(type(settings)).items()
        ]
    return "\n".join(lines) + "\n"


def meanings(section: type[Struct]) -> MappingProxyType[str, str]:
    """Each key of one section with what it means."""
    hints = get_type_hints(section, include_extras=True)
    return MappingProxyType({key: _description(hints[key]) for key in section.__struct_fields__})


def _description(hint: Any) -> str:  # noqa: ANN401 - typing gives annotations no narrower type
    said = [meta.description for meta in hint.__metadata__ if meta.description]
    return str(said[-1])
