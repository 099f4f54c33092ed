import json
from typing import Any

import pytest

from bot.engine.messages import BODY_LIMIT, BadRequestError, PayloadNames, read_parse, read_turn

NAMES = PayloadNames({"choose", "apply"}, {"item"})


def _body(**changes: Any) -> bytes:
    turn = {"conversation": "c1", "turn": "t1", "text": "你好", "loop": None, "requested_slot": None, "slots": {}}
    return json.dumps({**turn, **changes}).encode()


def test_a_turn_is_read() -> None:
    request = read_turn(_body(loop="case_form", slots={"item": "x"}), NAMES)
    assert (request.text, request.loop, request.slots) == ("你好", "case_form", {"item": "x"})


@pytest.mark.parametrize("text", ["/apply", '/choose{"item": "dibao"}', ' /choose{"item": "dibao"} '])
def test_a_payload_of_known_names_passes(text: str) -> None:
    assert read_turn(_body(text=text), NAMES).text == text.strip()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"\xff", "not JSON"),
        (b"[]", "object"),
        (b"[" * 60_000, "not JSON"),
        (b" " * (BODY_LIMIT + 1), "larger"),
        (_body(conversation=""), "conversation"),
        (_body(turn=7), "turn"),
        (_body(text=None), "text"),
        (_body(text="长" * 4_001), "text"),
        (_body(loop=1), "loop"),
        (_body(slots=[]), "slots"),
        (_body(sender="x"), "sender"),
        (_body(text="/nothing"), "payload"),
        (_body(text="/choose{"), "payload"),
        (_body(text='/choose{"openid": "x"}'), "entity"),
    ],
)
def test_anything_else_is_refused_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(BadRequestError, match=reason):
        read_turn(body, NAMES)


def test_texts_to_parse_are_bounded() -> None:
    assert read_parse(b'{"texts": ["a"]}', NAMES).texts == ["a"]
    with pytest.raises(BadRequestError, match="at most"):
        read_parse(json.dumps({"texts": ["a"] * 501}).encode(), NAMES)


def test_what_was_said_before_may_be_sent_along() -> None:
    assert read_turn(_body(), NAMES).before is None
    assert read_turn(_body(before="我妈的事"), NAMES).before == "我妈的事"
    for wrong in (7, "长" * 4_001):
        with pytest.raises(BadRequestError, match="before"):
            read_turn(_body(before=wrong), NAMES)
