"""README: whoever reads it alone knows every verb, role, setting, error code, metric and script."""

import re
from pathlib import Path

from federation.errors import Code
from node import metrics
from node.cli import VERBS
from node.config import Config, made
from node.people import Role
from node.rendering import meanings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
#: What stands between backticks or in a block.
NAMED = set(re.findall(r"[\w./-]+", " ".join(re.findall(r"```.*?```|`[^`]+`", README, re.DOTALL))))


def test_readme_names_every_verb() -> None:
    assert sorted(set(VERBS) - NAMED) == []


def test_readme_names_every_setting() -> None:
    config = made(id="EE", name="Estonia", host="127.0.0.1", port=7400)

    keys = {
        f"{section}.{key}"
        for section in Config.__struct_fields__
        for key in meanings(type(getattr(config, section)))
    }

    assert sorted(keys - NAMED) == []


def test_readme_names_every_error_code() -> None:
    assert sorted(set(Code) - NAMED) == []


def test_readme_names_every_script() -> None:
    scripts = {file.name for file in (ROOT / "scripts").iterdir() if file.is_file()}

    assert sorted(scripts - {name.removeprefix("scripts/") for name in NAMED}) == []


def test_readme_names_every_role() -> None:
    assert sorted(set(Role) - NAMED) == []


def test_readme_names_every_metric() -> None:
    families = set(re.findall(r'"(amber_\w+)"', Path(metrics.__file__).read_text()))

    assert len(families) > 5
    assert sorted(families - NAMED) == []
