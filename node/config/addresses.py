"""Addresses in settings: of this machine, of a server, of a mailbox."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult

#: Every address of this machine, old and new.
ALL_ADDRESSES = "::"
_MAILBOX = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,255}")


def is_address(host: str) -> bool:
    """Whether a host is an IP address, and not a name."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback_address(host: str) -> bool:
    """Whether a host is an IP address of this machine itself."""
    return is_address(host) and ip_address(host).is_loopback


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    return host == "localhost" or is_loopback_address(host)


def is_mailbox(text: str) -> bool:
    """Whether a text is an address for e-mail, as desk@police.example."""
    return bool(_MAILBOX.fullmatch(text))


def has_port(url: SplitResult) -> bool:
    """Whether the port of an address is one, or left out."""
    try:
        return url.port != 0
    except ValueError:
        return False
