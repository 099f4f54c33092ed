"""Days, lists and proofs as people read them."""

from datetime import date, datetime

from records.base import CHINA

_PROOFS = {
    "declared": "居民自己申报",
    "card": "核对过身份证照片",
    "face": "刷脸核对过",
    "clerk": "工作人员在聊天里核对过",
    "counter": "窗口核对过",
    "kiosk": "自助机上核对过",
    "home": "上门核对过",
    "rejected": "没有核对上",
}


def identity_told(identity: str, *, to_check: bool) -> str:
    """How far an identity is proved; whoever has yet to look, it says so, too."""
    if to_check and identity != "rejected":
        return "居民自己申报，待核验"
    return _PROOFS[identity]


def day_told(day: date) -> str:
    """2026年12月18日."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_china(moment: datetime) -> str:
    """The day of a moment in China."""
    return day_told(day_in_china(moment))


def day_in_china(moment: datetime) -> date:
    """The calendar day of a moment in China."""
    return moment.astimezone(CHINA).date()


def listed(things: list[str]) -> str:
    """One a line, numbered."""
    return "\n".join(f"{number}. {thing}" for number, thing in enumerate(things, 1))
