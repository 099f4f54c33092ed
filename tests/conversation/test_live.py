from contextlib import ExitStack

from bot.conversation.live import MOST_WATCHERS, Live


def test_every_watcher_of_a_conversation_hears_its_news_and_nobody_elses() -> None:
    live = Live()
    with live.watch("a") as one, live.watch("a") as two, live.watch("b") as other:
        live.publish("a")
        assert one.is_set()
        assert two.is_set()
        assert not other.is_set()


def test_news_without_watchers_and_after_watching_do_no_harm() -> None:
    live = Live()
    live.publish("a")
    with live.watch("a") as event:
        pass
    live.publish("a")
    assert not event.is_set()


def test_closing_ends_all_watching_and_what_comes_later() -> None:
    live = Live()
    with live.watch("a") as one, live.watch("b") as two:
        live.close()
        assert one.ended and one.is_set()
        assert two.ended and two.is_set()
        with live.watch("a") as late:
            assert late.ended and late.is_set()
    assert live._watchers == {}


def test_whoever_watches_longest_makes_room_and_nothing_is_left_of_them() -> None:
    live = Live()
    with ExitStack() as watching:
        first, *others, last = [watching.enter_context(live.watch("a")) for _ in range(MOST_WATCHERS + 1)]
        assert first.ended and first.is_set()
        assert not any(news.ended for news in (*others, last))
    assert live._watchers == {}
