"""Sending, packing and fetching, against the fake Bot API."""

import logging
import re

import pytest

from app.engine_process import free_port
from app.fakes.telegram import LARGEST_FILE, FakeTelegram
from bot.channels.telegram.channel import MOST_UNITS, TelegramChannel, size
from bot.conversation.bubbles import Bubble, Choice, Link, Progress
from bot.conversation.channel import AddressGone, Button, MediaGone, NeverSent, Numbered, Part, TryLater
from bot.conversation.incoming import Media
from cases.files import MAX_BYTES, FileRefused
from tests.support.form_filling import PNG

WORDS = Part(text="您好")


def photo(file_id: str) -> Media:
    return Media(kind="photo", media_id=file_id)


async def refusal(channel: TelegramChannel, address: str, part: Part = WORDS) -> TryLater:
    """How the channel asks to try later."""
    with pytest.raises(TryLater) as later:
        await channel.send(address, part)
    return later.value


async def test_a_text_arrives_as_it_is_with_one_button_a_row(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    text = "[办事指南] <b>*不是*</b> _格式_ {}"
    await channel.send(str(chatter.id), Part(text=text, buttons=[Button(label="好", token="3.1")]))
    (message,) = chatter.received
    assert (message.text, message.buttons) == (text, (("好", "3.1"),))


async def test_errors_of_the_api_have_their_meaning(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    address = str(chatter.id)
    with pytest.raises(AddressGone):
        await channel.send("4711", WORDS)
    with pytest.raises(NeverSent):
        await channel.send(address, Part(text="长" * 5000))
    chatter.has_blocked = True
    with pytest.raises(AddressGone):
        await channel.send(address, WORDS)


async def test_a_flood_is_waited_for_as_long_as_telegram_says(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    telegram.faults.too_many, telegram.faults.retry_after_s = 1, 7
    later = await refusal(channel, str(telegram.chatter().id))
    assert (later.after_s, later.maybe_sent) == (7, False)


async def test_what_may_have_arrived_is_told_apart(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    chatter = telegram.chatter()
    telegram.faults.broken = 1
    assert (await refusal(channel, str(chatter.id))).maybe_sent
    telegram.faults.drop = 1
    assert (await refusal(channel, str(chatter.id))).maybe_sent
    assert chatter.received == []
    telegram.faults.drop_after = 1
    assert (await refusal(channel, str(chatter.id))).maybe_sent
    assert len(chatter.received) == 1


async def test_what_never_left_is_certain_not_to_have_arrived() -> None:
    unreachable = TelegramChannel("1:x", f"http://127.0.0.1:{free_port()}")
    assert not (await refusal(unreachable, "42")).maybe_sent
    await unreachable.close()


async def test_a_wrong_token_loses_no_answer(telegram: FakeTelegram) -> None:
    stranger = TelegramChannel("1:wrong", telegram.url)
    assert not (await refusal(stranger, str(telegram.chatter().id))).maybe_sent
    with pytest.raises(TryLater):
        await stranger.fetch(photo(telegram.keep(PNG)))
    await stranger.close()


async def test_files_are_fetched_while_telegram_has_them(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    file_id = telegram.keep(PNG)
    assert await channel.fetch(photo(file_id)) == PNG
    with pytest.raises(MediaGone):
        await channel.fetch(photo("unknown"))
    telegram.gone.add(file_id)
    with pytest.raises(MediaGone):
        await channel.fetch(photo(file_id))
    telegram.faults.too_many, telegram.faults.retry_after_s = 1, 3
    with pytest.raises(TryLater) as later:
        await channel.fetch(photo(file_id))
    assert later.value.after_s == 3


@pytest.mark.parametrize("length", [MAX_BYTES + 1, LARGEST_FILE + 1])
async def test_files_that_are_too_large_are_refused_before_they_are_fetched(
    channel: TelegramChannel, telegram: FakeTelegram, length: int
) -> None:
    file_id = telegram.keep(bytes(length))
    telegram.gone.add(file_id)  # whoever fetched it would find nothing
    with pytest.raises(FileRefused) as refused:
        await channel.fetch(photo(file_id))
    assert refused.value.phrase == "utter_file_large"


async def test_the_typing_sign_raises_nothing(channel: TelegramChannel, telegram: FakeTelegram) -> None:
    telegram.faults.drop = 1
    await channel.show_typing("42")
    await channel.show_typing("42")
    assert telegram.calls["sendChatAction"] == 2
    assert not await channel.invite("conversation", "42")


def test_a_turn_is_one_message_with_all_that_was_said(channel: TelegramChannel) -> None:
    choices = [Choice(label="同意，开始办", value="yes"), Choice(label="长" * 70, value="no")]
    links = [Link(label="办事大厅", href="https://x.cn/a"), Link(label="我的办件", href="/cases/1")]
    said = [
        Numbered(41, Bubble(text="先说一件事。", choices=[Choice(label="旧的", value="old")])),
        Numbered(43, Bubble(text="开始吗?", choices=choices, links=links, progress=Progress(step=3, total=8))),
    ]
    (part,) = channel.pack(said)
    assert part.text.splitlines() == [
        "先说一件事。",
        "1. 旧的",
        "",
        "第 3 步 / 共 8 步",
        "开始吗?",
        "1. 同意，开始办",
        f"2. {'长' * 70}",
        "办事大厅：https://x.cn/a",
    ]
    assert part.buttons == [Button(label="同意，开始办", token="43.1"), Button(label="长" * 64, token="43.2")]


@pytest.mark.parametrize("sentence", ["这是一句话。", "笑一笑😀😀。"])
def test_long_words_are_cut_after_sentences_and_only_the_last_message_has_buttons(
    channel: TelegramChannel, sentence: str
) -> None:
    bubble = Bubble(text=sentence * 1500, choices=[Choice(label="好", value="a")])
    parts = channel.pack([Numbered(3, bubble)])
    assert all(size(part.text) <= MOST_UNITS for part in parts)
    assert len(parts) == -(-size(sentence) * 1500 // MOST_UNITS)
    assert all(part.text.endswith("。") and not part.buttons for part in parts[:-1])
    assert parts[-1].buttons == [Button(label="好", token="3.1")]
    assert re.sub(r"\s", "", "".join(part.text for part in parts)) == sentence * 1500 + "1.好"


async def test_nothing_personal_and_no_token_gets_into_the_log(
    channel: TelegramChannel, telegram: FakeTelegram, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    chatter = telegram.chatter()
    await channel.send(str(chatter.id), Part(text="身份证号"))
    await channel.fetch(photo(telegram.keep(PNG)))
    telegram.faults.drop_after = 1
    await refusal(channel, str(chatter.id), Part(text="身份证号"))
    with pytest.raises(AddressGone):
        await channel.send("4711", Part(text="身份证号"))
    telegram.waiting = [{"update_id": 1, "message": {"text": "身份证号", "chat": {"id": chatter.id}}}]
    with pytest.raises(KeyError):
        await channel.bot.get_updates()
    for secret in (telegram.token, "身份证号", str(chatter.id), "4711"):
        assert secret not in caplog.text
