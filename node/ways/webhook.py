"""The webhook: letters posted to an agency's own system, signed as Standard Webhooks 1.0 says.

Trust: whoever can read the key file can post to that system as we do.
"""

import base64
import binascii
import hmac
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from urllib.parse import SplitResult, urlsplit

import msgspec

from federation.errors import RefusedError, UntrustedError
from federation.messages import MemberId
from node import config
from node.store.letters import Letter, Line
from node.ways.lines import Server, secret

_PREFIX = b"whsec_"
#: Standard Webhooks: a secret has 24 to 64 bytes.
_LEAST, _MOST = 24, 64
_TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts letters; the key file is read for each, so that its keys can be changed at any time."""

    settings: config.Webhook
    us: MemberId
    clock: Callable[[], datetime]

    name = "webhook"

    def check(self) -> None:
        """Raise `UntrustedError` naming the file that is not as it should be."""
        _keys(self.settings.key_file)
        self._server(urlsplit(self.settings.url)).proof()

    def carry(self, letter: Letter) -> str:
        """Post a letter; once this returns it was taken.

        Any answer but one of success is a refusal, a redirection too; none is read further than
        its status.
        """
        url, body = urlsplit(self.settings.url), body_of(letter, self.us)
        headers = signed(letter.id, body, _keys(self.settings.key_file), self.clock())
        server = self._server(url)
        with server.line() as line, closing(HTTPConnection(url.netloc)) as connection:
            connection.sock = server.proven(line) if url.scheme == "https" else line
            connection.request("POST", _target(url), body, headers | {"connection": "close"})
            with connection.getresponse() as response:
                status = response.status
        if status not in _TAKEN:
            raise RefusedError(f"webhook answered {status}")
        return ""

    def _server(self, url: SplitResult) -> Server:
        port = url.port or (443 if url.scheme == "https" else 80)
        return Server(url.hostname or "", port, self.settings.ca_file, self.settings.timeout_s)


def body_of(letter: Letter, us: MemberId) -> bytes:
    """What is posted: the same bytes at each try."""
    said = {
        "type": "alerts",
        "timestamp": letter.queued_at.isoformat(),
        "data": {"member": us, "alerts": [_said(line) for line in letter.lines]},
    }
    return msgspec.json.encode(said)


def signed(id: str, body: bytes, keys: list[bytes], now: datetime) -> dict[str, str]:
    """The headers that prove a post to whoever holds one of these keys."""
    at = str(int(now.timestamp()))
    content = b".".join((id.encode(), at.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, content, "sha256")) for key in keys)
    return {
        "content-type": "application/json",
        "user-agent": "amber",
        "webhook-id": id,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(f"v1,{one.decode()}" for one in signatures),
    }


def _said(line: Line) -> dict[str, object]:
    """One alert: what it is and where it can be looked up, not whom it is about."""
    return {
        "event": line.event,
        "alert": line.alert,
        "watch": line.watch,
        "member": line.member,
        "state": line.state,
        "topic": line.topic,
        "purpose": line.purpose,
        "urgent": line.is_urgent,
        "score": line.score,
    }


def _target(url: SplitResult) -> str:
    return f"{url.path or '/'}?{url.query}" if url.query else url.path or "/"


def _keys(path: str) -> list[bytes]:
    """The keys in a file; several are there while one replaces another."""
    try:
        lines = secret(path).splitlines()
        keys = [base64.b64decode(one.removeprefix(_PREFIX), validate=True) for one in lines]
    except binascii.Error:
        keys = []
    if not keys or not all(_LEAST <= len(key) <= _MOST for key in keys):
        raise UntrustedError(
            "webhook.key_file holds no secret: whsec_ and base64 of 24 to 64 bytes"
        )
    return keys
