"""A large model over real HTTP: its advice is had where it is good, and costs little where it is not."""

import logging
import time
from collections.abc import AsyncIterator

import pytest

from app.engine_process import free_port
from app.fakes.model import FakeModel, Manner, completion
from bot.conversation.advice import ItemAdvised, Option, WhichItem
from bot.conversation.large_model import FAILURES_UNTIL_PAUSE, MOST_BYTES, PAUSE_S, Breaker, LargeModel

WHICH = WhichItem(
    "我叫王秀英，想办那个", (Option("a-item", "甲", "一句话", ("条件",)), Option("b-item", "乙", "两句话", ()))
)
PATIENCE_S = 0.3


class Clock:
    """A clock that stands until it is turned."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def fake() -> AsyncIterator[FakeModel]:
    async with FakeModel(knows={"我叫【姓名】,想办那个": "b-item"}).serving() as fake:
        yield fake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def model(fake: FakeModel, clock: Clock) -> AsyncIterator[LargeModel]:
    model = LargeModel(fake.url, "qwen", fake.key, PATIENCE_S, Breaker(clock))
    yield model
    await model.close()


async def test_good_advice_is_had_and_nothing_personal_was_sent_for_it(model: LargeModel, fake: FakeModel) -> None:
    assert await model.advise(WHICH) == ItemAdvised("b-item")
    (asked,) = fake.asked
    assert asked.model == "qwen"
    assert "王秀英" not in asked.model_dump_json()


async def test_a_server_that_wants_no_key_is_sent_none(fake: FakeModel) -> None:
    fake.key = ""
    model = LargeModel(fake.url, "qwen", "", PATIENCE_S)
    assert await model.advise(WHICH) == ItemAdvised("b-item")
    await model.close()


async def test_a_wrong_key_is_no_advice(fake: FakeModel) -> None:
    model = LargeModel(fake.url, "qwen", "wrong", PATIENCE_S)
    assert await model.advise(WHICH) is None
    await model.close()


DOCUMENTED = b"""{
  "id": "chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT", "object": "chat.completion", "created": 1741569952,
  "model": "gpt-4.1-2025-04-14", "service_tier": "default", "system_fingerprint": null,
  "choices": [{"index": 0, "logprobs": null, "finish_reason": "stop", "message": {
    "role": "assistant", "content": "{\\"item\\": \\"b-item\\"}", "refusal": null, "annotations": [],
    "reasoning_content": null, "tool_calls": []}}],
  "usage": {"prompt_tokens": 19, "completion_tokens": 10, "total_tokens": 29, "prompt_tokens_details": null}
}"""
"""An answer with the fields that OpenAI's reference shows, and those that vLLM adds."""


async def test_an_answer_with_all_that_real_servers_add_is_read(model: LargeModel, fake: FakeModel) -> None:
    fake.manner, fake.raw = Manner.RAW, DOCUMENTED
    assert await model.advise(WHICH) == ItemAdvised("b-item")


@pytest.mark.parametrize("manner", [Manner.INVENTING, Manner.FAILING])
async def test_an_item_that_was_not_asked_about_and_an_error_are_no_advice(
    model: LargeModel, fake: FakeModel, manner: Manner
) -> None:
    fake.manner = manner
    assert await model.advise(WHICH) is None


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html>",
        b"{}",
        b'{"choices": []}',
        b'{"choices": [{"message": {"content": null}}]}',
        completion("b-item"),
        completion('{"item": "c-item"}'),
        completion('{"item": "b-item"}' + " " * MOST_BYTES),
        b"[" * 60_000,
    ],
    ids=range(10),
)
async def test_garbage_is_no_advice(model: LargeModel, fake: FakeModel, raw: bytes) -> None:
    fake.manner, fake.raw = Manner.RAW, raw
    assert await model.advise(WHICH) is None


async def test_one_that_is_too_slow_costs_no_more_than_the_patience(model: LargeModel, fake: FakeModel) -> None:
    fake.manner = Manner.SLOW
    start = time.monotonic()
    assert await model.advise(WHICH) is None
    assert time.monotonic() - start < PATIENCE_S + 0.5


async def test_after_five_failures_in_a_row_it_is_left_alone_for_a_minute_and_then_tried_once(
    model: LargeModel, fake: FakeModel, clock: Clock
) -> None:
    fake.manner = Manner.FAILING
    for _ in range(FAILURES_UNTIL_PAUSE + 3):
        assert await model.advise(WHICH) is None
    assert len(fake.asked) == FAILURES_UNTIL_PAUSE
    clock.now += PAUSE_S + 1
    await model.advise(WHICH)
    await model.advise(WHICH)
    assert len(fake.asked) == FAILURES_UNTIL_PAUSE + 1
    fake.manner = Manner.HONEST
    clock.now += PAUSE_S + 1
    assert await model.advise(WHICH) == ItemAdvised("b-item")
    assert await model.advise(WHICH) == ItemAdvised("b-item")


async def test_failures_count_in_a_row_only(model: LargeModel, fake: FakeModel) -> None:
    for _ in range(FAILURES_UNTIL_PAUSE + 1):
        fake.manner = Manner.FAILING
        assert await model.advise(WHICH) is None
        fake.manner = Manner.HONEST
        assert await model.advise(WHICH) == ItemAdvised("b-item")


def test_while_one_request_tries_the_others_are_held_back(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(FAILURES_UNTIL_PAUSE):
        breaker.failed()
    clock.now += PAUSE_S
    assert [breaker.lets_through() for _ in range(3)] == [True, False, False]


async def test_where_nobody_listens_there_is_no_advice_and_the_log_tells_only_the_kind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    model = LargeModel(f"http://127.0.0.1:{free_port()}/v1", "qwen", "secret-key", PATIENCE_S)
    with caplog.at_level(logging.WARNING, "bot.conversation.large_model"):
        assert await model.advise(WHICH) is None
    await model.close()
    assert [record.getMessage() for record in caplog.records if record.name == "bot.conversation.large_model"] == [
        "the large model gave no advice: ConnectError"
    ]
