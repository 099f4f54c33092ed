import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.answers import AnswerRefused, read_answer, skips
from services_catalog.schema import FieldType
from tests.cases.answers.fields import TODAY, field, read, refusal

ROOT = Path(__file__).parents[3]
KINDS = [kind.value for kind in FieldType]
WORDS = """
一 二 两 三 十 百 千 万 亿 零 廿 初 闰 农历 正月 腊月 年 月 日 号 0 1 9 19 45 2020 31 - . / , 点 块 元 毛 多
几 负 到 上个月 去年 今天 我叫 王 · 市 路 室 138 0571 X 第 个 是 不 没有 儿子 + ( ) ② ㎡ ² ٣ 人 天前 民国
"""
PIECES = st.sampled_from([*WORDS.split(), "\x00"])
TEXTS = st.text(max_size=40) | st.lists(PIECES, max_size=12).map("".join)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=150, deadline=None)
@given(text=TEXTS)
def test_any_text_is_answered_or_refused_and_what_is_shown_reads_back(kind: str, text: str) -> None:
    wanted = field(kind)
    try:
        answer = read_answer(wanted, text, today=TODAY)
    except AnswerRefused as refused:
        assert refused.code and refused.values["label"] == "标签"
        return
    assert answer.value and answer.shown and answer.masked
    assert read_answer(wanted, answer.shown, today=TODAY).value == answer.value
    assert read_answer(wanted, answer.value, today=TODAY).value == answer.value


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_and_far_too_much_are_refused(kind: str) -> None:
    assert refusal(kind, "").code == "empty"
    assert refusal(kind, " \u200b\n").code == "empty"
    assert refusal(kind, "一" * 1001).code == "too_long"


def refusals_in(source: Path) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "AnswerRefused":
            values = {keyword.arg or "" for keyword in node.keywords}
            code = ast.unparse(node.args[0])
            for word in re.findall(r"'([a-z{}_]+)'", code):
                for kind in ("amount", "number") if "{kind}" in word else ("",):
                    yield word.replace("{kind}", kind), values


def test_every_refusal_has_a_response_that_only_uses_values_it_gets() -> None:
    written = yaml.safe_load((ROOT / "domain/responses/answers.yml").read_text())["responses"]
    raised: dict[str, set[str]] = {}
    for source in (ROOT / "cases/answers").glob("*.py"):
        for code, values in refusals_in(source):
            raised[code] = raised.get(code, values) & values
    assert {f"utter_answer_{code}" for code in raised} == set(written)
    for code, values in raised.items():
        for response in written[f"utter_answer_{code}"]:
            assert set(re.findall(r"{(\w+)}", response["text"])) <= values | {"label"}, code


def test_texts_are_kept_as_typed_and_files_are_not_typed() -> None:
    answer = read("text", "你好，\n世界\x00！")
    assert (answer.value, answer.certain) == ("你好， 世界！", False)
    assert refusal("text", "长" * 501).values["count"] == "501"
    assert refusal("file", "照片").code == "file_expected"


@pytest.mark.parametrize("text", ["跳过", "没有", "不知道", "不清楚", "暂时没有", "没有。", "先跳过吧"])
def test_words_that_skip(text: str) -> None:
    assert skips(text)


@pytest.mark.parametrize("text", ["", "没有工作单位", "3", "王秀英", "不知道怎么填才好"])
def test_words_that_do_not_skip(text: str) -> None:
    assert not skips(text)
