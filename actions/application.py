"""Beginning an application: what it takes, told at once; consent; a draft, new or taken up again."""

from actions import asking
from actions.base import Heard, TurnAction
from actions.finding import LATER, ask_which, doubt, find, miss, understood
from actions.hearing import hear, note_for_whom
from bot.conversation.advice import Doubt
from bot.conversation.bubbles import HUMAN, Choice
from bot.conversation.state import APPLICATION_FORM, Wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, files
from cases.models import Case
from kyc import profile
from services_catalog.guide import Topic, named, tell
from services_catalog.schema import ApplicantKind, Item


class ActionApply(TurnAction):
    """A resident wants something done: find the item and tell all that it takes."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_apply"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Begin, or ask back which item is meant."""
        await apply(turn, heard)

    async def doubt(self, turn: Turn, heard: Heard) -> Doubt | None:
        """Which item is meant, where that is not sure."""
        return doubt(turn, heard)


class ActionResume(TurnAction):
    """A resident wants to go on with what they began."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_resume"

    async def act(self, turn: Turn, heard: Heard) -> None:
        """Take up the draft named, or the latest, or say that there is none."""
        item = find(turn, heard, spoken_of=False).sure
        draft = await drafts.latest_draft(turn.session, turn.resident_id, item.id if item else None)
        if draft is None or draft.item_id not in turn.catalog.items:
            turn.say("utter_no_draft")
        else:
            await take_up(turn, draft)


async def apply(turn: Turn, heard: Heard) -> None:
    """Begin with the item a message wishes for, or ask back which one is meant."""
    found = find(turn, heard)
    note_for_whom(turn, found.sure)
    if found.sure is not None:
        await propose(turn, found.sure)
    elif found.items:
        understood(turn)
        ask_which(turn, found.items, "apply")
    else:
        turn.state.wish = Wish(intent="apply")
        miss(turn)


async def propose(turn: Turn, item: Item) -> None:
    """Tell everything the item takes, and ask whether to begin; offer the draft of an earlier day if there is one."""
    understood(turn)
    hear(turn, item)
    turn.state.item_id, turn.state.wish = item.id, None
    draft = await drafts.latest_draft(turn.session, turn.resident_id, item.id)
    if draft is not None and draft.answers:
        turn.ask(
            phrase("utter_draft_found", item=named(item), count=len(draft.answers)),
            [
                Choice(label="接着上次的办", value=f"resume:{draft.id}"),
                Choice(label="重新填", value=f"restart:{draft.id}"),
                LATER,
            ],
        )
        return
    consented = await profile.has_consented(turn.session, turn.resident_id)
    question = phrase("utter_begin_ask") if consented else phrase("utter_consent_ask")
    start = Choice(label="开始办" if consented else "同意，开始办", value=f"begin:{item.id}")
    if turn.state.told == item.id:
        turn.ask(phrase("utter_begin_again", item=named(item), question=question), [start, LATER, HUMAN])
        return
    turn.state.told = item.id
    if turn.state.helps and turn.state.relation is not None and not asking.by_family(item):
        asking.tell_who_applies(turn, item, turn.state.relation)
    proxy = any(applicant.kind is not ApplicantKind.SELF for applicant in item.applicants)
    told = tell(
        turn.catalog,
        item,
        Topic.TOLD_AT_ONCE,
        office_hours=turn.office.hours,
        proxy=proxy,
    )
    turn.ask(f"{told}\n{question}", [start, LATER, HUMAN])


async def begin(turn: Turn, item: Item) -> None:
    """Open a draft, with the consent just given, and ask the first question."""
    if not await profile.has_consented(turn.session, turn.resident_id):
        profile.record_consent(turn.session, turn.resident_id)
    draft = await drafts.latest_draft(turn.session, turn.resident_id, item.id)
    if draft is None or draft.answers:
        draft = await drafts.open_draft(turn.session, turn.resident_id, item.id, turn.version)
    await _enter(turn, draft)


async def take_up(turn: Turn, draft: Case) -> None:
    """Go on with a draft where it stood."""
    turn.say("utter_draft_taken_up", item=named(turn.item_of(draft)))
    await _enter(turn, draft)


async def restart(turn: Turn, draft: Case) -> None:
    """Give a draft up and begin anew."""
    item = turn.catalog.items[draft.item_id]
    await files.erase_files_of(turn.session, turn.office.files_dir, draft.id)
    drafts.discard(turn.session, draft)
    await turn.session.flush()
    await begin(turn, item)


async def _enter(turn: Turn, draft: Case) -> None:
    """Open the form. The engine learns of it with the next turn's state."""
    turn.state.item_id, turn.state.case_id, turn.state.wish = draft.item_id, draft.id, None
    turn.state.loop = APPLICATION_FORM
    await asking.ask_next(turn, draft)
