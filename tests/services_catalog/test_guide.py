import re

import pytest

from services_catalog.guide import Topic, named, tell
from services_catalog.loader import Catalog
from services_catalog.schema import Item, TimeLimit

HOURS = "工作日 9:00-12:00"


def _told(catalog: Catalog, item: Item, topic: Topic) -> str:
    return tell(catalog, item, topic, office_hours=HOURS)


@pytest.mark.parametrize("topic", list(Topic))
def test_every_topic_is_told_cleanly_of_every_item(catalog: Catalog, topic: Topic) -> None:
    for item in catalog.items.values():
        for proxy in (True, False):
            text = tell(catalog, item, topic, office_hours=HOURS, proxy=proxy)
            where = f"{item.id} {topic}:\n{text}"
            assert item.name in text or item.call_it in text, where
            assert "\n\n" not in text, where
            assert not re.search(r"[ \t]+(\n|$)|None|\{|\}|。。|，，|；；|。，|，。|（）|True|False", text), where


@pytest.mark.parametrize("topic", [topic for topic in Topic if topic is not Topic.IDENTITY])
def test_every_topic_says_where_it_is_from_and_when_it_was_checked(catalog: Catalog, topic: Topic) -> None:
    for item in catalog.items.values():
        text = _told(catalog, item, topic)
        reviewed = f"{item.last_reviewed.year}年{item.last_reviewed.month}月"
        if "一般知识" in item.source:
            assert f"（{reviewed}整理，街道还没有核对过，" in text
        else:
            assert f"（{reviewed}核对，来源：" in text
        assert text.endswith("以窗口的办事指南为准。）")


@pytest.mark.parametrize("topic", list(Topic))
def test_residents_do_not_see_what_maintainers_tell_each_other(catalog: Catalog, topic: Topic) -> None:
    for item in catalog.items.values():
        text = _told(catalog, item, topic)
        assert not re.search(r"://|业务方|一般知识|口径|仅标题|二手|种子|(\w{4})，\1", text), text


def test_an_item_is_called_what_people_call_it_with_its_official_name_once(catalog: Catalog) -> None:
    for item in catalog.items.values():
        assert named(item) in (item.name, f"{item.call_it}（{item.name}）")


def test_a_promise_that_the_catalogue_does_not_have_is_said_to_be_unknown(catalog: Catalog) -> None:
    for item in catalog.items.values():
        without = item.model_copy(update={"time_limit": TimeLimit()})
        for topic in (Topic.TIME, Topic.HOW, Topic.TOLD_AT_ONCE):
            assert "目录里没有承诺的天数，我不清楚，要问窗口" in _told(catalog, without, topic)


def test_a_promise_is_told_in_working_days_or_as_on_the_spot(catalog: Catalog) -> None:
    for item in catalog.items.values():
        promised = item.time_limit.promised
        if promised is not None:
            text = _told(catalog, item, Topic.TIME)
            assert ("当场就能办好" if promised.days == 0 else f"{promised.days}个工作日内办好") in text


def test_missing_legal_basis_and_amounts_are_said_to_be_unknown(catalog: Catalog) -> None:
    for item in catalog.items.values():
        legal = _told(catalog, item, Topic.LEGAL)
        assert ("我不清楚" in legal) == (not item.legal_basis)
        assert all(basis in legal for basis in item.legal_basis)
        if item.type == "行政给付":
            assert "我不乱说" in _told(catalog, item, Topic.FEE)


def test_facts_to_be_confirmed_are_told_with_the_conditions(catalog: Catalog) -> None:
    for item in catalog.items.values():
        text = _told(catalog, item, Topic.CONDITIONS)
        assert all(condition in text for condition in item.conditions)
        assert all(unknown in text for unknown in item.unknown)


def test_all_materials_are_told_at_once_and_a_proxys_only_to_a_proxy(catalog: Catalog) -> None:
    for item in catalog.items.values():
        text = _told(catalog, item, Topic.MATERIALS)
        alone = tell(catalog, item, Topic.TOLD_AT_ONCE, office_hours=HOURS, proxy=False)
        for material in item.materials:
            assert f". {material.name}（" in text
            if material.only_for is None:
                assert f". {material.name}（" in alone
        assert "替别人办才要" not in alone


def test_where_an_item_can_be_done_at_a_window_the_hours_are_told(catalog: Catalog) -> None:
    for item in catalog.items.values():
        if "窗口" in item.modes:
            assert HOURS in _told(catalog, item, Topic.PLACE)


def test_an_item_that_the_kiosk_does_not_do_offers_another_way(catalog: Catalog) -> None:
    for item in catalog.items.values():
        text = _told(catalog, item, Topic.KIOSK)
        assert ("24小时自助机上办" in text) == item.kiosk
        if not item.kiosk:
            assert "窗口" in text
