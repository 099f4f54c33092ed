"""A conversation as clerks read it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversation.bubbles import Speaker
from bot.conversation.history import Said, thread
from desk.views import Entry, EntryFile, Thread
from desk.wording import said as told

LINES = 30
"""Entries read at once."""


def entry_of(said: Said) -> Entry:
    """One entry, with what a picture or an unreadable message stands for in words."""
    if said.incoming is not None:
        came = said.incoming
        file = None
        if came.file_id is not None:
            file = EntryFile(id=came.file_id, name=came.file_name or told("file"))
        text = came.text
        if not text and file is None:
            text = told("unreadable")
        return Entry(id=f"in-{said.number}", speaker="resident", at=said.at, text=text, file=file)
    bubble = said.bubble
    return Entry(
        id=f"out-{said.number}",
        speaker=(said.speaker or Speaker.BOT).value,
        name=None if bubble is None else bubble.signed,
        at=said.at,
        text="" if bubble is None else bubble.text,
        choices=[] if bubble is None else [choice.label for choice in bubble.choices],
    )


async def thread_of(session: AsyncSession, conversation_id: str, before: datetime | None = None) -> Thread:
    """The last entries, or those before a moment."""
    said = await thread(session, conversation_id, LINES + 1, before)
    return Thread(entries=[entry_of(each) for each in said[-LINES:]], more=len(said) > LINES)
