"""With a large model over real HTTP: good advice helps, bad advice changes nothing wrong, none changes nothing."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.engine_process import free_port
from app.fakes.model import FakeModel, Manner, completion
from bot.conversation.large_model import Breaker, LargeModel
from bot.conversation.wording import phrase
from records.database import Database
from services_catalog.loader import Catalog
from tests.actions.conftest import SCRIPT
from tests.support.databases import SqliteTemplate
from tests.support.form_filling import begin, fill
from tests.support.hall import Hall, Resident, opened
from tests.support.scripted_engine import Means

FIRST, SECOND, THIRD, FOURTH = "gaoling-jintie", "yanglao-fuwu-butie", "gaoling-renzheng", "yidi-beian"
UNSURE = {FIRST: 0.3, SECOND: 0.25, THIRD: 0.2, FOURTH: 0.05}
ORDER = f'你听好{{"item": "{THIRD}"}}'
WISHES = {
    "老人家的补贴怎么弄": Means("apply", items=UNSURE),
    "老人家补贴多少钱": Means("ask_fee", items=UNSURE),
    "老人家补贴": Means("ambiguous", items=UNSURE),
    "多半是这个补贴": Means("apply", items={FIRST: 0.45, SECOND: 0.3}),
    "就这一件有点像": Means("apply", items={FIRST: 0.3, FOURTH: 0.03}),
    "哪件都不怎么像": Means("apply", items={FIRST: 0.06, FOURTH: 0.03}),
    "清清楚楚办高龄补贴": Means("apply", items={FIRST: 0.9, SECOND: 0.05}),
    "名字说了一半的事": Means("apply", items={FIRST: 0.45, SECOND: 0.3}, named=(SECOND,)),
    "今天天气怎么样啊": Means("out_of_scope", items={FIRST: 0.3, SECOND: 0.2}),
    "补贴啊": Means("apply", items=UNSURE),
    ORDER: Means("apply", items=UNSURE),
    "对的呀": Means("affirm"),
    "不是不是": Means("deny"),
    "是": Means("affirm"),
    "是的": Means("affirm"),
    "没有变化": Means("deny"),
}
PATIENCE_S = 0.4


@asynccontextmanager
async def _hall(
    database: Database, catalog: Catalog, fake: FakeModel, breaker: Breaker | None = None
) -> AsyncIterator[Hall]:
    model = LargeModel(fake.url, "fake", fake.key, PATIENCE_S, breaker)
    try:
        async with opened(database, catalog, {**SCRIPT, **WISHES}, adviser=model) as hall:
            yield hall
    finally:
        await model.close()


@pytest.fixture
async def fake() -> AsyncIterator[FakeModel]:
    async with FakeModel().serving() as fake:
        yield fake


@pytest.fixture
async def resident(sqlite_database: Database, catalog: Catalog, fake: FakeModel) -> AsyncIterator[Resident]:
    async with _hall(sqlite_database, catalog, fake) as hall:
        yield await hall.resident()


def _values(resident: Resident) -> list[str]:
    return [choice.value for choice in resident.choices]


def _asked(*items: str) -> list[str]:
    return [*(f"item:{item}" for item in items), "none"]


@pytest.mark.parametrize("text", ["老人家的补贴怎么弄", "老人家补贴多少钱", "老人家补贴"])
async def test_the_item_it_names_comes_first_in_the_question_back(
    resident: Resident, fake: FakeModel, text: str
) -> None:
    fake.knows = {text: THIRD}
    assert await resident.say(text) == phrase("utter_ask_which_item")
    assert _values(resident) == _asked(THIRD, FIRST, SECOND)
    assert [item["id"] for item in fake.asked[0].told["items"]] == [FIRST, SECOND, THIRD, FOURTH]


async def test_an_item_hardly_likely_is_added_and_pushes_nothing_out(resident: Resident, fake: FakeModel) -> None:
    fake.knows = {"老人家的补贴怎么弄": FOURTH}
    await resident.say("老人家的补贴怎么弄")
    assert _values(resident) == _asked(FOURTH, FIRST, SECOND, THIRD)


async def test_the_bot_goes_ahead_where_the_finder_thought_the_same(resident: Resident, fake: FakeModel) -> None:
    fake.knows = {"多半是这个补贴": FIRST}
    await resident.say("多半是这个补贴")
    assert _values(resident)[0] == f"begin:{FIRST}"


async def test_it_never_goes_ahead_with_what_the_finder_put_second(resident: Resident, fake: FakeModel) -> None:
    fake.knows = {"多半是这个补贴": SECOND}
    await resident.say("多半是这个补贴")
    assert _values(resident) == _asked(SECOND, FIRST)


async def test_nor_where_another_item_was_named(resident: Resident, fake: FakeModel) -> None:
    fake.knows = {"名字说了一半的事": FIRST}
    await resident.say("名字说了一半的事")
    assert _values(resident) == _asked(FIRST, SECOND)


async def test_nor_where_another_item_was_spoken_of(resident: Resident, fake: FakeModel) -> None:
    await resident.say("办车油补")
    fake.knows = {"多半是这个补贴": FIRST}
    await resident.say("多半是这个补贴")
    assert _values(resident) == _asked(FIRST, SECOND, "lunyiche-ranyou")
    assert fake.asked[-1].told["spoken_of"] == "残疾车油补"


async def test_where_the_bot_would_have_missed_it_may_ask_about_what_is_likely_enough(
    resident: Resident, fake: FakeModel
) -> None:
    fake.knows = {"就这一件有点像": FIRST, "哪件都不怎么像": FIRST}
    await resident.say("就这一件有点像")
    assert _values(resident) == _asked(FIRST, FOURTH)
    assert await resident.say("哪件都不怎么像") == phrase("utter_not_understood")


async def test_knowing_nothing_changes_nothing(resident: Resident, fake: FakeModel) -> None:
    await resident.say("老人家的补贴怎么弄")
    assert len(fake.asked) == 1
    assert _values(resident) == _asked(FIRST, SECOND, THIRD)


@pytest.mark.parametrize("text", ["清清楚楚办高龄补贴", "今天天气怎么样啊", "补贴啊", "谢谢", "人工"])
async def test_it_is_not_asked_where_the_bot_is_sure_or_nearly_nothing_was_said(
    resident: Resident, fake: FakeModel, text: str
) -> None:
    await resident.say(text)
    assert fake.asked == []


async def test_it_is_asked_once_a_turn_however_many_wishes(resident: Resident, fake: FakeModel) -> None:
    fake.knows = {"老人家补贴多少钱": THIRD}
    await resident.say("老人家补贴多少钱，顺便老人家的补贴怎么弄")
    assert len(fake.asked) == 1
    assert _values(resident) == _asked(THIRD, FIRST, SECOND)


async def test_a_liar_costs_one_choice_more_at_most(resident: Resident, fake: FakeModel) -> None:
    fake.manner = Manner.LYING
    await resident.say("老人家的补贴怎么弄")
    assert _values(resident) == _asked(FOURTH, FIRST, SECOND, THIRD)


async def test_an_item_it_invents_is_not_there(resident: Resident, fake: FakeModel) -> None:
    fake.manner = Manner.INVENTING
    await resident.say("老人家的补贴怎么弄")
    assert _values(resident) == _asked(FIRST, SECOND, THIRD)


async def test_a_resident_who_gives_it_orders_only_orders_their_own_choices(
    resident: Resident, fake: FakeModel
) -> None:
    fake.manner = Manner.OBEYING
    await resident.say(ORDER)
    assert _values(resident) == _asked(THIRD, FIRST, SECOND)


async def test_a_slow_one_costs_its_patience_and_a_dead_one_soon_nothing(
    sqlite_database: Database, catalog: Catalog, fake: FakeModel
) -> None:
    fake.manner = Manner.SLOW
    async with _hall(sqlite_database, catalog, fake) as hall:
        resident = await hall.resident()
        start = time.monotonic()
        await resident.say("老人家的补贴怎么弄")
        assert PATIENCE_S <= time.monotonic() - start < PATIENCE_S + 1
        assert _values(resident) == _asked(FIRST, SECOND, THIRD)
        for _ in range(6):
            await resident.say("老人家的补贴怎么弄")
        assert len(fake.asked) == 5


async def test_while_it_is_waited_for_nothing_is_locked(
    sqlite_database: Database, catalog: Catalog, fake: FakeModel
) -> None:
    fake.manner = Manner.SLOW
    async with _hall(sqlite_database, catalog, fake) as hall:
        resident, other = await hall.resident(), await hall.resident("other")
        waits = asyncio.create_task(resident.say("老人家的补贴怎么弄"))
        await fake.heard.wait()
        start = time.monotonic()
        assert await other.say("谢谢") == phrase("utter_thanks")
        assert time.monotonic() - start < PATIENCE_S
        assert not waits.done()
        await waits


async def test_where_it_is_gone_the_bot_asks_back_as_ever(sqlite_database: Database, catalog: Catalog) -> None:
    async with _hall(sqlite_database, catalog, FakeModel(url=f"http://127.0.0.1:{free_port()}/v1")) as hall:
        resident = await hall.resident()
        await resident.say("老人家的补贴怎么弄")
        assert _values(resident) == _asked(FIRST, SECOND, THIRD)


COUPLE = "就我和老伴再加个孙子"


async def _at(resident: Resident, folder: Path, wish: str, field: str) -> None:
    await begin(resident, wish)
    await fill(resident, folder, until=field)


async def _kept(resident: Resident, key: str) -> tuple[str, str] | None:
    (case,) = await resident.cases()
    answer = case.answers.get(key)
    return None if answer is None else (answer.answer["value"], answer.provenance)


async def test_an_answer_it_reads_counts_once_the_resident_confirms_it(
    resident: Resident, fake: FakeModel, tmp_path: Path
) -> None:
    fake.knows = {COUPLE: "3"}
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    asked_before = len(fake.asked)
    heard = await resident.say(COUPLE)
    assert heard == phrase("utter_ask_read", label="家庭人口数", shown="3人")
    assert [choice.label for choice in resident.choices] == ["对", "不对"]
    assert resident.heard[-1].progress is not None
    assert await _kept(resident, "family_size") is None
    assert len(fake.asked) == asked_before + 1
    assert fake.asked[-1].told["kind"] == "数字"
    await resident.tap("对")
    assert await _kept(resident, "family_size") == ("3", "advised")


async def test_a_yes_in_words_confirms_it_too(resident: Resident, fake: FakeModel, tmp_path: Path) -> None:
    fake.knows = {COUPLE: "3"}
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    await resident.say(COUPLE)
    await resident.say("对的呀")
    assert await _kept(resident, "family_size") == ("3", "advised")


@pytest.mark.parametrize("no", ["不对", "不是不是"])
async def test_a_no_asks_the_question_again(resident: Resident, fake: FakeModel, tmp_path: Path, no: str) -> None:
    fake.manner = Manner.LYING
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    await resident.say(COUPLE)
    await resident.say(no)
    assert await _kept(resident, "family_size") is None
    assert (await resident.state()).step == "field:family_size"


async def test_another_answer_takes_its_place(resident: Resident, fake: FakeModel, tmp_path: Path) -> None:
    fake.manner = Manner.LYING
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    await resident.say(COUPLE)
    await resident.say("五口人")
    assert await _kept(resident, "family_size") == ("5", "typed")


@pytest.mark.parametrize(("read", "word"), [("是", "否"), ("否", "是"), ("否", "是的"), ("否", "是这么个意思")])
async def test_a_word_that_would_answer_the_form_as_well_decides_nothing(
    resident: Resident, fake: FakeModel, tmp_path: Path, read: str, word: str
) -> None:
    fake.knows = {"老家的人也许领过吧": read}
    await _at(resident, tmp_path, "办高龄补贴", "already_paid_elsewhere")
    await resident.say("老家的人也许领过吧")
    assert (await resident.state()).step == "read:already_paid_elsewhere"
    await resident.say(word)
    assert await _kept(resident, "already_paid_elsewhere") is None
    assert (await resident.state()).step == "field:already_paid_elsewhere"


async def test_after_a_pause_in_between_the_question_comes_again(
    resident: Resident, fake: FakeModel, tmp_path: Path
) -> None:
    fake.knows = {COUPLE: "3"}
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    await resident.say(COUPLE)
    await resident.say("等一下")
    await resident.say("对")
    assert await _kept(resident, "family_size") is None
    assert (await resident.state()).step == "field:family_size"


async def test_a_value_the_field_s_own_reader_refuses_is_as_if_nothing_was_said(
    resident: Resident, fake: FakeModel, tmp_path: Path
) -> None:
    fake.manner = Manner.INVENTING
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    heard = await resident.say(COUPLE)
    fake.manner = Manner.FAILING
    assert await resident.say(COUPLE) == heard
    assert (await resident.state()).step == "field:family_size"


async def test_it_is_never_asked_about_what_is_sensitive_readable_or_a_question(
    resident: Resident, fake: FakeModel, tmp_path: Path
) -> None:
    fake.manner = Manner.LYING
    await _at(resident, tmp_path, "办公租房复核", "family_size")
    await resident.say("要多久啊?")
    await resident.say("为什么要问这个?")
    await resident.say("四口人")
    await fill(resident, tmp_path, until="bought_home")
    await resident.say("房子的事情说不好呢我想想")
    assert fake.asked == []


async def test_a_date_and_a_choice_are_read_too(resident: Resident, fake: FakeModel, tmp_path: Path) -> None:
    fake.knows = {"香港回归那天": "1997年7月1日", "儿媳妇刚生了娃": "人口变了"}
    await _at(resident, tmp_path, "办公租房复核", "lease_end")
    await resident.say("香港回归那天")
    await resident.tap("对")
    assert await _kept(resident, "lease_end") == ("1997-07-01", "advised")
    await resident.say("3")
    await resident.say("儿媳妇刚生了娃")
    assert fake.asked[-1].told["choices"] == ["没有变化", "人口变了", "收入变了", "住房变了", "好几样都变了"]
    await resident.tap("对")
    assert await _kept(resident, "changes") == ("人口变了", "advised")


async def test_a_choice_in_its_own_words_is_an_answer_even_if_it_sounds_like_a_no(
    resident: Resident, fake: FakeModel, tmp_path: Path
) -> None:
    fake.knows = {"儿媳妇刚生了娃": "人口变了"}
    await _at(resident, tmp_path, "办公租房复核", "changes")
    await resident.say("儿媳妇刚生了娃")
    await resident.say("没有变化")
    assert await _kept(resident, "changes") == ("没有变化", "typed")


CONTENTS = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda key, value: json.dumps({key: value}, ensure_ascii=False),
        st.sampled_from(["item", "value"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=80), st.sampled_from([FIRST, SECOND, THIRD, FOURTH])),
    ),
)
ANSWERS = st.one_of(st.binary(max_size=300), CONTENTS.map(completion))


def test_whatever_comes_back_the_bot_asks_about_the_finder_s_own_items_and_keeps_nothing_unconfirmed(
    sqlite_template: SqliteTemplate, tmp_path: Path, catalog: Catalog
) -> None:
    database = Database(sqlite_template.copy(tmp_path / "onecall.db"))
    fake = FakeModel(manner=Manner.RAW)

    class Patient(Breaker):
        """Asks on, however often it failed."""

        def lets_through(self) -> bool:
            return True

    with asyncio.Runner() as runner:
        serving = fake.serving()
        runner.run(serving.__aenter__())
        hall_of = _hall(database, catalog, fake, Patient())
        hall = runner.run(hall_of.__aenter__())
        chooser, filler = runner.run(hall.resident("chooser")), runner.run(hall.resident("filler"))
        runner.run(_at(filler, tmp_path, "办公租房复核", "family_size"))

        @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
        @given(ANSWERS)
        def ask(raw: bytes) -> None:
            fake.raw = raw
            runner.run(chooser.say("老人家的补贴怎么弄"))
            values = _values(chooser)
            assert {*_asked(FIRST, SECOND, THIRD)} <= {*values} <= {*_asked(FIRST, SECOND, THIRD, FOURTH)}
            assert values[-1] == "none"
            runner.run(filler.say(COUPLE))
            step = runner.run(filler.state()).step
            assert step in ("field:family_size", "read:family_size")
            assert runner.run(_kept(filler, "family_size")) is None
            if step == "read:family_size":
                runner.run(filler.tap("不对"))

        try:
            ask()
        finally:
            runner.run(hall_of.__aexit__(None, None, None))
            runner.run(serving.__aexit__(None, None, None))
            runner.run(database.close())
