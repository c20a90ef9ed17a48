"""What opens encrypted keys when a person has to say it: a file that is named, or the terminal."""

import functools
import getpass
import os
import sys
from pathlib import Path

from federation.errors import InvalidError, UntrustedError

#: What names the file of the passphrase that opens the keys now, and of one that is to open them
#: from now on. Either may be a descriptor such as /dev/fd/3, which can be read once.
FILE, NEW_FILE = "AMBER_PASSPHRASE_FILE", "AMBER_NEW_PASSPHRASE_FILE"


@functools.cache
def passphrase() -> str:
    """What opens keys that are encrypted under a passphrase: from a file, else from the terminal.

    Asked once in the life of a process.
    """
    named = _named(FILE)
    return _asked("Passphrase of the keys: ", FILE) if named is None else named


@functools.cache
def new_passphrase() -> str:
    """One that is to open keys from now on; on a terminal it is asked for once, and once more.

    It never is what opens them now because nobody said another one. Raises `InvalidError` when
    the two are not the same.
    """
    if (named := _named(NEW_FILE)) is not None:
        return named
    chosen = _asked("New passphrase of the keys: ", NEW_FILE)
    if getpass.getpass("Once more: ") != chosen:
        raise InvalidError("the two are not the same: nothing was changed")
    return chosen


def first_passphrase() -> str:
    """The same where nothing opens keys yet, so that a file of what is to open them will do."""
    is_named = os.environ.get(FILE) and not os.environ.get(NEW_FILE)
    return passphrase() if is_named else new_passphrase()


def _named(variable: str) -> str | None:
    """What stands in the file that a variable names; None when it names none."""
    file = os.environ.get(variable)
    if not file:
        return None
    try:
        return Path(file).read_text().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        words = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise UntrustedError(f"{variable}: {words}") from None


def _asked(words: str, variable: str) -> str:
    if not sys.stdin.isatty():
        raise UntrustedError(f"a passphrase is wanted: name its file in {variable}")
    return getpass.getpass(words)
