"""What the resident's thread tells of a call: the link to it, and what was confirmed in it."""

from bot.conversation.bubbles import Bubble, Link
from bot.conversation.turn import Office
from bot.conversation.wording import phrase
from desk.video.calls import LINK_VALID
from desk.video.confirmations import Answer, Kind
from desk.video.models import VideoConfirmation


def link_bubble(office: Office, token: str, clerk_name: str) -> Bubble:
    """The invitation to a call, with its link."""
    minutes = round(LINK_VALID.total_seconds() / 60)
    link = Link(label=phrase("utter_video_link_label"), href=f"{office.public_url}/video/{token}")
    return Bubble(text=phrase("utter_video_link", clerk=clerk_name, minutes=minutes), links=[link])


def answer_bubble(question: VideoConfirmation, clerk_name: str) -> Bubble:
    """What was asked on the screen and answered, to be said by the system."""
    said = Answer(question.answer or Answer.WITHDRAWN)
    if question.kind == Kind.STILL:
        sent = said is Answer.CONFIRMED
        return Bubble(text=phrase("utter_video_still_sent" if sent else "utter_video_still_refused", clerk=clerk_name))
    return Bubble(text=phrase("utter_video_answered", clerk=clerk_name, asked=question.asked, answer=said.told))
