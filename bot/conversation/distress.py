"""A life in danger is answered before anything else, whatever the conversation was about."""

import re

from bot.conversation.bubbles import Bubble, Choice
from bot.conversation.wording import phrase

_LIFE = re.compile(
    r"想死|不想活|活不下去|活着没意思|没意思活|自杀|轻生|寻短见|安眠药|喝农药|喝了农药|跳楼|跳河|割腕|上吊|结束生命|"
    r"不如死了|死了算了"
)
_HELP = re.compile(r"救命|报警|打人|家暴|打我|砍人|着火|煤气漏|昏过去|晕倒|没气了|摔倒.*(起不来|动不了)|喘不上气")


def urgent(text: str) -> Bubble | None:
    """What to say at once to someone in danger, or None. Words only: no model decides over a life."""
    if _LIFE.search(text):
        return Bubble(text=phrase("utter_distress"), choices=[Choice(label="找人工", value="human")])
    if _HELP.search(text):
        return Bubble(text=phrase("utter_emergency"), choices=[Choice(label="找人工", value="human")])
    return None
