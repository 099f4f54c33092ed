from collections.abc import AsyncIterator

import pytest

from records.database import Database
from services_catalog.loader import Catalog
from tests.support.hall import Hall, Resident, opened
from tests.support.scripted_engine import Means

AGED = {"gaoling-jintie": 0.97}
SCRIPT = {
    "办高龄补贴": Means("apply", items=AGED),
    "我妈要办高龄补贴": Means("apply", items=AGED),
    "办车油补": Means("apply", items={"lunyiche-ranyou": 0.97}),
    "办公租房复核": Means("apply", items={"gongzufang-fuhe": 0.97}),
    "办异地备案": Means("apply", items={"yidi-beian": 0.97}),
    "要什么材料": Means("ask_materials"),
    "高龄补贴要什么材料?": Means("ask_materials", items=AGED),
    "要多久啊?": Means("ask_time"),
    "为什么要问这个?": Means("why_asked"),
    "人工": Means("human"),
    "返回": Means("go_back"),
    "修改": Means("modify"),
    "取消": Means("cancel"),
    "等一下": Means("wait"),
    "不知道": Means("dont_know"),
    "再说一遍": Means("repeat"),
    "接着上次的办": Means("resume"),
    "对": Means("affirm"),
    "换一个": Means("deny"),
    "查办件": Means("track_case"),
    "您好": Means("greet"),
    "谢谢": Means("thanks"),
    "投诉": Means("complain"),
    "大字": Means("large_type"),
    "好的": Means("affirm"),
    "不要": Means("deny"),
    "删除我的资料": Means("erase"),
    "补贴": Means("ambiguous", 0.9, items={"gaoling-jintie": 0.3, "yanglao-fuwu-butie": 0.25}),
    "办补贴": Means("apply", items={"gaoling-jintie": 0.3, "yanglao-fuwu-butie": 0.25}),
}


@pytest.fixture
async def hall(sqlite_database: Database, catalog: Catalog) -> AsyncIterator[Hall]:
    async with opened(sqlite_database, catalog, SCRIPT) as hall:
        yield hall


@pytest.fixture
async def resident(hall: Hall) -> Resident:
    return await hall.resident()
