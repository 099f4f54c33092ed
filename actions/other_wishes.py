"""What is said in the middle of a short form, such as the tracking form, that is no answer to it."""

from actions.application import ActionApply, ActionResume
from actions.base import TurnAction
from actions.erasing import ActionErase
from actions.guide import TOPICS, ActionGuide
from actions.linking import ActionLink
from actions.talk import SMALL_TALK, ActionComplain, ActionTalk, ActionUnclear
from actions.withdrawing import ActionWithdrawFace

LEAVING = frozenset({"cancel", "go_back", "deny", "dont_know", "later"})
"""Leaves the form."""
STAYING = {
    "wait": "utter_wait",
    "large_type": "utter_large_type",
    "why_asked": "utter_why_asked",
    "send_file": "utter_file_unexpected",
}
"""Said in the middle of the form, which then asks again."""
SERVED: dict[str, type[TurnAction]] = {
    "link_channels": ActionLink,
    "withdraw_face": ActionWithdrawFace,
    **dict.fromkeys(TOPICS, ActionGuide),
    **dict.fromkeys(SMALL_TALK, ActionTalk),
    "apply": ActionApply,
    "book": ActionApply,
    "resume": ActionResume,
    "complain": ActionComplain,
    "erase": ActionErase,
    "ambiguous": ActionUnclear,
}
"""What serves another wish, as it does outside the form."""
