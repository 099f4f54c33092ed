"""What an item 事项 may say, as pydantic models: the one definition behind loader, lint and JSON Schema.

Keys are English; every value a resident may read is Chinese.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationInfo, field_validator, model_validator

from services_catalog.eligibility.rules import Eligibility

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Confidence(StrEnum):
    """How sure we are that the item and its conditions stand as told."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Level(StrEnum):
    """Where a case is accepted, or decided."""

    COMMUNITY = "社区"
    STREET = "街道"
    DISTRICT = "区"


class Mode(StrEnum):
    """A way to get the item done."""

    ONLINE = "网上办"
    COUNTER = "窗口"
    HOME_VISIT = "上门代办"
    KIOSK = "自助机"
    ZERO_TRIP = "跑零次"
    VIDEO = "视频办"


class ApplicantKind(StrEnum):
    """Who types: the person concerned, or somebody for them."""

    SELF = "self"
    GUARDIAN = "guardian"
    FAMILY = "family"
    COMMUNITY = "community"
    ORGANISATION = "organisation"


class Audience(StrEnum):
    """Whom a material or a field concerns, where it is not everybody."""

    SELF = "self"
    PROXY = "proxy"
    GUARDIAN = "guardian"
    FAMILY = "family"
    COMMUNITY = "community"
    ORGANISATION = "organisation"

    def includes(self, kind: ApplicantKind) -> bool:
        """Whether an applicant of `kind` is meant; a proxy is anyone but the person concerned."""
        return kind is not ApplicantKind.SELF if self is Audience.PROXY else self.value == kind.value


class MaterialForm(StrEnum):
    """In what form a material 材料 is handed in."""

    ORIGINAL = "原件"
    COPY = "复印件"
    ELECTRONIC = "电子件"
    FILLED_IN = "填写"
    ON_SITE = "现场办理"
    VERIFIED = "部门核验"


class FieldType(StrEnum):
    """How the answer to a form field is read and checked."""

    PERSON_NAME = "person_name"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    DATE = "date"
    ADDRESS = "address"
    AMOUNT = "amount"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"
    BANK_ACCOUNT = "bank_account"
    TEXT = "text"
    FILE = "file"


class Levels(_Entry):
    """Accepting and deciding level of an item."""

    accept: Level = Field(description="哪一级收件")
    decide: Level = Field(description="哪一级决定")


class Duration(_Entry):
    """A time limit in working days; 0 means settled on the spot (即办)."""

    days: Annotated[int, Field(ge=0, le=365)] = Field(description="工作日天数；0 是当场办结")


class TimeLimit(_Entry):
    """Statutory and promised time limits, counted from acceptance."""

    statutory: Duration | None = Field(default=None, description="法定时限；不知道就不写")
    promised: Duration | None = Field(default=None, description="承诺时限；不知道就不写，机器人会说不清楚")
    note: Text | None = Field(default=None, description="补充的一句话，例如：评残的时间不算在内。")


class Fee(_Entry):
    """What it costs. `note` says what is not known or who sets it."""

    free: bool = Field(description="不收费写 true，收费写 false")
    note: Text | None = Field(default=None, description="说明哪里还不清楚，或者由谁定")


class Applicant(_Entry):
    """One kind of person who may apply, and what the office calls them."""

    kind: ApplicantKind = Field(
        description="谁来办：self 本人、guardian 监护人、family 家属、community 社区、organisation 单位"
    )
    label: Text = Field(description="给居民看的叫法，例如：子女代办")


class Material(_Entry):
    """A document the item asks for."""

    name: Text = Field(description="材料的名称")
    form: MaterialForm = Field(description="以什么形式交")
    waived: Text | None = Field(default=None, description="免交的理由，例如：电子证照可免交")
    deferrable: bool = Field(default=False, description="可容缺：先受理，后补交")
    only_for: Audience | None = Field(default=None, description="只有这类申请人才需要")
    only_if: Text | None = Field(default=None, description="什么情形下才需要，给居民看的话")
    note: Text | None = Field(default=None, description="补充的话，写在括号里给居民看")


