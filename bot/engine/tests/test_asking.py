import numpy as np
import pytest

from bot.engine.components.asking import questions, tail
from bot.engine.components.features import DIMENSIONS, counts_of_asking, inverse_document_frequency, weighted
from bot.engine.components.text import normalise


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("年审通知来了叫我交资料具体交啥", ["资料具体交啥"[1:]]),
        ("要去哪家医院先鉴定啊我哥病了五年", ["要去哪家医院先"[0:7]]),
        ("我妈八十了", ["我妈八十了"]),
        ("", [""]),
    ],
)
def test_what_stands_around_a_question_word_is_kept(text: str, kept: list[str]) -> None:
    assert questions(text) == kept


def test_questions_that_touch_are_one() -> None:
    assert questions("几天能拿要多少钱") == ["几天能拿要多少钱"]


def test_the_end_of_a_story_is_where_most_questions_stand() -> None:
    assert (
        tail(normalise("老头子中风瘫在床上三年了，每月那个护理的钱，社区说要重新评，去哪里评"))
        == "社区说要重新评去哪里评"[-10:]
    )


def test_each_block_weighs_the_same_however_long_the_story_is() -> None:
    matrix = counts_of_asking(["我爸中风三年一直躺着我们在外地打工照顾不了他这个补贴去哪里办", "去哪里办"])
    rows = weighted(matrix, inverse_document_frequency(matrix))
    for row in range(2):
        for block in range(3):
            part = rows[row, block * DIMENSIONS : (block + 1) * DIMENSIONS]
            assert np.sqrt(part.multiply(part).sum()) == pytest.approx(1.0, abs=1e-4)
