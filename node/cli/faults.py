"""The edge between faults and a shell: one table of exit codes, one sentence, no traceback."""

import os
import sys
from types import MappingProxyType

import click

from federation.errors import Code, FederationError, InvalidError
from node.cli.output import noted

DONE, FAILED, USAGE, REFUSED, PARTIAL, UNTRUSTED = range(6)

EXIT_CODES = MappingProxyType(
    {
        Code.INVALID: USAGE,
        Code.TOO_WIDE: USAGE,
        Code.TOO_LARGE: USAGE,
        Code.REFUSED: REFUSED,
        Code.QUOTA: REFUSED,
        Code.STRANGER: UNTRUSTED,
        Code.BROKEN_SEAL: UNTRUSTED,
        Code.CHARTER: UNTRUSTED,
        Code.CLOCK: UNTRUSTED,
        Code.UNTRUSTED: UNTRUSTED,
    }
)


def guarded(command: click.Command) -> int:
    """Run a command; whatever happens ends in an exit code and, when it failed, one sentence."""
    try:
        code = command.main(standalone_mode=False, prog_name="amber")
    except (KeyboardInterrupt, click.Abort):
        return _said("Stopped.", FAILED)
    except Exception as error:
        if os.environ.get("AMBER_DEBUG"):
            raise
        return _ended(error)
    return code if isinstance(code, int) else DONE


def _ended(error: Exception) -> int:
    """Say what ended a command, and give its exit code."""
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case click.ClickException():
            error.show()
            return error.exit_code
        case FederationError():
            return _said(sentence(error), EXIT_CODES.get(error.code, FAILED))
        case BrokenPipeError():
            return _closed()
        case OSError():
            return _said(f"{error.strerror}: {error.filename}", FAILED)
        case _:
            words = f"Amber met a fault of its own ({type(error).__name__})."
            return _said(f"{words} AMBER_DEBUG=1 shows where.", FAILED)


def sentence(fault: FederationError) -> str:
    """What a person is told: our own input faults in full, all others by their public sentence.

    A fault that came from the node has that sentence for its text, or all there is to say: nothing
    is said twice.
    """
    text = str(fault)
    if text and (isinstance(fault, InvalidError) or text.startswith(fault.public)):
        return text
    return f"{fault.public} {text}".strip()


def _said(text: str, code: int) -> int:
    noted(f"amber: {text}")
    return code


def _closed() -> int:
    """Whoever read our output went away: not worth a word."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 - keeps the interpreter's last flush quiet
    return FAILED
