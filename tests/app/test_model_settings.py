"""A large model is configured wholly or not at all; a wrong address stops the start with a sentence."""

import pytest

from app.settings import Settings, SettingsError, settings

WHOLE = {"ONECALL_MODEL_URL": "https://model.example.cn/v1", "ONECALL_MODEL_NAME": "qwen"}


def _read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in {**WHOLE, **environment}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        return settings()
    finally:
        settings.cache_clear()


@pytest.mark.parametrize(
    "url", ["https://model.example.cn/v1", "http://127.0.0.1:8000/v1/", "http://localhost:11434/v1", "http://[::1]/v1"]
)
def test_an_encrypted_or_a_local_address_is_accepted(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert _read(monkeypatch, ONECALL_MODEL_URL=url).model_url == url


@pytest.mark.parametrize(
    "url",
    [
        "model.example.cn",
        "ftp://x.cn/v1",
        "http://",
        "http://[::1",
        "https://x.cn:port/v1",
        "https://x.cn/ v1",
        "https://x.cn/v1/chat/completions",
        "https://u:p@x.cn/v1",
        "https://x.cn/v1?key=1",
        "http://10.0.0.5/v1",
    ],
)
def test_a_wrong_address_is_told(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SettingsError, match="ONECALL_MODEL_URL"):
        _read(monkeypatch, ONECALL_MODEL_URL=url)


def test_in_development_another_machine_may_be_asked_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    _read(monkeypatch, ONECALL_MODEL_URL="http://10.0.0.5/v1", ONECALL_DEVELOPMENT="1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ONECALL_MODEL_NAME", ""),
        ("ONECALL_MODEL_KEY", "有汉字"),
        ("ONECALL_MODEL_KEY", "two words"),
        ("ONECALL_MODEL_TIMEOUT_S", "0"),
        ("ONECALL_MODEL_TIMEOUT_S", "60"),
    ],
)
def test_what_is_missing_or_malformed_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        _read(monkeypatch, **{name: value})
