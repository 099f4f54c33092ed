"""关联: a resident joins a second channel to the first, by a code given out on one and sent on the other."""

from actions.base import Heard, TurnAction
from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.models import Conversation
from bot.conversation.people import join_conversations
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts
from cases.moving import hand_cases_to
from kyc import linking
from services_catalog.guide import named

MOST_FAILURES = 5
"""Wrong codes in one conversation on one day; then the search for codes ends."""
CHANNELS = {"web": "网页", "wechat": "微信", "telegram": "Telegram", "terminal": "终端"}
LEAVE_APART = Choice(label="先不连", value="later")


class ActionLink(TurnAction):
    """A resident asks for a code, or sends one."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_link"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Give a code, or ask whether to join with the channel that gave the one sent."""
        await link(turn)


async def link(turn: Turn) -> bool:
    """Give a code, or ask whether to join with the channel that gave the one sent. True where a question was asked."""
    code = linking.link_code_in(turn.text)
    if code is None:
        fresh = await linking.issue(turn.session, turn.resident_id, turn.conversation.id)
        minutes = int(linking.VALID_FOR.total_seconds() // 60)
        turn.say("utter_link_code", code=f"{fresh[:4]} {fresh[4:]}", minutes=minutes)
        return False
    if _is_locked(turn):
        turn.say("utter_link_locked")
        return False
    found = await linking.find(turn.session, code)
    if found is None:
        _failed(turn)
    elif found.resident_id == turn.resident_id:
        turn.say("utter_link_already")
    else:
        other = await turn.session.get_one(Conversation, found.conversation_id)
        stay = LEAVE_APART if turn.state.loop is None else Choice(label=LEAVE_APART.label, value="continue")
        turn.ask(
            phrase("utter_link_ask", channel=_called(other.channel)),
            [Choice(label="连起来", value=f"link:{code}"), stay],
        )
        return True
    return False


async def join(turn: Turn, code: str) -> None:
    """Join this channel with the one that gave the code, and tell both, unless the code is no longer good."""
    found = await linking.redeem(turn.session, code)
    if found is None:
        _failed(turn)
        return
    gone, kept = turn.resident_id, found.resident_id
    if gone == kept:
        turn.say("utter_link_already")
        return
    await hand_cases_to(turn.session, gone, kept)
    await linking.merge_profiles(turn.session, gone, kept)
    await join_conversations(turn.session, gone, kept)
    turn.conversation.resident_id = kept
    turn.state.link_failures = 0
    other = await turn.session.get_one(Conversation, found.conversation_id)
    turn.say("utter_linked", channel=_called(other.channel))
    mine = _called(turn.conversation.channel)
    turn.tell_elsewhere(other.id, Bubble(text=phrase("utter_linked_elsewhere", channel=mine)))
    if turn.state.loop is None:
        await _offer_draft(turn)


async def _offer_draft(turn: Turn) -> None:
    draft = await drafts.latest_draft(turn.session, turn.resident_id)
    if draft is not None and draft.answers and draft.item_id in turn.catalog.items:
        turn.ask(
            phrase("utter_draft_recalled", item=named(turn.item_of(draft))),
            [Choice(label="接着上次的办", value=f"resume:{draft.id}"), Choice(label="以后再说", value="later")],
        )


def _failed(turn: Turn) -> None:
    """Count a wrong code and say so; whether it never was or is over is not told."""
    if turn.state.link_failed_on != turn.today:
        turn.state.link_failures, turn.state.link_failed_on = 0, turn.today
    turn.state.link_failures += 1
    turn.say("utter_link_locked" if _is_locked(turn) else "utter_link_wrong")


def _is_locked(turn: Turn) -> bool:
    return turn.state.link_failed_on == turn.today and turn.state.link_failures >= MOST_FAILURES


def _called(channel: str) -> str:
    return CHANNELS.get(channel, channel)
