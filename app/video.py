"""Video calls composed: the relay from the settings, and the way into the thread."""

from typing import TYPE_CHECKING

from app.settings import Settings
from bot.conversation.bubbles import Bubble, Speaker
from desk.door import Door
from desk.video.exchange import Exchange
from desk.video.relay import Relay
from desk.video.room import VideoRoom

if TYPE_CHECKING:
    from app.runtime import Runtime


def video_room(room: "Runtime", door: Door) -> VideoRoom:
    """Video calls on a running 1call."""

    async def told(conversation_id: str, bubble: Bubble) -> None:
        await room.pipeline.say(conversation_id, bubble, Speaker.SYSTEM)

    return VideoRoom(
        sessions=room.database.session,
        door=door,
        office=room.office,
        catalog=lambda: room.catalog,
        relay=relay_of(room.settings),
        told=told,
        exchange=Exchange(room.live),
    )


def relay_of(chosen: Settings) -> Relay:
    """The STUN and TURN servers that the settings name."""
    return Relay(tuple(chosen.turn_urls.replace(",", " ").split()), chosen.turn_secret)
