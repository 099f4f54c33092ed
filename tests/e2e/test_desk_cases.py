"""Cases and held replies at the clerks' desk, in real browsers."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from playwright.sync_api import expect
from sqlalchemy import select

from bot.conversation.models import Conversation, HeldReply
from records.database import Database
from records.encryption import use_keys
from records.keys import load_keys
from tests.e2e.conftest import OpenChat, OpenDesk
from tests.e2e.handing_over import file_a_case
from tests.e2e.service import Service


def test_a_case_is_accepted_and_what_is_missing_is_told_at_once(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    chat = resident()
    number = file_a_case(chat)
    clerk, stale = desk(wang), desk(wang)
    for one in (clerk, stale):
        one.open(one.group("cases").filter(has_text=number[-8:]))
        expect(one.side.locator(".number")).to_have_text(number)
    hidden = clerk.side.get_by_role("button", name="显示身份证号")
    expect(clerk.side).not_to_contain_text("330105 1945")
    hidden.click()
    expect(clerk.side).to_contain_text("330105 1945")
    clerk.side.get_by_role("button", name="遮住身份证号").click()
    expect(clerk.side).not_to_contain_text("330105 1945")

    clerk.side.get_by_role("button", name="一次性告知补正").click()
    clerk.dialog.get_by_label("居民身份证").check()
    clerk.dialog.get_by_label("上面没有的").fill("婚姻状况说明")
    clerk.confirm("一次性告知补正")
    expect(clerk.state).to_have_text("补正")
    expect(clerk.side).to_contain_text("婚姻状况说明")
    expect(clerk.side.get_by_role("link", name="一次性告知")).to_be_visible()
    expect(chat.page.locator("#thread")).to_contain_text("婚姻状况说明")
    expect(stale.state).to_have_text("补正")

    clerk.side.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.state).to_have_text("受理")
    expect(clerk.side.locator(".history")).to_contain_text("王敏")


def test_a_page_that_is_stale_says_so_and_shows_what_is_true(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    number = file_a_case(resident())
    clerk, stale = desk(wang), desk(wang)
    for one in (clerk, stale):
        one.open(one.group("cases").filter(has_text=number[-8:]))
    stale.side.get_by_role("button", name="不予受理").click()
    clerk.side.get_by_role("button", name="受理", exact=True).click()
    expect(clerk.state).to_have_text("受理")
    stale.dialog.get_by_label("理由").fill("不是本街道的人")
    stale.dialog.get_by_role("button", name="不予受理").click()
    expect(stale.dialog.get_by_role("alert")).to_be_visible()
    stale.press("Escape")
    expect(stale.state).to_have_text("受理")


def test_several_cases_are_accepted_in_one_go(resident: OpenChat, desk: OpenDesk, wang: str) -> None:
    numbers = [file_a_case(resident())[-8:] for _ in range(2)]
    clerk = desk(wang)
    clerk.page.get_by_role("button", name="批量").click()
    for number in numbers:
        clerk.page.get_by_role("checkbox", name=number).check()
    clerk.page.get_by_role("group", name="批量办理").get_by_role("button", name="受理").click()
    expect(clerk.page.get_by_text("2 件都办好了。")).to_be_visible()
    for number in numbers:
        row = clerk.group("cases").filter(has_text=number)
        expect(row.locator(".row__wait")).to_have_text("受理")


def test_a_held_reply_is_changed_before_it_goes(
    resident: OpenChat, desk: OpenDesk, service: Service, wang: str
) -> None:
    chat = resident()
    chat.say("您好，请问临时救助怎么办")
    _hold(service, "临时救助怎么办", ["先看看您符不符合。", "临时救助要带户口簿。"])
    clerk = desk(wang)
    clerk.open(clerk.group("held").filter(has_text="临时救助怎么办").last)
    expect(clerk.side).to_contain_text("先看看您符不符合。")
    words = clerk.page.get_by_label("机器人想这样回")
    expect(words).to_have_value("临时救助要带户口簿。")
    words.fill("临时救助要带户口簿和收入证明。")
    clerk.page.get_by_role("button", name="改后发").click()
    chat.hears("临时救助要带户口簿和收入证明。")
    expect(clerk.group("held").filter(has_text="临时救助怎么办")).to_have_count(0)


def _hold(service: Service, asked: str, said: list[str]) -> None:
    """Hold a reply in the conversation that was spoken in last, as an item's own mode does."""

    async def hold() -> None:
        use_keys(load_keys(None, service.data_dir / "key"))
        database = Database(f"sqlite+aiosqlite:///{service.data_dir / 'onecall.db'}")
        async with database.session() as session:
            newest = select(Conversation.id).order_by(Conversation.last_turn_at.desc()).limit(1)
            conversation = (await session.scalars(newest)).one()
            bubbles = [{"text": text} for text in said]
            session.add(HeldReply(conversation_id=conversation, item_id="linshi-jiuzhu", asked=asked, bubbles=bubbles))
            await session.commit()
        await database.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, hold()).result()
