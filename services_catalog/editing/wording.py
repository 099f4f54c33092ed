"""How single values of an item are told in a sentence on what changed."""

from services_catalog.schema import Audience, FieldType, Material, TimeLimit

LEVELS = {1: "自己申报就行", 2: "要核对身份证", 3: "要确认是本人"}
AUDIENCES = {
    Audience.SELF: "给自己办",
    Audience.PROXY: "替别人办",
    Audience.GUARDIAN: "监护人来办",
    Audience.FAMILY: "家属来办",
    Audience.COMMUNITY: "社区来办",
    Audience.ORGANISATION: "单位来办",
}
TYPES = {
    FieldType.PERSON_NAME: "姓名",
    FieldType.ID_NUMBER: "身份证号",
    FieldType.PHONE: "电话",
    FieldType.DATE: "日期",
    FieldType.ADDRESS: "地址",
    FieldType.AMOUNT: "金额",
    FieldType.NUMBER: "数字",
    FieldType.CHOICE: "选择",
    FieldType.YES_NO: "是或否",
    FieldType.BANK_ACCOUNT: "银行账号",
    FieldType.TEXT: "文字",
    FieldType.FILE: "照片或文件",
}


def audience(whom: Audience | None) -> str:
    """Whom something concerns."""
    return "所有人" if whom is None else AUDIENCES[whom]


def days(limit: TimeLimit) -> str:
    """The promised time; that there is none is told, too."""
    if limit.promised is None:
        return "没有写明"
    return "当场办结" if limit.promised.days == 0 else f"{limit.promised.days}个工作日"


def days_changed(before: TimeLimit, after: TimeLimit) -> str:
    """How the promised time changed, in the words people use for it."""
    old, new = before.promised, after.promised
    if old is not None and new is not None and old.days and new.days:
        return f"承诺时间从{old.days}个工作日变成{new.days}个"
    return f"承诺时间从“{days(before)}”变成“{days(after)}”"


def material(entry: Material) -> str:
    """A material as it is listed."""
    told = [entry.form.value]
    if entry.waived:
        told.append(entry.waived)
    if entry.deferrable:
        told.append("可以后补")
    if entry.only_for is not None:
        told.append(f"{audience(entry.only_for)}才要")
    if entry.only_if:
        told.append(f"{entry.only_if}才要")
    if entry.note:
        told.append(entry.note)
    return f"{entry.name}（{'，'.join(told)}）"
