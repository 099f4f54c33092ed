import pytest

from bot.engine.components.text import core, normalise


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("８０岁", "八十岁"),
        ("80 岁！", "八十岁"),
        ("4050", "四零五零"),
        ("二〇", "二"),
        ("Hello，World", "helloworld"),
        ("电话【手机号】", "电话\ue000"),
    ],
)
def test_ways_of_writing_the_same_become_one(written: str, same_as: str) -> None:
    assert normalise(written) == same_as


@pytest.mark.parametrize("text", ["人工", "人工！", " 人 工 ", "请问人工", "人工吧", "喂，人工啊～"])
def test_politeness_and_particles_do_not_hide_a_phrase(text: str) -> None:
    assert core(text) == "人工"


def test_a_text_of_nothing_but_politeness_stays() -> None:
    assert core("喂") == "喂"
