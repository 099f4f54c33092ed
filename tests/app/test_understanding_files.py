"""Files of labelled sentences: what is taken, and what is refused, and how that is said."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import command_line
from app.understanding.labelled import FileRefused, Labelled, read_labelled

ITEMS, INTENTS = {"canji-zheng-shenling", "dibao"}, {"apply", "out_of_scope"}
HEADER = "text\titem_id\tintent\n"
GOOD = "我想办残疾证\tcanji-zheng-shenling\tapply\n"


def read(tmp_path: Path, content: str | bytes) -> list[Labelled]:
    path = tmp_path / "sentences.tsv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_labelled(path, ITEMS, INTENTS)


def test_rows_are_read_in_their_order_and_a_dash_is_no_item(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + GOOD + "\n今天下雨吗\t-\tout_of_scope") == [
        Labelled("我想办残疾证", "canji-zheng-shenling", "apply"),
        Labelled("今天下雨吗", None, "out_of_scope"),
    ]


def test_what_spreadsheets_add_is_taken(tmp_path: Path) -> None:
    content = ("\ufeff" + "voice\titem_id\ttext\tintent\n" + '甲\tdibao\t他说"低保"\tapply\n').replace("\n", "\r\n")
    assert read(tmp_path, content) == [Labelled('他说"低保"', "dibao", "apply")]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("text\tintent\n", "第 1 行：栏目名里没有 item_id"),
        ("text\ttext\titem_id\tintent\n", "第 1 行：栏目名里不止一个 text"),
        ("", "第 1 行：栏目名里没有 text"),
        (HEADER, "里面一句话也没有"),
        (HEADER + GOOD + "低保\tdibao\n", "第 3 行：应当有 3 栏，有 2 栏"),
        (HEADER + "低保\tdibaoo\tapply\n", "第 2 行：目录里没有 dibaoo 这个事项"),
        (HEADER + "低保\t\tapply\n", "第 2 行：item_id 是空的"),
        (HEADER + "低保\tdibao\tApply\n", "第 2 行：没有 Apply 这个意图"),
        (HEADER + "低保\tdibao\t\n", "第 2 行：intent 是空的"),
        (HEADER + " \u200b\tdibao\tapply\n", "第 2 行：text 是空的"),
        (HEADER.encode() + GOOD.encode() + "低保\tdibao\tapply\n".encode("gbk"), "第 3 行：不是 UTF-8 编码"),
    ],
)
def test_a_bad_file_is_refused_with_its_line_and_the_reason(tmp_path: Path, content: str | bytes, told: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(tmp_path, content)
    assert told in refused.value.sentence
    assert "sentences.tsv" in refused.value.sentence


@given(
    content=st.binary(max_size=200) | st.text(alphabet='text\titem_id\tintent\n\r-"办', max_size=200).map(str.encode)
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_after_the_header_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    for each in (content, HEADER.encode() + content):
        try:
            assert all(row.text and row.intent in INTENTS for row in read(tmp_path, each))
        except FileRefused as refused:
            assert refused.sentence.endswith("。")


@pytest.mark.parametrize("content", [HEADER + "低保\tno-such-item\tapply\n", HEADER + "低保\t-\tno_such_intent\n"])
def test_the_command_ends_with_the_sentence_before_anything_is_set_up(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sentences.tsv"
    path.write_text(content, encoding="utf-8")
    done = CliRunner().invoke(command_line(["nlu"]), ["nlu", "eval", str(path)])
    assert done.exit_code == 1
    assert "第 2 行" in done.output
    assert "Traceback" not in done.output


def test_a_file_that_is_not_there_and_a_folder_to_write_to_that_is_not_there_are_named(tmp_path: Path) -> None:
    missing = CliRunner().invoke(command_line(["nlu"]), ["nlu", "eval", str(tmp_path / "none.tsv")])
    assert missing.exit_code == 1
    assert "none.tsv：打不开" in missing.output
    path = tmp_path / "sentences.tsv"
    path.write_text(HEADER + "今天下雨吗\t-\tout_of_scope\n", encoding="utf-8")
    nowhere = ["nlu", "eval", str(path), "--json", str(tmp_path / "no" / "out.json")]
    unwritten = CliRunner().invoke(command_line(["nlu"]), nowhere)
    assert unwritten.exit_code == 1
    assert "没有" in unwritten.output
    assert "文件夹" in unwritten.output
