"""A file of answers: whole lines count, what was cut off does not, and no other file is touched."""

from pathlib import Path

import pytest

from federation.errors import BusyError, InvalidError
from node.cli.answers import Answered, opened

LINE = b'{"line":%d,"qid":"","screening":"S-1","hits":[]}\n'


@pytest.mark.parametrize("cut", [b"", b"{", b'{"line":3,"qi'])
def test_only_whole_answers_count(tmp_path: Path, cut: bytes) -> None:
    file = tmp_path / "out.jsonl"
    file.write_bytes(LINE % 1 + LINE % 2 + cut)

    with opened(file) as out:
        there = out.answered()
        out.keep(1)
        out.add(b"next\n")

    assert there == Answered(2, "S-1")
    assert file.read_bytes() == LINE % 1 + b"next\n"


@pytest.mark.parametrize("there", [None, b"", b'{"lin', LINE[:-1]])
def test_where_no_whole_answer_is_nothing_was_answered(tmp_path: Path, there: bytes | None) -> None:
    file = tmp_path / "out.jsonl"
    if there is not None:
        file.write_bytes(there)

    with opened(file) as out:
        assert out.answered() == Answered()


@pytest.mark.parametrize("theirs", [b"a letter", b"a letter\n", b'{"qid": "1"}\n', b'{"line":1}\n'])
def test_something_else_is_refused_and_left_as_it_is(tmp_path: Path, theirs: bytes) -> None:
    file = tmp_path / "out.jsonl"
    file.write_bytes(theirs)

    with pytest.raises(InvalidError, match="something else"), opened(file) as out:
        out.answered()

    assert file.read_bytes() == theirs


def test_one_command_at_a_time_writes_it(tmp_path: Path) -> None:
    with (
        opened(tmp_path / "out.jsonl") as out,
        pytest.raises(BusyError, match="another command"),
        opened(tmp_path / "out.jsonl"),
    ):
        out.add(b"never")


def test_it_is_for_its_owner_alone_and_none_when_nothing_stands_in_it(tmp_path: Path) -> None:
    with opened(tmp_path / "some.jsonl") as out, opened(tmp_path / "none.jsonl"):
        out.add(LINE)

    assert [file.name for file in tmp_path.iterdir()] == ["some.jsonl"]
    assert (tmp_path / "some.jsonl").stat().st_mode & 0o777 == 0o600
