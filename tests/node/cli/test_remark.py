"""`load --tell`, `alerts --touched` and `remark`: who touched what, and that it may be known."""

import json
from pathlib import Path

from tests.shell import Shell
from tests.world import World, eventually

WHY = ("--case", "CASE-1", "--purpose", "investigation")


def test_a_record_is_loaded_touched_marked_and_then_found(
    world: World, shell: Shell, tmp_path: Path
) -> None:
    ee, lv = (("-n", world[name].home.path) for name in ("ee", "lv"))
    rows = [
        {"id": "P-1", "kind": "person", "names": ["Viktor Lesnikov"]},
        {"id": "P-2", "kind": "person", "names": ["Anna Nowak"], "tell": "openly"},
    ]
    file = tmp_path / "cases.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    load = ("--format", "simple", "--share", "full", "--to", "ALL", "--tell", "first")
    shell(*lv, "load", file, *load)

    assert shell(*ee, "search", "Viktor Lesnikov", *WHY) == "No hit.\n"
    (opened,) = shell.json(*ee, "search", "Anna Nowak", *WHY)
    eventually(lambda: len(world["lv"].up.post.touching.behind(0)) == 2)
    touches = shell.json(*lv, "alerts", "--touched")
    words = shell(*lv, "alerts", "--touched", "--open")

    assert [hit["owner_told"] for hit in opened["hits"]] == [True]
    assert "its owner was told" in shell(*ee, "search", "Anna Nowak", *WHY)
    shown = {one["caption"]: one for one in touches}
    first = shown["Viktor Lesnikov"]
    assert (first["member"], first["case_reference"], first["tell"]) == ("EE", "CASE-1", "first")
    assert "saw nothing of it" in words
    assert "told openly" in words

    shell(*lv, "alerts", "mark", first["touch"], "useful")
    assert first["touch"] not in shell(*lv, "alerts", "--touched", "--open")
    assert (first["source"], first["source_id"]) == ("simple", "P-1")
    shell(*lv, "remark", first["source_id"], "--tell", "nobody")
    assert "Viktor Lesnikov" in shell(*ee, "search", "Viktor Lesnikov", *WHY)
    shell(*lv, "remark", "nothing", "--tell", "first", code=1)


def test_the_words_of_tell_are_a_list_like_any_other(shell: Shell) -> None:
    lists = {row["list"]: row["codes"] for row in shell.json("codes")}

    assert lists["tell"] == ["nobody", "silently", "openly", "first"]
