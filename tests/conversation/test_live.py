from bot.conversation.live import Live


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
