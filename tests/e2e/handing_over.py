"""Residents who come to the clerks, and clerks who take them."""

from playwright.sync_api import expect

from tests.e2e.chat import Chat
from tests.e2e.desk import Desk
from tests.e2e.forms import begin_short, fill_short
from tests.e2e.people import invented


def ask_for_a_person(chat: Chat, *words: str) -> Chat:
    """Say something and then ask for a person."""
    chat.say(*words, "转人工")
    chat.hears("工作人员")
    return chat


def file_a_case(chat: Chat) -> str:
    """File the shortest form; gives its number."""
    begin_short(chat)
    fill_short(chat, invented())
    chat.press("确认提交")
    return chat.case_number()


def take(desk: Desk, item: str) -> None:
    """Open and claim whoever began to wait last with that item."""
    desk.open(desk.waiting(item))
    desk.press("c")
    expect(desk.field).to_be_focused()
