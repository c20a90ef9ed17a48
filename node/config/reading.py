"""amber.toml read once into one frozen object, and checked as a whole.

Trust: whoever can write this file decides where the node listens and which policies it obeys.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from node.config.addresses import has_port, is_loopback, is_loopback_address, is_mailbox
from node.config.settings import Activity, Answer, Config, Member, Quota, Smtp, Webhook
from node.errors import ConfigError

#: What must hold of a setting, and what is said where it does not.
Rules = tuple[tuple[bool, str], ...]


def read(path: Path) -> Config:
    """Read amber.toml; raises `ConfigError` naming the key that is wrong and what it takes."""
    try:
        return decoded(path.read_bytes())
    except FileNotFoundError:
        raise ConfigError(f"{path} is missing: this folder is not a home (amber init)") from None


def decoded(text: bytes | str) -> Config:
    """The settings in the text of an amber.toml; raises `ConfigError` as `read` does."""
    try:
        return _checked(msgspec.toml.decode(text, type=Config))
    except msgspec.DecodeError as error:
        raise ConfigError(f"amber.toml: {error}") from error


def made(**member: Any) -> Config:  # noqa: ANN401 - checked right here
    """The default settings of a member; raises `ConfigError` naming what is wrong with it."""
    try:
        return Config(member=msgspec.convert(member, Member))
    except msgspec.ValidationError as error:
        raise ConfigError(f"member: {error}") from None


def lab_member(id: str, port: int, *, has_quotas: bool) -> Config:
    """The settings of a member of a lab: on loopback, without quotas unless asked for."""
    settings = made(id=id, name=id, host="127.0.0.1", port=port)
    return settings if has_quotas else _without_quotas(settings)


def _without_quotas(settings: Config) -> Config:
    none = Quota(analyst_per_hour=0, analyst_per_day=0, case_per_hour=0, case_per_day=0)
    answer, activity = Answer(quota_per_hour=0, quota_per_day=0), Activity(quota_per_hour=0)
    return msgspec.structs.replace(settings, answer=answer, activity=activity, quota=none)


def _checked(config: Config) -> Config:
    if not is_loopback_address(config.desk.host):
        raise ConfigError("desk.host must be a loopback address such as 127.0.0.1")
    rules = (*_of_webhook(config.webhook), *_of_smtp(config.smtp))
    if fault := next((fault for holds, fault in rules if not holds), ""):
        raise ConfigError(fault)
    return config


def _of_webhook(webhook: Webhook) -> Rules:
    """What must hold of a webhook that is to be used."""
    if not webhook.url:
        return ()
    url = urlsplit(webhook.url)
    host = url.hostname or ""
    return (
        (
            url.scheme == "https" or (url.scheme == "http" and is_loopback(host)),
            "webhook.url must begin with https:// (http:// to loopback alone)",
        ),
        (
            bool(host) and has_port(url) and not (url.username or url.password or url.fragment),
            "webhook.url is written https://HOST[:PORT]/PATH, without a name, password or fragment",
        ),
        (bool(webhook.key_file), "webhook.key_file must name the file of the signing secret"),
    )


def _of_smtp(smtp: Smtp) -> Rules:
    """What must hold of e-mail that is to be sent."""
    if not smtp.host:
        return ()
    return (
        (
            smtp.tls != "none" or is_loopback(smtp.host),
            'smtp.tls may be "none" to a server on loopback alone',
        ),
        (
            bool(smtp.to) and all(map(is_mailbox, (smtp.sender, *smtp.to))),
            "smtp.sender and smtp.to take addresses such as desk@police.example",
        ),
        (
            bool(smtp.user) == bool(smtp.password_file),
            "smtp.user and smtp.password_file go together",
        ),
    )
