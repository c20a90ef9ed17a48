"""What opens encrypted keys when a person has to say it: a file that is named, or the terminal."""

import functools
import getpass
import os
import sys
from pathlib import Path

from federation.errors import InvalidError, UntrustedError


@functools.cache
def passphrase() -> str:
    """What opens keys that are encrypted under a passphrase: from a file, else from the terminal.

    AMBER_PASSPHRASE_FILE names the file, which may be a descriptor such as /dev/fd/3.
    """
    if named := os.environ.get("AMBER_PASSPHRASE_FILE"):
        try:
            return Path(named).read_text().rstrip("\r\n")
        except OSError as error:
            raise UntrustedError(f"AMBER_PASSPHRASE_FILE: {error.strerror}") from None
    if not sys.stdin.isatty():
        raise UntrustedError("a passphrase is wanted: name its file in AMBER_PASSPHRASE_FILE")
    return getpass.getpass("Passphrase of the keys: ")


def new_passphrase() -> str:
    """One that is to open keys from now on; on a terminal it is asked for twice."""
    chosen = passphrase()
    if "AMBER_PASSPHRASE_FILE" not in os.environ and getpass.getpass("Once more: ") != chosen:
        raise InvalidError("the two are not the same: nothing was changed")
    return chosen
