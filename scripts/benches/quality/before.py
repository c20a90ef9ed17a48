"""The figures of an earlier commit, kept to stand beside those of now."""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_suffix(".json")


@lru_cache(maxsize=1)
def figures() -> Mapping[str, float]:
    """Every figure that was kept, by its key; empty where none was."""
    if not _FILE.exists():
        return {}
    kept: dict[str, float] = json.loads(_FILE.read_text(encoding="utf-8"))["figures"]
    return kept


def key(unit: str, part: str) -> str:
    """What a figure is kept under."""
    return f"{unit} | {part}"


def keep(lines: Iterable[str], commit: str) -> None:
    """Keep the figures of these lines as those of this commit."""
    found = [json.loads(line) for line in lines if line.strip()]
    kept = {key(one["unit"], one["of"]): one["figure"] for one in found if "of" in one}
    text = json.dumps({"commit": commit, "figures": kept}, indent=0, ensure_ascii=False)
    _FILE.write_text(text + "\n", encoding="utf-8")
