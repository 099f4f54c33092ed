from datetime import date, timedelta
from decimal import Decimal

import cn2an
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.answers.wording import compact
from cases.hearing import answers_in, hints_in
from services_catalog.loader import Catalog
from services_catalog.schema import FieldType, FormField

TODAY = date(2026, 11, 25)
INCOME = FormField(
    key="monthly_income",
    type=FieldType.AMOUNT,
    label="家庭收入",
    question="{who}家一个月总共有多少收入？",
    example="2000",
)
BORN = FormField(
    key="birth_date", type=FieldType.DATE, label="出生日期", question="{who}是哪年哪月哪日生的？", past_only=True
)
DIED = FormField(key="death_date", type=FieldType.DATE, label="去世日期", question="是哪一天过世的？", past_only=True)


def _heard(catalog: Catalog, item_id: str, text: str) -> dict[str, str]:
    found = answers_in(catalog.items[item_id].fields, text, today=TODAY)
    return {key: answer.value for key, answer in found.items()}


@pytest.mark.parametrize(
    ("item_id", "text", "heard"),
    [
        (
            "zuidi-shenghuo-baozhang",
            "我家三口人，一个月收入两千三，想吃低保",
            {"family_size": "3", "monthly_income": "2300"},
        ),
        ("zuidi-shenghuo-baozhang", "一家四口，家里没有收入", {"family_size": "4", "monthly_income": "0"}),
        ("zuidi-shenghuo-baozhang", "我家每月收入两千多", {}),
        ("zuidi-shenghuo-baozhang", "家里五六口人，收入大概3000", {}),
        ("zuidi-shenghuo-baozhang", "我家一年收入两万", {}),
        ("zuidi-shenghuo-baozhang", "我家有人，我退休金2300", {}),
        (
            "kunnan-canji-butie",
            "我是肢体残疾二级，低保户，没领过别的",
            {"hardship_type": "低保", "gets_other_allowance": "否"},
        ),
        ("kunnan-canji-butie", "我不是低保户，别的补贴已经停发", {"gets_other_allowance": "否"}),
        ("kunnan-canji-butie", "低保户能领吗", {}),
        ("zhongdu-canji-huli", "我妈二级肢体残疾", {"disability_grade": "二级"}),
        ("zhongdu-canji-huli", "残疾证上是1级", {"disability_grade": "一级"}),
        ("zhongdu-canji-huli", "我视力二级，肢体三级", {}),
        ("canji-peixun", "我是视力残疾", {"disability_type": "视力"}),
        ("binzang-jianmian", "我爸去年三月五号走了", {"death_date": "2025-03-05"}),
        ("binzang-jianmian", "2026年11月3日，我爸走了", {"death_date": "2026-11-03"}),
        ("binzang-jianmian", "我爸是1945年3月8号生的", {}),
        ("binzang-jianmian", "我爸走了3-5天了", {}),
        ("zhiyuanzhe-zhuce", "我是一九六〇年五月六号生的", {"birth_date": "1960-05-06"}),
        ("zhiyuanzhe-zhuce", "我是一九四五年三月初八生的", {}),
        ("zhiyuanzhe-zhuce", "我1960年生的", {}),
        ("juzhu-dengji", "我来这边上班，外地户口", {"reason": "上班"}),
        ("gongzufang-butie", "房租每月1800元", {"rent": "1800"}),
        ("jisheng-jiangfu", "我是农村户口", {"household_kind": "农村户口"}),
        ("jubao-zhuanyi", "我以前交过居民养老", {"from_kind": "居民养老"}),
    ],
)
def test_what_a_sentence_tells_of_a_form_is_heard_where_it_is_exact(
    catalog: Catalog, item_id: str, text: str, heard: dict[str, str]
) -> None:
    assert _heard(catalog, item_id, text) == heard


@pytest.mark.parametrize(
    ("text", "hint"),
    [("我妈户口在拱墅，想办残疾证", "户口在拱墅"), ("外地户口", "外地户口"), ("户口在哪办", None), ("我想办", None)],
)
def test_a_district_or_a_kind_of_hukou_is_a_hint_and_no_address(catalog: Catalog, text: str, hint: str | None) -> None:
    fields = catalog.items["canji-zheng-shenling"].fields
    assert hints_in(fields, text).get("household_address") == hint
    assert "household_address" not in answers_in(fields, text, today=TODAY)


def test_ones_own_address_is_not_taken_for_that_of_somebody_else(catalog: Catalog) -> None:
    fields = catalog.items["kunnan-canji-butie"].fields
    said = "我住在湖墅南路12号3幢201室"
    assert answers_in(fields, said, today=TODAY)["home_address"].value == "湖墅南路12号3幢201室"
    assert "home_address" not in answers_in(fields, said, today=TODAY, of_other=True)


_WORDS = st.sampled_from(
    ["我妈", "三口人", "收入", "家里", "两千三", "每月", "生的", "1945年3月8号", "去年", "走了", "低保户", "二级", "肢体",
     "没领过", "户口在", "拱墅", "，", "。", "不是", "几", "多", "住在", "12号", "想办", "丢了", "吗", "？"]
)  # fmt: skip


@given(st.text(max_size=60) | st.lists(_WORDS, max_size=14).map("".join))
def test_hearing_never_fails_and_never_invents(catalog: Catalog, text: str) -> None:
    for item_id in (
        "zuidi-shenghuo-baozhang",
        "kunnan-canji-butie",
        "canji-zheng-buban",
        "zhiyuanzhe-zhuce",
        "bingcaner-jianding",
    ):
        fields = catalog.items[item_id].fields
        for key, answer in answers_in(fields, text, today=TODAY).items():
            assert answer.said
            assert answer.said in compact(text), key
        for hint in hints_in(fields, text).values():
            assert hint in compact(text)


@given(st.integers(1, 999_999))
def test_an_amount_said_in_chinese_is_heard_as_it_was_meant(amount: int) -> None:
    for said in (cn2an.an2cn(amount), str(amount)):
        heard = answers_in([INCOME], f"我们家一个月收入{said}元，想吃低保", today=TODAY)
        assert Decimal(heard["monthly_income"].value) == amount


@given(st.dates(date(1920, 1, 1), TODAY - timedelta(days=1)), st.booleans())
def test_a_day_said_in_chinese_is_heard_as_it_was_meant(day: date, spoken: bool) -> None:
    said = f"{day.year}年{day.month}月{day.day}日"
    if spoken:
        year = "".join("〇一二三四五六七八九"[int(figure)] for figure in str(day.year))
        said = f"{year}年{cn2an.an2cn(day.month)}月{cn2an.an2cn(day.day)}号"
    assert answers_in([BORN, DIED], f"我爸{said}生的，想办事", today=TODAY)["birth_date"].value == day.isoformat()
    assert answers_in([BORN, DIED], f"我爸{said}走了", today=TODAY).keys() == {"death_date"}
