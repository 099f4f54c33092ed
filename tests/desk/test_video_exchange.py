"""Signals reach the page they are for and no other, in order, and never pile up."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.conversation.live import Live
from desk.video.exchange import IDLE_S, MOST_KEPT, Exchange, NotThere, Seat, Side
from desk.video.relay import Relay

CLERK, RESIDENT = Side.CLERK, Side.RESIDENT


def _bodies(seat: Seat, after: int = 0) -> list[dict[str, Any]]:
    return [signal.body for signal in seat.after(after)]


def test_what_one_page_says_reaches_the_other_in_order_and_wakes_it() -> None:
    exchange = Exchange(Live())
    with exchange.seat("c", CLERK, "c1") as clerk, exchange.seat("c", RESIDENT, "r1") as resident:
        assert (clerk.peer, clerk.peer_is_there, resident.peer) == ("r1", True, "c1")
        resident.news.clear()
        for number in range(3):
            exchange.send("c", CLERK, "c1", "r1", {"n": number})
        assert resident.news.is_set()
        assert _bodies(resident) == [{"n": 0}, {"n": 1}, {"n": 2}]
        assert _bodies(clerk) == []
        second = resident.after(0)[1].number
        assert _bodies(resident, second) == [{"n": 2}]


def test_a_line_that_breaks_misses_nothing_and_a_page_loaded_anew_begins_anew() -> None:
    exchange = Exchange(Live())
    with exchange.seat("c", CLERK, "c1") as clerk:
        with exchange.seat("c", RESIDENT, "r1"):
            pass
        assert (clerk.peer, clerk.peer_is_there) == ("r1", False)
        exchange.send("c", CLERK, "c1", "r1", {"n": 1})
        with exchange.seat("c", RESIDENT, "r1") as back:
            assert _bodies(back) == [{"n": 1}]
        with exchange.seat("c", RESIDENT, "r2") as anew:
            assert _bodies(anew) == []
            assert clerk.peer == "r2"
            with pytest.raises(NotThere):
                exchange.send("c", CLERK, "c1", "r1", {"n": 2})
            with pytest.raises(NotThere):
                exchange.send("c", RESIDENT, "r1", "c1", {"n": 3})


def test_a_second_page_of_one_side_takes_the_place_of_the_first() -> None:
    exchange = Exchange(Live())
    with exchange.seat("c", CLERK, "c1") as first:
        first.news.clear()
        with exchange.seat("c", CLERK, "c2") as second:
            assert (first.is_replaced, first.news.is_set(), second.is_replaced) == (True, True, False)


@given(st.lists(st.tuples(st.sampled_from(["c1", "c2"]), st.sampled_from(["r1", "r2"])), max_size=40))
def test_nothing_is_said_to_or_by_a_page_that_is_not_there(said: list[tuple[str, str]]) -> None:
    exchange = Exchange(Live())
    with exchange.seat("c", CLERK, "c1"), exchange.seat("c", RESIDENT, "r1") as resident:
        for page, to in said:
            try:
                exchange.send("c", CLERK, page, to, {"from": page})
            except NotThere:
                assert (page, to) != ("c1", "r1")
        assert _bodies(resident) == [{"from": "c1"}] * said.count(("c1", "r1"))


def test_of_more_than_can_be_kept_the_oldest_go() -> None:
    exchange = Exchange(Live())
    with exchange.seat("c", CLERK, "c1"), exchange.seat("c", RESIDENT, "r1") as resident:
        for number in range(MOST_KEPT + 50):
            exchange.send("c", CLERK, "c1", "r1", {"n": number})
        kept = _bodies(resident)
        assert (len(kept), kept[0]) == (MOST_KEPT, {"n": 50})


def test_calls_that_nobody_is_in_are_forgotten_and_those_that_end_at_once() -> None:
    moment = [0.0]
    exchange = Exchange(Live(), clock=lambda: moment[0])
    with ExitStack() as open_pages:
        open_pages.enter_context(exchange.seat("stays", CLERK, "c1"))
        with exchange.seat("left", CLERK, "c1"):
            pass
        moment[0] = IDLE_S + 1
        with exchange.seat("new", CLERK, "c1"):
            assert len(exchange) == 2
            exchange.forget("new")
            assert len(exchange) == 1


def test_when_the_service_ends_so_do_the_streams() -> None:
    live = Live()
    exchange = Exchange(live)
    with exchange.seat("c", CLERK, "c1") as clerk:
        live.close()
        assert clerk.news.ended


def test_without_servers_in_the_settings_browsers_get_none() -> None:
    assert Relay().servers("call", datetime(2026, 11, 25, tzinfo=UTC)) == []


def test_relays_get_credentials_that_end_and_open_servers_get_none() -> None:
    relay = Relay(("stun:s.cn:3478", "turn:t.cn:3478", "turns:t.cn:5349?transport=tcp"), "north")
    stun, turn = relay.servers("abc", datetime.fromtimestamp(1_700_000_000, UTC))
    assert stun.model_dump(exclude_none=True) == {"urls": ["stun:s.cn:3478"]}
    assert turn.urls == ["turn:t.cn:3478", "turns:t.cn:5349?transport=tcp"]
    assert turn.username == f"{1_700_000_000 + 75 * 60}:abc"
    # printf '1700004500:abc' | openssl dgst -sha1 -hmac north -binary | base64
    assert turn.credential == "zfT1X8DaC9SMLMKfvzxiuV6HZiY="
