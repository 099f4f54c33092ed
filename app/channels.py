"""The doors that push, as the settings ask for them."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from app.settings import Settings
from bot.channels.speech import SpeechService
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.door import TelegramDoor
from bot.channels.wechat.api import WeChatApi
from bot.channels.wechat.channel import Notice, WeChatChannel
from bot.channels.wechat.door import WeChatDoor
from bot.channels.wechat.envelope import Envelope
from bot.conversation.channel import Channel
from bot.conversation.fetching import Recogniser
from bot.conversation.pipeline import Pipeline
from records.database import Sessions
from services_catalog.loader import Catalog


@dataclass
class Channels:
    """The channels that are configured, by name, and the recogniser of voice messages."""

    by_name: dict[str, Channel] = field(default_factory=dict)
    wechat: WeChatChannel | None = None
    telegram: TelegramChannel | None = None
    recogniser: Recogniser | None = None


def open_channels(chosen: Settings, sessions: Sessions, stack: AsyncExitStack) -> Channels:
    """What the settings configure; closed with `stack`. Nothing is called over the network yet."""
    channels = Channels()
    if chosen.wechat_appid:
        api = WeChatApi(sessions, chosen.wechat_appid, chosen.wechat_secret, chosen.wechat_api_url)
        stack.push_async_callback(api.close)
        notice = None
        if chosen.wechat_notice_template:
            notice = Notice(chosen.wechat_notice_template, chosen.wechat_notice_fields, chosen.street_name)
        channels.wechat = WeChatChannel(api, sessions, notice)
        channels.by_name[channels.wechat.name] = channels.wechat
    if chosen.telegram_token:
        channels.telegram = TelegramChannel(chosen.telegram_token, chosen.telegram_api_url)
        stack.push_async_callback(channels.telegram.close)
        channels.by_name[channels.telegram.name] = channels.telegram
    if chosen.speech_url:
        speech = SpeechService(chosen.speech_url)
        stack.push_async_callback(speech.close)
        channels.recogniser = speech
    return channels


def wechat_door(
    chosen: Settings, channels: Channels, sessions: Sessions, pipeline: Pipeline, catalog: Callable[[], Catalog]
) -> WeChatDoor | None:
    """WeChat's callback, where it is configured."""
    if channels.wechat is None:
        return None
    envelope = Envelope(chosen.wechat_token, chosen.wechat_appid, chosen.wechat_aes_key)
    return WeChatDoor(sessions, pipeline, channels.wechat, envelope, catalog, plain_allowed=chosen.development)


def telegram_door(chosen: Settings, channels: Channels, sessions: Sessions, pipeline: Pipeline) -> TelegramDoor | None:
    """Telegram's callback, where it is configured."""
    if channels.telegram is None:
        return None
    return TelegramDoor(sessions, pipeline, channels.telegram, chosen.telegram_secret)
