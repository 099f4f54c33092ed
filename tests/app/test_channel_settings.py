"""A channel is configured wholly or not at all; a wrong setting stops the start with a sentence that says why."""

import pytest

from app.settings import SettingsError, settings

WECHAT = {
    "ONECALL_WECHAT_APPID": "wx0123456789abcdef",
    "ONECALL_WECHAT_SECRET": "s" * 32,
    "ONECALL_WECHAT_TOKEN": "sesame",
    "ONECALL_WECHAT_AES_KEY": "k" * 43,
}
TELEGRAM = {"ONECALL_TELEGRAM_TOKEN": "1:token", "ONECALL_TELEGRAM_SECRET": "s" * 16}


def _read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        settings()
    finally:
        settings.cache_clear()


def test_whole_channels_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    _read(monkeypatch, **WECHAT, **TELEGRAM)


@pytest.mark.parametrize("missing", ["ONECALL_WECHAT_SECRET", "ONECALL_WECHAT_TOKEN", "ONECALL_WECHAT_AES_KEY"])
def test_wechat_without_one_of_its_secrets_does_not_start(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        _read(monkeypatch, **{**WECHAT, missing: ""})


def test_in_development_plain_mode_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    _read(monkeypatch, **{**WECHAT, "ONECALL_WECHAT_AES_KEY": "", "ONECALL_DEVELOPMENT": "1"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONECALL_WECHAT_AES_KEY", "too short"),
        ("ONECALL_WECHAT_TOKEN", "有汉字"),
        ("ONECALL_TELEGRAM_SECRET", "short"),
    ],
)
def test_a_malformed_secret_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        _read(monkeypatch, **{**WECHAT, **TELEGRAM, name: value})


def test_telegram_asks_for_its_secret_and_polls_in_development_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ONECALL_TELEGRAM_SECRET"):
        _read(monkeypatch, **{**TELEGRAM, "ONECALL_TELEGRAM_SECRET": ""})
    with pytest.raises(SettingsError, match="ONECALL_TELEGRAM_POLLING"):
        _read(monkeypatch, **TELEGRAM, ONECALL_TELEGRAM_POLLING="1")


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError) as error:
        _read(monkeypatch, **{**WECHAT, "ONECALL_WECHAT_AES_KEY": "my secret key"})
    assert "my secret key" not in str(error.value)


@pytest.mark.parametrize("hours", ["九点到五点", "工作日", "工作日 17:00-9:00"])
def test_office_hours_that_the_queue_cannot_go_by_stop_the_start(monkeypatch: pytest.MonkeyPatch, hours: str) -> None:
    with pytest.raises(SettingsError, match="办公时间"):
        _read(monkeypatch, ONECALL_OFFICE_HOURS=hours)
