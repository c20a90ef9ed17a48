"""The webhook: signed as others can check, proven, bounded, and silent about persons."""

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from federation.errors import (
    FederationError,
    LateError,
    RefusedError,
    UnprovenError,
    UnreachableError,
    UntrustedError,
)
from federation.messages import MemberId
from node import config
from node.store.letters import Letter, Line
from node.ways.webhook import Webhook, body_of, signed
from tests.node.ways.servers import (
    SECRET,
    SERVER_WORDS,
    Credentials,
    Receiver,
    credentials,
    receiving,
    secret_file,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
EE = MemberId("EE")
LINE = Line(
    event="raised",
    alert="A-1",
    watch="W-1",
    member="LV",
    state="new",
    topic="drugs",
    purpose="investigation",
    is_urgent=False,
    score=0.875,
)
LETTER = Letter("L-1", "webhook", is_urgent=False, queued_at=NOW, lines=(LINE,))


@pytest.fixture
def proof(tmp_path: Path) -> Credentials:
    return credentials(tmp_path / "server")


@pytest.fixture
def receiver(proof: Credentials) -> Iterator[Receiver]:
    with receiving(proof.context(), Receiver()) as running:
        yield running


@pytest.fixture
def webhook(receiver: Receiver, proof: Credentials, tmp_path: Path) -> Webhook:
    settings = config.Webhook(
        url=f"https://localhost:{receiver.port}/alerts?from=amber",
        key_file=secret_file(tmp_path, b"whsec_" + SECRET),
        ca_file=proof.ca_file,
        timeout_s=5,
    )
    return Webhook(settings, EE, lambda: NOW)


def changed(webhook: Webhook, **settings: object) -> Webhook:
    return replace(webhook, settings=msgspec.structs.replace(webhook.settings, **settings))


def fault(webhook: Webhook) -> FederationError:
    with pytest.raises(FederationError) as raised:
        webhook.carry(LETTER)
    assert SERVER_WORDS not in str(raised.value)
    return raised.value


def test_a_post_is_signed_as_standard_webhooks_says(webhook: Webhook, receiver: Receiver) -> None:
    webhook.check()
    assert webhook.carry(LETTER) == ""

    [post] = receiver.posts
    id, at = post.headers["webhook-id"], post.headers["webhook-timestamp"]
    content = f"{id}.{at}.".encode() + post.body
    digest = hmac.digest(base64.b64decode(SECRET), content, "sha256")
    assert (post.path, id, at) == ("/alerts?from=amber", "L-1", str(int(NOW.timestamp())))
    assert post.headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_signature_is_the_one_that_others_make() -> None:
    # The example of the specification's reference implementation.
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1614265330, UTC)

    headers = signed("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [key], at)

    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_post_says_which_alert_and_not_whom_it_is_about() -> None:
    said = json.loads(body_of(LETTER, EE))

    assert (said["type"], said["timestamp"], said["data"]["member"]) == (
        "alerts",
        NOW.isoformat(),
        "EE",
    )
    assert said["data"]["alerts"] == [
        {
            "event": "raised",
            "alert": "A-1",
            "watch": "W-1",
            "member": "LV",
            "state": "new",
            "topic": "drugs",
            "purpose": "investigation",
            "urgent": False,
            "score": 0.875,
        }
    ]


def test_each_try_is_the_same_but_for_its_time(webhook: Webhook, receiver: Receiver) -> None:
    webhook.carry(LETTER)
    replace(webhook, clock=lambda: NOW.replace(hour=13)).carry(LETTER)

    first, second = receiver.posts
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_while_one_key_replaces_another_both_sign(
    webhook: Webhook, receiver: Receiver, tmp_path: Path
) -> None:
    other = base64.b64encode(bytes(24))
    both = secret_file(tmp_path, b"whsec_" + SECRET + b"\nwhsec_" + other)

    changed(webhook, key_file=both).carry(LETTER)

    signatures = receiver.posts[0].headers["webhook-signature"].split(" ")
    assert [one[:3] for one in signatures] == ["v1,", "v1,"]
    assert len(set(signatures)) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 410, 429, 500])
def test_any_answer_but_success_is_a_refusal_and_no_redirection_is_followed(
    webhook: Webhook, receiver: Receiver, status: int
) -> None:
    receiver.statuses = [status]

    refused = fault(webhook)

    assert isinstance(refused, RefusedError)
    assert str(refused) == f"webhook answered {status}"
    assert len(receiver.posts) == 1


def test_a_server_that_another_ca_proves_is_told_nothing(
    webhook: Webhook, receiver: Receiver, tmp_path: Path
) -> None:
    other = credentials(tmp_path / "other")

    assert isinstance(fault(changed(webhook, ca_file=other.ca_file)), UnprovenError)
    assert isinstance(fault(changed(webhook, ca_file="")), UnprovenError)
    assert receiver.posts == []


def test_a_server_of_another_name_is_told_nothing(webhook: Webhook, receiver: Receiver) -> None:
    by_address = webhook.settings.url.replace("localhost", "127.0.0.1")

    assert isinstance(fault(changed(webhook, url=by_address)), UnprovenError)
    assert receiver.posts == []


def test_a_server_that_says_nothing_is_given_up(webhook: Webhook, receiver: Receiver) -> None:
    receiver.is_silent = True

    assert isinstance(fault(changed(webhook, timeout_s=0.3)), LateError)


def test_a_server_that_is_gone_is_unreachable(proof: Credentials, webhook: Webhook) -> None:
    with receiving(proof.context(), Receiver()) as gone:
        url = f"https://localhost:{gone.port}/"

    assert isinstance(fault(changed(webhook, url=url)), UnreachableError)


def test_a_server_on_this_machine_needs_no_certificate(webhook: Webhook) -> None:
    with receiving(None, Receiver()) as plain:
        changed(webhook, url=f"http://127.0.0.1:{plain.port}").carry(LETTER)

    assert [post.path for post in plain.posts] == ["/"]


@pytest.mark.parametrize("text", [b"", b"whsec_", b"whsec_!!!", b"whsec_" + SECRET[:20]])
def test_a_key_file_without_a_secret_is_named_and_nothing_is_posted(
    webhook: Webhook, receiver: Receiver, tmp_path: Path, text: bytes
) -> None:
    broken = changed(webhook, key_file=secret_file(tmp_path, text))

    with pytest.raises(UntrustedError, match="whsec_"):
        broken.check()
    assert isinstance(fault(broken), UntrustedError)
    assert receiver.posts == []
