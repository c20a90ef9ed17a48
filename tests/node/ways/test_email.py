"""E-mail: proven before anything is said, and with nothing in it but that there is an alert."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import msgspec
import pytest

from federation.errors import FederationError, RefusedError, UnprovenError, UntrustedError
from node import config
from node.ways.email import Email
from tests.node.ways.servers import (
    PASSWORD,
    SERVER_WORDS,
    Credentials,
    Mailbox,
    credentials,
    mailbox,
    secret_file,
)
from tests.node.ways.test_webhook import EE, LETTER, LINE


@pytest.fixture
def proof(tmp_path: Path) -> Credentials:
    return credentials(tmp_path / "server")


@pytest.fixture
def box(proof: Credentials) -> Iterator[Mailbox]:
    with mailbox(proof.context(), Mailbox()) as running:
        yield running


@pytest.fixture
def email(box: Mailbox, proof: Credentials, tmp_path: Path) -> Email:
    settings = config.Smtp(
        host="localhost",
        port=box.port,
        user="amber",
        password_file=secret_file(tmp_path, PASSWORD.encode()),
        sender="amber@police.example",
        to=("desk@police.example", "night@police.example"),
        ca_file=proof.ca_file,
        timeout_s=5,
    )
    return Email(settings, EE)


def changed(email: Email, **settings: object) -> Email:
    return replace(email, settings=msgspec.structs.replace(email.settings, **settings))


def fault(email: Email) -> FederationError:
    with pytest.raises(FederationError) as raised:
        email.carry(LETTER)
    assert SERVER_WORDS not in str(raised.value)
    assert PASSWORD not in str(raised.value)
    return raised.value


def test_an_email_says_that_there_is_an_alert_and_how_it_is_seen(
    email: Email, box: Mailbox
) -> None:
    email.check()
    urgent = replace(LETTER, is_urgent=True, lines=(replace(LINE, is_urgent=True),) * 2)
    assert email.carry(urgent) == ""

    [message] = map(message_from_bytes, box.messages)
    text = message.get_payload()
    assert message["Subject"] == "URGENT: Amber EE: 2 alerts"
    assert message["Message-ID"] == "<L-1@ee.amber>"
    assert (message["From"], message["To"]) == (
        "amber@police.example",
        "desk@police.example, night@police.example",
    )
    assert "alert A-1 raised: member LV, investigation, urgent" in text
    assert "amber alerts" in text


def test_nothing_is_said_before_the_server_has_proven_who_it_is(
    email: Email, box: Mailbox, tmp_path: Path
) -> None:
    email.carry(LETTER)
    assert box.commands[:4] == ["EHLO", "STARTTLS", "EHLO", "AUTH"]

    other = credentials(tmp_path / "other")
    assert isinstance(fault(changed(email, ca_file=other.ca_file)), UnprovenError)
    assert len(box.logins) == len(box.messages) == 1


def test_a_server_that_offers_no_tls_gets_nothing(email: Email, box: Mailbox) -> None:
    box.has_start_tls = False

    assert isinstance(fault(email), RefusedError)
    assert (box.logins, box.messages) == ([], [])


def test_tls_may_begin_with_the_first_byte(email: Email, proof: Credentials, box: Mailbox) -> None:
    with mailbox(proof.context(), Mailbox(is_tls=True)) as other:
        changed(email, port=other.port, tls="tls").carry(LETTER)

    assert len(other.messages) == 1
    assert "STARTTLS" not in other.commands
    assert box.messages == []


def test_a_server_on_this_machine_needs_neither_tls_nor_a_password(
    email: Email, box: Mailbox
) -> None:
    changed(email, host="127.0.0.1", tls="none", user="", password_file="").carry(LETTER)

    assert len(box.messages) == 1
    assert not {"STARTTLS", "AUTH"} & set(box.commands)


def test_a_wrong_password_is_a_refusal(email: Email, tmp_path: Path) -> None:
    wrong = changed(email, password_file=secret_file(tmp_path, b"another"))

    assert str(fault(wrong)) == "smtp 535"


def test_a_server_that_takes_it_for_some_has_taken_it(email: Email, box: Mailbox) -> None:
    box.refused = {"night"}

    assert email.carry(LETTER) == "refused for some"
    assert len(box.messages) == 1


def test_a_server_that_takes_it_for_nobody_or_not_at_all_refuses(
    email: Email, box: Mailbox
) -> None:
    box.refused = {"police"}
    assert isinstance(fault(email), RefusedError)

    box.refused, box.fault = set(), f"451 {SERVER_WORDS}"
    assert str(fault(email)) == "smtp 451"
    assert box.messages == []


def test_a_password_that_others_can_read_is_refused_before_anything_is_said(
    email: Email, box: Mailbox, tmp_path: Path
) -> None:
    open_ = changed(email, password_file=secret_file(tmp_path, b"secret", mode=0o644))

    with pytest.raises(UntrustedError):
        open_.check()
    assert isinstance(fault(open_), UntrustedError)
    assert box.logins == []