class AskIf(_Entry):
    """Ask a field only if an earlier choice or yes/no field has one of these answers."""

    field: Key = Field(description="前面哪个问题的代号")
    is_: Annotated[list[Text], Field(alias="is", min_length=1, description="答了其中一个才问")]


class FormField(_Entry):
    """One question of the item's form.

    `{who}` in `question` becomes 您 or the person applied for (您母亲).
    `prefill` is the profile key a confirmed answer is remembered under and offered from.
    """

    key: Key = Field(description="英文代号，小写加下划线，一个事项里不能重复")
    type: FieldType = Field(description="类型，决定回答怎么读、怎么查")
    label: Text = Field(description="短名字，用在摘要、申请表和“要改哪一项”里")
    question: Text = Field(description="问居民的话；{who} 会换成“您”或“您母亲”")
    help: Text | None = Field(default=None, description="接着说的一句解释")
    example: Text | None = Field(default=None, description="例子；text、number、amount 必须有")
    skippable: bool = Field(default=False, description="可以跳过")
    sensitive: bool = Field(default=False, description="是敏感资料")
    prefill: Key | None = Field(
        default=None, description="记在居民资料的哪一项，下次办事先拿出来请居民确认；不写就不记"
    )
    choices: list[Text] | None = Field(default=None, description="选项，2 到 12 个；只用于 choice，choice 必须有")
    unit: Text | None = Field(default=None, description="单位，用在数字后面")
    past_only: bool = Field(default=False, description="日期不能晚于今天")
    ask_if: AskIf | None = Field(default=None, description="前面某个问题答了其中一个才问")
    only_for: Audience | None = Field(default=None, description="只问这类申请人")

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        if (self.type is FieldType.CHOICE) != (self.choices is not None):
            raise ValueError("choices 只用于 choice 类型，且 choice 类型必须有 choices")
        if self.choices is not None and not 2 <= len(set(self.choices)) == len(self.choices) <= 12:
            raise ValueError("choices 要 2 到 12 个，不能重复")
        if self.type in (FieldType.TEXT, FieldType.NUMBER, FieldType.AMOUNT) and self.example is None:
            raise ValueError("text、number、amount 类型必须有 example，用来告诉居民怎么答")
        if self.past_only and self.type is not FieldType.DATE:
            raise ValueError("past_only 只用于 date 类型")
        return self


class Confusable(_Entry):
    """Another item residents mistake this one for, and how to tell residents the difference."""

    item: Slug = Field(description="另一个事项的代号")
    tell_apart: Text = Field(description="一句话说清本事项是什么情形，用在请居民选择时")


class Identity(_Entry):
    """Which identity check 核验 the item needs; levels as in docs/architecture.md.

    `yearly` tells that it is done again each year: what was told last time is filled in, to be looked at once.
    """

    level: Annotated[int, Field(ge=1, le=3)] = Field(
        description="核验等级：1 自己申报，2 核对身份证，3 本人（人脸或同等办法）"
    )
    face: bool = Field(default=False, description="能不能用人脸")
    yearly: bool = Field(default=False, description="每年都要再办，上次填过的直接带出")


class Question(_Entry):
    """A frequent question and its answer."""

    question: Text = Field(description="居民常问的一句话")
    answer: Text = Field(description="回答")


