"""`./onecall wechat decode`: one object on standard output, or one sentence on standard error and exit status 2."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
from typer.testing import CliRunner, Result

from app.cli import command_line
from bot.channels.wechat.envelope import Envelope
from bot.channels.wechat.refusals import SENTENCES
from tests.channels.wechat.callbacks import FOLLOWER, KINDS, Kind

ROOT = Path(__file__).parents[3]
TOKEN, APPID, KEY = "sesame", "wx0123456789abcdef", "k" * 43
MOMENT, NONCE = "1411525903", "461056294"
ENVELOPE = Envelope(TOKEN, APPID, KEY)
TEXT = KINDS["text"]
SEALED = fromstring(ENVELOPE.seal(TEXT.xml, MOMENT, NONCE)).findtext("Encrypt") or ""
SAFE = f"<xml><ToUserName>gh</ToUserName><Encrypt><![CDATA[{SEALED}]]></Encrypt></xml>"
COMPATIBLE = KINDS["image"].xml.replace("</xml>", f"<Encrypt>{SEALED}</Encrypt></xml>")
SIGNED = {"token": TOKEN, "timestamp": MOMENT, "nonce": NONCE}
OF_SEALED, OF_ADDRESS = ENVELOPE.signature(MOMENT, NONCE, SEALED), ENVELOPE.signature(MOMENT, NONCE)


def _decode(file: Path, **options: str) -> Result:
    given = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", value)]
    return CliRunner().invoke(command_line(["wechat"]), ["wechat", "decode", str(file), *given])


def _read(file: Path, **options: str) -> dict[str, object]:
    shown = _decode(file, **options)
    assert (shown.exit_code, shown.stderr) == (0, "")
    assert shown.stdout.count("\n") == 1
    read: dict[str, object] = json.loads(shown.stdout)
    return read


def _refused(file: Path, **options: str) -> str:
    shown = _decode(file, **options)
    assert (shown.exit_code, shown.stdout) == (2, "")
    (line,) = shown.stderr.splitlines()
    assert line.startswith("✗ ")
    return line.removeprefix("✗ ")


def _file(folder: Path, body: str | bytes) -> Path:
    file = folder / "回调.xml"
    file.write_bytes(body.encode() if isinstance(body, str) else body)
    return file


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_is_printed_with_its_keys_in_order(kind: Kind, tmp_path: Path) -> None:
    assert list(_read(_file(tmp_path, kind.xml)).items()) == list(kind.expected("回调.xml").items())


def test_chinese_is_printed_as_it_is(tmp_path: Path) -> None:
    assert "我想办<残疾证>\\n谢谢" in _decode(_file(tmp_path, TEXT.xml)).stdout


def test_a_sealed_callback_is_opened_with_the_key_alone_or_checked_as_well(tmp_path: Path) -> None:
    file = _file(tmp_path, SAFE)
    expected = TEXT.expected("回调.xml")
    assert _read(file, aes_key=KEY) == expected
    assert _read(file, aes_key=KEY, token=TOKEN, appid=APPID) == expected
    assert _read(file, aes_key=KEY, appid=APPID, signature=OF_SEALED, **SIGNED) == expected
    assert _read(_file(tmp_path, json.dumps({"Encrypt": SEALED})), aes_key=KEY) == expected


def test_a_sealed_callback_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    file = _file(tmp_path, SAFE)
    assert _refused(file) == SENTENCES["no_key"]
    assert _refused(file, aes_key="Z" * 43) == SENTENCES["undecryptable"]
    assert _refused(file, aes_key="short") == SENTENCES["bad_key"]
    assert _refused(file, aes_key=KEY, appid="wx-another") == SENTENCES["wrong_appid"]
    for wrong in (OF_ADDRESS, "0" * 40, "签名", "\udcff"):
        assert _refused(file, aes_key=KEY, signature=wrong, **SIGNED) == SENTENCES["bad_signature"]
    for changed in SIGNED:
        other = {**SIGNED, changed: "1"}
        assert _refused(file, aes_key=KEY, signature=OF_SEALED, **other) == SENTENCES["bad_signature"]


def test_a_plain_callback_is_checked_where_a_signature_is_given(tmp_path: Path) -> None:
    file = _file(tmp_path, TEXT.xml)
    assert _read(file, signature=OF_ADDRESS, **SIGNED) == TEXT.expected("回调.xml")
    assert _refused(file, signature="0" * 40, **SIGNED) == SENTENCES["bad_signature"]
    assert _refused(file, aes_key="short") == SENTENCES["bad_key"]


@pytest.mark.parametrize("missing", SIGNED)
def test_a_signature_says_nothing_without_all_that_it_signs(missing: str, tmp_path: Path) -> None:
    given = {name: value for name, value in SIGNED.items() if name != missing}
    assert "--token、--timestamp 和 --nonce" in _refused(_file(tmp_path, TEXT.xml), signature=OF_ADDRESS, **given)


def test_compatible_mode_is_read_plain_without_a_key_and_opened_with_it(tmp_path: Path) -> None:
    file = _file(tmp_path, COMPATIBLE)
    assert _read(file) == KINDS["image"].expected("回调.xml")
    assert _read(file, signature=OF_ADDRESS, **SIGNED) == KINDS["image"].expected("回调.xml")
    assert _read(file, aes_key=KEY, appid=APPID) == TEXT.expected("回调.xml")
    assert _refused(file, aes_key=KEY, signature=OF_ADDRESS, **SIGNED) == SENTENCES["bad_signature"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty"),
        ("<xml>", "bad_xml"),
        ("{", "bad_json"),
        (b"\xff\x00\xfe", "bad_xml"),
        ("<!DOCTYPE xml><xml/>", "doctype"),
        ("<xml>" + "<a>" * 16 + "</a>" * 16 + "</xml>", "too_deep"),
        ("<xml>" + " " * 65_536 + "</xml>", "too_large"),
        (TEXT.xml.replace("</xml>", f"<FromUserName>{FOLLOWER}</FromUserName></xml>"), "duplicate_tag"),
        (KINDS["image"].xml.replace("img-1_A", "../1"), "bad_media_id"),
    ],
    ids=range(9),
)
def test_what_the_service_would_refuse_is_refused_here_with_its_sentence(
    body: str | bytes, code: str, tmp_path: Path
) -> None:
    assert _refused(_file(tmp_path, body)) == SENTENCES[code]


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for file in (tmp_path / "没有.xml", tmp_path):
        assert str(file) in _refused(file)


def test_it_is_utf_8_in_any_terminal_and_for_any_name_of_a_file(tmp_path: Path) -> None:
    """In a process of its own, as bytes: a terminal that knows only ASCII, a name that is no text."""
    file = Path(str(tmp_path) + "/a\udcff.xml")
    file.write_text(TEXT.xml, encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, "-m", "app", "wechat", "decode", str(file)],
        capture_output=True,
        cwd=ROOT,
        env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        timeout=60,
    )
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert json.loads(shown.stdout.decode())["content"] == TEXT.content


def test_the_command_is_loaded_without_what_only_others_need() -> None:
    asked = (
        "import sys, app.commands.wechat; print(*(n for n in ('sqlalchemy', 'httpx', 'wechatpy') if n in sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True
    )
    assert shown.stdout.split() == []
