"""The ways out that always work: 人工, 返回, 修改, 取消, 等一下, 大字, 再说一遍, 继续."""

import re

from actions import asking, correcting, handoff, linking, rating
from actions.application import propose, take_up
from actions.base import Heard, TurnAction
from actions.erasing import ask_erase, erase
from actions.finding import find
from actions.lent import back_to_clerk
from actions.withdrawing import withdraw_face
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.several import offer_next_wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, files
from cases.models import Case
from kyc.linking import link_code_in
from services_catalog.guide import named

CLEAR = 0.9
"""A command this certain is obeyed even where free text is expected."""
LIKELY = 0.6
_WAIT = re.compile(r"(?:等一?下|稍等|等等|等会儿?|等我一会儿?|去(?:拿|找|问)一?下)[。！，~啊哈了吧呀]*$")
"""没带身份证，等一下: whatever comes before, the resident is not answering yet."""


async def obey(turn: Turn, case: Case, heard: Heard) -> bool:
    """Obey a command given in the middle of the form. False if the message is none."""
    if _WAIT.search(turn.text):
        turn.say("utter_wait")
        return True
    if link_code_in(turn.text) is not None:
        await _link(turn, case)
        return True
    free_text = (turn.state.step or "").startswith("field:")
    if heard.confidence < (CLEAR if free_text else LIKELY):
        return False
    match heard.intent:
        case "human":
            await handoff.hand_off(turn)
        case "wait":
            turn.say("utter_wait")
        case "large_type":
            turn.say("utter_large_type")
        case "repeat":
            await asking.ask_again(turn, case)
        case "resume":
            await _resume(turn, case, heard)
        case "later":
            await take_choice(turn, case, "later", "")
        case "go_back":
            await correcting.back(turn, case)
        case "modify":
            if not await correcting.correct(turn, case, heard):
                await correcting.change(turn, case, None)
        case "cancel":
            ask_cancel(turn, case)
        case "erase":
            ask_erase(turn)
        case "link_channels":
            await _link(turn, case)
        case "withdraw_face":
            await withdraw_face(turn)
            await asking.ask_again(turn, case)
        case "dont_know":
            await _dont_know(turn, case)
        case _:
            return False
    return True


def ask_cancel(turn: Turn, case: Case) -> None:
    """Ask what 取消 means before anything is thrown away."""
    turn.ask(
        phrase("utter_cancel_ask", item=named(turn.item_of(case))),
        [
            Choice(label="先存着，下次接着办", value="later"),
            Choice(label="不办了，删掉", value="discard"),
            Choice(label="接着办", value="continue"),
        ],
    )


async def take_choice(turn: Turn, case: Case, verb: str, rest: str) -> bool:
    """Take one of the choices these commands offered. False if it is none of them."""
    match verb:
        case "later":
            turn.state.leave_form()
            turn.say("utter_draft_kept", item=named(turn.item_of(case)))
            offer_next_wish(turn)
            await back_to_clerk(turn)
        case "discard":
            turn.state.leave_form()
            await files.erase_files_of(turn.session, turn.office.files_dir, case.id)
            drafts.discard(turn.session, case)
            turn.say("utter_draft_discarded")
            await back_to_clerk(turn)
        case "erase":
            await erase(turn)
        case "link":
            await linking.join(turn, rest)
            await asking.ask_again(turn, case)
        case "human":
            await handoff.hand_off(turn, rest)
        case "rate":
            await rating.take(turn, rest)
            await asking.ask_again(turn, case)
        case "continue":
            await asking.ask_again(turn, case)
        case "switch":
            item_id, _, relation = rest.partition(":")
            turn.state.leave_form()
            turn.state.relation = relation or None
            turn.say("utter_draft_kept", item=named(turn.item_of(case)))
            if item_id in turn.catalog.items:
                await propose(turn, turn.catalog.items[item_id])
        case _:
            return False
    return True


class ActionCommand(TurnAction):
    """Commands outside a form."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_command"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Obey, with what there is to obey about."""
        draft = await drafts.latest_draft(turn.session, turn.resident_id)
        if draft is not None and draft.item_id not in turn.catalog.items:
            draft = None
        if heard.intent == "cancel":
            turn.state.wish = None
            turn.say("utter_nothing_to_cancel" if draft is None else "utter_draft_waits")
        elif heard.intent == "modify" and draft is not None:
            turn.ask(
                phrase("utter_modify_which", item=named(turn.item_of(draft))),
                [
                    Choice(label="接着上次的办", value=f"resume:{draft.id}"),
                    HUMAN,
                ],
            )
        elif heard.intent == "modify":
            turn.ask(phrase("utter_modify_filed"), [HUMAN])


async def _resume(turn: Turn, case: Case, heard: Heard) -> None:
    """Go on here, or with the draft of another item that the message names."""
    item = find(turn, heard, spoken_of=False).sure
    other = None
    if item is not None and item.id != case.item_id:
        other = await drafts.latest_draft(turn.session, turn.resident_id, item.id)
    if other is None:
        await asking.ask_again(turn, case)
    else:
        turn.say("utter_draft_kept", item=named(turn.item_of(case)))
        await take_up(turn, other)


async def _link(turn: Turn, case: Case) -> None:
    """Join channels beside the form, which then asks again unless there is something to choose first."""
    if not await linking.link(turn):
        await asking.ask_again(turn, case)


async def _dont_know(turn: Turn, case: Case) -> None:
    field = asking.current_field(turn, case)
    if field is None:
        await asking.ask_next(turn, case)
    elif field.skippable:
        drafts.keep(case, field.key, drafts.SKIPPED, "typed")
        turn.say("utter_skipped", label=field.label)
        await asking.ask_next(turn, case)
    else:
        turn.ask(
            phrase("utter_dont_know_needed", label=field.label),
            [Choice(label="先存着，问清楚再来", value="later"), HUMAN],
        )
