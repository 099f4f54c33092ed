"""What the web chat's page receives."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from bot.conversation.bubbles import Bubble, CaseCard, Speaker
from bot.conversation.history import Said
from bot.conversation.ownership import Owner


class PageFile(BaseModel):
    """A file the resident sent."""

    name: str
    kind: str


class PageMessage(BaseModel):
    """One entry of the thread, as the page shows it."""

    id: str
    client_id: str | None = None
    speaker: str
    name: str | None = None
    at: datetime
    text: str
    file: PageFile | None = None
    choices: list[dict[str, str]] = []
    progress: dict[str, int] | None = None
    card: dict[str, Any] | None = None
    links: list[dict[str, str]] = []
    asks_file: bool = False


def page_message(said: Said) -> PageMessage:
    """An entry of the thread for the page."""
    if said.incoming is not None:
        file = None
        if said.incoming.file_id is not None:
            file = PageFile(name=said.incoming.file_name or "文件", kind="file")
        return PageMessage(
            id=f"in-{said.number}",
            client_id=said.client_id,
            speaker="resident",
            at=said.at,
            text=said.incoming.text,
            file=file,
        )
    return _bot_message(said, said.bubble or Bubble(text=""), said.speaker or Speaker.BOT)


def page_owner(owner: str) -> str:
    """Who speaks, in the page's three words."""
    return "bot" if Owner(owner).is_bot else owner


def _bot_message(said: Said, bubble: Bubble, speaker: Speaker) -> PageMessage:
    card = None if bubble.card is None else bubble.card.model_dump(mode="json")
    links = [] if card is not None and card.get("links") else [link.model_dump() for link in bubble.links]
    return PageMessage(
        id=f"out-{said.number}",
        speaker=speaker.value,
        name=bubble.signed,
        at=said.at,
        text=_words(bubble),
        choices=[choice.model_dump() for choice in bubble.choices],
        progress=None if bubble.progress is None else bubble.progress.model_dump(),
        card=card,
        links=links,
        asks_file=bubble.asks_file,
    )


def _words(bubble: Bubble) -> str:
    """The bubble's text without what its card shows anyway: a summary keeps its first line, a case none."""
    if bubble.card is None:
        return bubble.text
    return "" if isinstance(bubble.card, CaseCard) else bubble.text.partition("\n")[0]