class Item(_Entry):
    """One service item 事项, with all that residents are told and asked."""

    id: Slug = Field(description="事项代号，拼音小写加连字符，与文件名相同")
    name: Text = Field(description="正式名称")
    call_it: Text = Field(description="居民口中的叫法，机器人先用它，再带一次正式名称")
    spoken_names: Annotated[list[Text], Field(min_length=1)] = Field(
        description="别的叫法，错别字也算；居民说出其中一个，就认得是它"
    )
    summary: Text = Field(description="一句大白话：这是给谁的，办了有什么用")
    department: Slug = Field(description="部门组代号，与所在文件夹相同")
    agency: Text = Field(description="主管单位")
    window: Slug = Field(description="综合窗口的代号")
    type: Text = Field(description="事项类型，例如：行政确认、行政给付")
    levels: Levels = Field(description="哪一级收件、哪一级决定")
    modes: Annotated[list[Mode], Field(min_length=1)] = Field(description="办理方式")
    zero_trip: bool = Field(description="能不能跑零次，要与 modes 里的 跑零次 一致")
    kiosk: bool = Field(description="自助机能不能办，要与 modes 里的 自助机 一致")
    time_limit: TimeLimit = Field(description="时限，从受理那天算起；不知道的写 {}")
    fee: Fee = Field(description="收不收费")
    identity: Identity = Field(description="需要哪一级核验")
    replies_approved: bool = Field(default=False, description="机器人讲这件事的话，先给办事员看过再发")
    applicants: Annotated[list[Applicant], Field(min_length=1)] = Field(description="谁可以来办，至少一种")
    conditions: Annotated[list[Text], Field(min_length=1)] = Field(description="条件，一行一条，给居民看")
    eligibility: Eligibility | None = Field(default=None, description="条件写成的规则，用来回答“我能领什么”")
    materials: list[Material] = Field(description="要交的材料；不用交材料写 []")
    fields: Annotated[list[FormField], Field(min_length=1)] = Field(description="申请表上的问题，按顺序，一次问一个")
    four_eyes: bool = Field(default=False, description="一人提意见、另一人决定，涉及发钱的事项用")
    next_step: Text = Field(description="提交以后会发生什么，给居民看")
    questions: list[Question] = Field(default=[], description="常见问答")
    confusable_with: list[Confusable] = Field(default=[], description="容易和哪个事项弄混")
    unknown: list[Text] = Field(default=[], description="目录里还没有、须由业务方确认的事实")
    legal_basis: list[Text] = Field(description="文件依据；没有就写 []，机器人会说不清楚")
    confidence: Confidence = Field(description="把握：high、medium、low；给维护的人看，不告诉居民")
    source: Text = Field(description="出处，会告诉居民")
    last_reviewed: date = Field(description="哪天核对的，会告诉居民年和月，例如 2026-11-22")
    opening: Text = Field(description="一句不含正式名称的开场白，给模拟居民用")

    @property
    def settled_by_street(self) -> bool:
        """Whether the street (or the community) decides without the district."""
        return self.levels.decide is not Level.DISTRICT

    @field_validator("eligibility")
    @classmethod
    def _stands_for_conditions(cls, eligibility: Eligibility | None, info: ValidationInfo) -> Eligibility | None:
        count = len(info.data.get("conditions", []))
        if eligibility is not None and "conditions" in info.data and max(eligibility.reflected, default=0) > count:
            raise ValueError(f"says 是 {max(eligibility.reflected)}，conditions 只有 {count} 条")
        return eligibility

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        keys = [field.key for field in self.fields]
        for key in keys:
            if keys.count(key) > 1:
                raise ValueError(f"fields 里 {key} 出现了两次")
        for position, field in enumerate(self.fields):
            if field.ask_if is not None and field.ask_if.field not in keys[:position]:
                raise ValueError(f"{field.key} 的 ask_if 只能看它前面的字段，没有找到 {field.ask_if.field}")
        if self.zero_trip != (Mode.ZERO_TRIP in self.modes):
            raise ValueError("zero_trip 与 modes 里的 跑零次 不一致")
        if self.kiosk != (Mode.KIOSK in self.modes):
            raise ValueError("kiosk 与 modes 里的 自助机 不一致")
        if self.name in self.opening:
            raise ValueError("opening 不能含有正式名称")
        return self


class Department(_Entry):
    """A group of agencies and the window that takes their items."""

    id: Slug = Field(description="部门组代号，与 items 里的文件夹同名")
    name: Text = Field(description="部门组名称")
    agencies: list[Text] = Field(description="主管单位")
    window: Slug = Field(description="归哪个综合窗口")
    scope: Text = Field(description="管哪些事")
    restricted: bool = Field(default=False, description="只有写明了这个部门组的办事员能接，不能由综合窗口随便接")
    retention: Text | None = Field(default=None, description="敏感资料留多久、依据什么；给维护的人看")


class Window(_Entry):
    """An integrated counter of the street's hall."""

    id: Slug = Field(description="窗口代号")
    name: Text = Field(description="窗口名称")
    title: Text = Field(description="窗口办哪些事")
    note: Text | None = Field(default=None, description="补充说明")
