"""Items whose answers a clerk approves before residents see them."""

from bot.conversation.incoming import Incoming
from bot.conversation.models import HeldReply
from bot.conversation.turn import Turn


async def hold(turn: Turn, message: Incoming) -> None:
    """Keep what the bot would say of such an item until a clerk has looked at it, and say so.

    The questions of a form are the catalogue's own and go out at once.
    """
    item = turn.catalog.items.get(turn.state.item_id or "")
    if item is None or not item.replies_approved or turn.state.loop is not None:
        return
    if not any(choice.value == f"apply:{item.id}" for bubble in turn.bubbles for choice in bubble.choices):
        return  # nothing of the item was told
    held = [bubble.model_dump(mode="json", exclude_defaults=True) for bubble in turn.bubbles]
    turn.session.add(HeldReply(conversation_id=turn.conversation.id, item_id=item.id, asked=message.text, bubbles=held))
    turn.bubbles.clear()
    turn.say("utter_reply_held")
