from typing import Any

import pytest
from rasa.core.actions.action import RemoteAction

from bot.engine import replies


@pytest.mark.parametrize(
    "reply", [{}, {"events": [], "responses": []}, {"events": [{"event": "slot", "name": "x"}], "responses": [{}]}]
)
def test_a_reply_of_the_right_shape_passes(reply: Any) -> None:
    assert replies.check_reply(reply)


@pytest.mark.parametrize(
    "reply", [None, [], {"events": None}, {"events": ["slot"]}, {"events": [{}]}, {"responses": {}}, {"responses": [1]}]
)
def test_a_reply_of_another_shape_is_refused(reply: Any) -> None:
    with pytest.raises(replies.ReplyError):
        replies.check_reply(reply)


def test_rasa_uses_the_light_check_once_installed() -> None:
    replies.install()
    run = RemoteAction.run
    replies.install()
    assert RemoteAction.run is run
    with pytest.raises(replies.ReplyError):
        RemoteAction("action_x", None)._validate_action_result([])


def test_another_rasa_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(RemoteAction, "_validate_action_result")
    with pytest.raises(replies.EngineMismatchError):
        replies.install()
