"""What an item 事项 may say, as pydantic models: the one definition behind loader, lint and JSON Schema.

Keys are English; every value a resident may read is Chinese.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

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

    accept: Level
    decide: Level


class Duration(_Entry):
    """A time limit in working days; 0 means settled on the spot (即办)."""

    days: Annotated[int, Field(ge=0, le=365)]


class TimeLimit(_Entry):
    """Statutory and promised time limits, counted from acceptance."""

    statutory: Duration | None = None
    promised: Duration | None = None
    note: Text | None = None


class Fee(_Entry):
    """What it costs. `note` says what is not known or who sets it."""

    free: bool
    note: Text | None = None


class Applicant(_Entry):
    """One kind of person who may apply, and what the office calls them."""

    kind: ApplicantKind
    label: Text


class Material(_Entry):
    """A document the item asks for."""

    name: Text
    form: MaterialForm
    waived: Text | None = Field(default=None, description="免交的理由，例如：电子证照可免交")
    deferrable: bool = Field(default=False, description="可容缺：先受理，后补交")
    only_for: Audience | None = Field(default=None, description="只有这类申请人才需要")
    only_if: Text | None = Field(default=None, description="什么情形下才需要，给居民看的话")
    note: Text | None = None


class AskIf(_Entry):
    """Ask a field only if an earlier choice or yes/no field has one of these answers."""

    field: Key
    is_: Annotated[list[Text], Field(alias="is", min_length=1)]


class FormField(_Entry):
    """One question of the item's form.

    `{who}` in `question` becomes 您 or the person applied for (您母亲).
    `prefill` is the profile key a confirmed answer is remembered under and offered from.
    """

    key: Key
    type: FieldType
    label: Text
    question: Text
    help: Text | None = None
    example: Text | None = None
    skippable: bool = False
    sensitive: bool = False
    prefill: Key | None = None
    choices: list[Text] | None = None
    unit: Text | None = None
    past_only: bool = Field(default=False, description="日期不能晚于今天")
    ask_if: AskIf | None = None
    only_for: Audience | None = None

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

    item: Slug
    tell_apart: Text = Field(description="一句话说清本事项是什么情形，用在请居民选择时")


class Identity(_Entry):
    """Which identity check 核验 the item needs; levels as in docs/architecture.md.

    `yearly` tells that it is done again each year: what was told last time is filled in, to be looked at once.
    """

    level: Annotated[int, Field(ge=1, le=3)]
    face: bool = False
    yearly: bool = False


class Question(_Entry):
    """A frequent question and its answer."""

    question: Text
    answer: Text


class Item(_Entry):
    """One service item 事项, with all that residents are told and asked."""

    id: Slug
    name: Text
    call_it: Text = Field(description="居民口中的叫法，机器人先用它，再带一次正式名称")
    spoken_names: Annotated[list[Text], Field(min_length=1)]
    summary: Text = Field(description="一句大白话：这是给谁的，办了有什么用")
    department: Slug
    agency: Text
    window: Slug
    type: Text
    levels: Levels
    modes: Annotated[list[Mode], Field(min_length=1)]
    zero_trip: bool
    kiosk: bool
    time_limit: TimeLimit
    fee: Fee
    identity: Identity
    replies_approved: bool = Field(default=False, description="机器人讲这件事的话，先给办事员看过再发")
    applicants: Annotated[list[Applicant], Field(min_length=1)]
    conditions: Annotated[list[Text], Field(min_length=1)]
    materials: list[Material]
    fields: Annotated[list[FormField], Field(min_length=1)]
    four_eyes: bool = Field(default=False, description="一人提意见、另一人决定，涉及发钱的事项用")
    next_step: Text = Field(description="提交以后会发生什么，给居民看")
    questions: list[Question] = []
    confusable_with: list[Confusable] = []
    unknown: list[Text] = Field(default=[], description="目录里还没有、须由业务方确认的事实")
    legal_basis: list[Text]
    confidence: Confidence
    source: Text
    last_reviewed: date
    opening: Text = Field(description="一句不含正式名称的开场白，给模拟居民用")

    @property
    def settled_by_street(self) -> bool:
        """Whether the street (or the community) decides without the district."""
        return self.levels.decide is not Level.DISTRICT

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

    id: Slug
    name: Text
    agencies: list[Text]
    window: Slug
    scope: Text
    restricted: bool = Field(default=False, description="只有写明了这个部门组的办事员能接，不能由综合窗口随便接")


class Window(_Entry):
    """An integrated counter of the street's hall."""

    id: Slug
    name: Text
    title: Text
    note: Text | None = None
