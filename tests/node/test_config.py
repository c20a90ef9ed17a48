"""amber.toml: written whole, read strictly."""

from pathlib import Path

import msgspec
import pytest

from node import config, rendering
from node.errors import ConfigError


@pytest.fixture
def settings() -> config.Config:
    return config.made(id="EE", name="Estonia", host="127.0.0.1", port=7400)


def test_what_is_written_is_what_is_read(settings: config.Config, tmp_path: Path) -> None:
    path = tmp_path / "amber.toml"

    path.write_text(rendering.render(settings))

    assert config.read(path) == settings


def test_every_setting_is_written_with_what_it_means(settings: config.Config) -> None:
    text = rendering.render(settings)

    for section in settings.__struct_fields__:
        assert f"[{section}]" in text
        for key, meaning in rendering.meanings(type(getattr(settings, section))).items():
            assert any(
                line.startswith(f"{key} = ") and line.endswith(f"# {meaning}")
                for line in text.splitlines()
            )


def test_an_unknown_key_stops_the_node(settings: config.Config, tmp_path: Path) -> None:
    path = tmp_path / "amber.toml"
    path.write_text(rendering.render(settings).replace("in_flight", "inflight"))

    with pytest.raises(ConfigError, match=r"inflight.*listen"):
        config.read(path)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"id": "ee"}, "id"),
        ({"port": 70_000}, "port"),
        ({"name": ""}, "name"),
        ({"kind": "kingdom"}, "kind"),
    ],
)
def test_a_wrong_value_is_named(wrong: dict[str, object], named: str) -> None:
    said: dict[str, object] = {"id": "EE", "name": "Estonia", "host": "h", "port": 7400}

    with pytest.raises(ConfigError, match=named):
        config.made(**(said | wrong))


@pytest.mark.parametrize("host", ["::", "192.0.2.1", "example"])
def test_the_desk_listens_on_loopback_alone(
    settings: config.Config, tmp_path: Path, host: str
) -> None:
    path = tmp_path / "amber.toml"
    text = rendering.render(settings)
    path.write_text(text.replace('[desk]\nhost = "127.0.0.1"', f'[desk]\nhost = "{host}"'))

    with pytest.raises(ConfigError, match="loopback"):
        config.read(path)


WEBHOOK: dict[str, object] = {"url": "https://here.example/", "key_file": "key"}
SMTP: dict[str, object] = {"host": "mail.example", "sender": "a@b.example", "to": ["c@d.example"]}


@pytest.mark.parametrize(
    ("section", "named"),
    [
        (("webhook", WEBHOOK | {"url": "http://here.example/"}), "https://"),
        (("webhook", WEBHOOK | {"url": "ftp://here.example/"}), "https://"),
        (("webhook", WEBHOOK | {"url": "https:///alerts"}), "HOST"),
        (("webhook", WEBHOOK | {"url": "https://here.example:port/"}), "HOST"),
        (("webhook", WEBHOOK | {"url": "https://name:word@here.example/"}), "password"),
        (("webhook", WEBHOOK | {"key_file": ""}), "key_file"),
        (("smtp", SMTP | {"tls": "none"}), "loopback"),
        (("smtp", SMTP | {"to": []}), "smtp.to"),
        (("smtp", SMTP | {"sender": "nobody"}), "smtp.sender"),
        (("smtp", SMTP | {"to": ["a@b.example\nBcc: c@d.example"]}), "smtp.to"),
        (("smtp", SMTP | {"user": "amber"}), "password_file"),
    ],
)
def test_a_way_out_that_would_not_be_safe_stops_the_node(
    settings: config.Config,
    tmp_path: Path,
    section: tuple[str, dict[str, object]],
    named: str,
) -> None:
    with pytest.raises(ConfigError, match=named):
        written(settings, tmp_path, *section)


def test_a_way_out_to_this_machine_needs_no_certificate(
    settings: config.Config, tmp_path: Path
) -> None:
    webhook = written(settings, tmp_path, "webhook", WEBHOOK | {"url": "http://127.0.0.1:8000/"})
    smtp = written(settings, tmp_path, "smtp", SMTP | {"host": "localhost", "tls": "none"})

    assert webhook.webhook.url == "http://127.0.0.1:8000/"
    assert smtp.smtp.to == ("c@d.example",)


def written(
    settings: config.Config, folder: Path, section: str, keys: dict[str, object]
) -> config.Config:
    """Settings with other values in one section, written and read."""
    changed = msgspec.structs.replace(getattr(settings, section), **keys)
    (folder / "amber.toml").write_text(
        rendering.render(msgspec.structs.replace(settings, **{section: changed}))
    )
    return config.read(folder / "amber.toml")


def test_a_folder_without_settings_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a home"):
        config.read(tmp_path / "amber.toml")


@pytest.mark.parametrize(
    ("host", "bound"), [("192.0.2.7", "192.0.2.7"), ("amber.example", config.ALL_ADDRESSES)]
)
def test_doors_bind_to_the_address_or_to_all(host: str, bound: str) -> None:
    assert config.made(id="EE", name="E", host=host, port=7400).listen_host == bound


def test_the_desk_has_the_base_port_unless_it_has_its_own(settings: config.Config) -> None:
    assert settings.desk_port == 7400


def test_a_lab_has_no_quota_unless_asked_for() -> None:
    def quotas(*, has_quotas: bool) -> set[int]:
        made = config.lab_member("EE", 7400, has_quotas=has_quotas)
        sections = msgspec.to_builtins([made.answer, made.activity, made.quota])
        periods = ("per_hour", "per_day")
        return {n for one in sections for name, n in one.items() if name.endswith(periods)}

    assert quotas(has_quotas=False) == {0}
    assert 0 not in quotas(has_quotas=True)
