"""A life in danger is answered before anything else, whatever the conversation was about."""

import re

from bot.conversation.wording import phrase

_LIFE = re.compile(
    r"想死|不想活|活不下去|活着没意思|没意思活|自杀|轻生|寻短见|安眠药|喝农药|喝了农药|跳楼|跳河|割腕|上吊|结束生命|"
    r"不如死了|死了算了|遗书"
)
_HELP = re.compile(
    r"救命|救护车|报警|走失|走丢|没呼吸|打人|家暴|打我|砍人|着火|煤气漏|昏过去|晕倒|没气了|"
    r"摔倒.*(起不来|动不了)|喘不上气"
)


def urgent(text: str) -> str | None:
    """What to say at once to someone in danger, or None. Words only: no model decides over a life."""
    if _LIFE.search(text):
        return phrase("utter_distress")
    return phrase("utter_emergency") if _HELP.search(text) else None
