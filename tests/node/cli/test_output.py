import pytest

from node.cli.output import noted, printed


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        ("Anna\x1b[2J\x9b1m", "Anna\ufffd[2J\ufffd1m"),
        ("\u202etxet", "\ufffdtxet"),
        ("first line\n\tsecond", "first line\n\tsecond"),
        ("Ānna Nováková Ольга", "Ānna Nováková Ольга"),
    ],
)
def test_nothing_in_a_name_acts_on_the_terminal_that_shows_it(
    held: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    printed({}, held, is_json=False)
    noted(held)

    out, err = capsys.readouterr()
    assert (out, err) == (f"{shown}\n", f"{shown}\n")
