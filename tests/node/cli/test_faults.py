"""The edge to the shell: every fault has an exit code and a sentence, none a traceback."""

import click
import pytest

from federation.errors import Code, InvalidError, NotFoundError, RefusedError, UntrustedError
from node.cli import amber
from node.cli.faults import EXIT_CODES, guarded, sentence


def ending(error: BaseException) -> click.Command:
    def run() -> None:
        raise error

    return click.Command("run", callback=run)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidError("name the case"), 2),
        (RefusedError("no rule"), 3),
        (UntrustedError("tls.pem is missing"), 5),
        (click.UsageError("so not"), 2),
        (click.Abort(), 1),
        (KeyboardInterrupt(), 1),
        (FileNotFoundError(2, "No such file", "x"), 1),
        (ZeroDivisionError("Anna Nowak"), 1),
    ],
)
def test_every_end_has_its_code_and_one_sentence(
    error: BaseException,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("sys.argv", ["amber"])

    assert guarded(ending(error)) == code

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err
    assert "Traceback" not in said.err
    assert "Nowak" not in said.err


@pytest.mark.parametrize("stopped", [KeyboardInterrupt(), click.Abort()])
def test_who_stops_a_verb_has_met_no_fault(
    stopped: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["amber"])

    guarded(ending(stopped))

    assert capsys.readouterr().err.strip() == "amber: Stopped."


def test_a_verb_that_returns_a_code_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["amber"])

    assert guarded(click.Command("run", callback=lambda: 4)) == 4
    assert guarded(click.Command("run", callback=lambda: None)) == 0


def test_whoever_looks_for_the_fault_gets_to_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["amber"])
    monkeypatch.setenv("AMBER_DEBUG", "1")

    with pytest.raises(ZeroDivisionError):
        guarded(ending(ZeroDivisionError()))


def test_our_own_input_is_explained_and_a_refusal_is_not_an_exit_of_success() -> None:
    assert sentence(InvalidError("name the case")) == "name the case"
    assert sentence(RefusedError("")) == RefusedError.public
    assert all(code > 0 for code in EXIT_CODES.values())
    assert set(EXIT_CODES) <= set(Code)


def test_no_sentence_is_said_twice() -> None:
    assert sentence(RefusedError(RefusedError.public)) == RefusedError.public
    assert sentence(NotFoundError("no alert")) == f"{NotFoundError.public} no alert"


def test_what_others_wrote_does_not_act_on_the_terminal_that_shows_a_fault(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["amber"])

    guarded(ending(InvalidError("unknown field `\x1b[2J\u202eName`")))

    assert capsys.readouterr().err == "amber: unknown field `\ufffd[2J\ufffdName`\n"


def test_help_names_every_verb_without_reading_their_modules(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["amber", "--help"])

    assert guarded(amber) == 0

    said = capsys.readouterr().out
    assert all(verb in said for verb in ("init", "serve", "load", "search", "audit", "lab"))
