"""Codes that link two channels: how they are heard, how long they are good, and whose profile is kept."""

import asyncio
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from kyc.linking import find, issue, link_code_in, merge_profiles, redeem, withdraw
from kyc.models import LinkCode
from kyc.profile import create_resident, has_consented, known, record_consent, remember
from records.base import now
from records.database import Database


@pytest.mark.parametrize(
    "text",
    [
        "关联 1234 5678",
        "关联12345678",
        "关联码：1234-5678",
        "绑定１２３４５６７８",
        "我要关联 12345678。",
        "关联码是 1234 5678",
    ],
)
def test_a_code_is_heard_however_it_is_written(text: str) -> None:
    assert link_code_in(text) == "12345678"


@pytest.mark.parametrize(
    "text", ["关联", "12345678", "关联 1234", "关联 123456789", "电话关联13812345678", "我想办残疾证"]
)
def test_anything_else_is_no_code(text: str) -> None:
    assert link_code_in(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_hearing_of_codes(text: str) -> None:
    code = link_code_in(text)
    assert code is None or re.fullmatch(r"\d{8}", code)


@given(
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from(["关联", "绑定", "关联码"]),
    st.sampled_from(["", " ", "：", ": ", "是"]),
    st.sampled_from(["", " ", "-", "  "]),
)
def test_every_code_given_out_is_heard_again(code: str, word: str, between: str, gap: str) -> None:
    assert link_code_in(f"{word}{between}{code[:4]}{gap}{code[4:]}") == code


async def test_only_the_newest_code_of_a_resident_is_good(database: Database) -> None:
    async with database.session() as session:
        resident, other = await create_resident(session), await create_resident(session)
        old = await issue(session, resident.id, "c" * 32)
        of_other = await issue(session, other.id, "d" * 32)
        fresh = await issue(session, resident.id, "c" * 32)
        assert re.fullmatch(r"[0-9]{8}", fresh)
        assert await find(session, old) is None
        for code, whose in ((fresh, resident.id), (of_other, other.id)):
            good = await find(session, code)
            assert good is not None
            assert good.resident_id == whose


async def test_a_code_is_not_kept_in_the_clear(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        code = await issue(session, resident.id, "c" * 32)
        [row] = await session.scalars(select(LinkCode))
        assert code not in row.code_index


async def test_codes_that_are_over_are_good_for_nothing_and_cleared_away(database: Database) -> None:
    async with database.session() as session:
        resident, other = await create_resident(session), await create_resident(session)
        code = await issue(session, resident.id, "c" * 32)
        await session.execute(update(LinkCode).values(expires_at=now() - timedelta(seconds=1)))
        assert await find(session, code) is None
        assert await redeem(session, code) is None
        await issue(session, other.id, "d" * 32)
        assert await session.scalar(select(func.count()).select_from(LinkCode)) == 1


async def test_a_withdrawn_code_is_good_for_nothing(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        code = await issue(session, resident.id, "c" * 32)
        await withdraw(session, resident.id)
        assert await find(session, code) is None


async def test_of_many_who_use_a_code_at_once_one_gets_it(database: Database) -> None:
    async with database.session() as session:
        resident = await create_resident(session)
        code = await issue(session, resident.id, "c" * 32)
        await session.commit()

    async def use() -> bool:
        async with database.session() as session:
            got = await redeem(session, code)
            await session.commit()
            return got is not None

    assert sorted(await asyncio.gather(*(use() for _ in range(4)))) == [False, False, False, True]


async def test_what_the_kept_resident_told_wins_and_the_rest_is_added(database: Database) -> None:
    async with database.session() as session:
        gone, kept = await create_resident(session), await create_resident(session)
        for resident, key, value in ((gone, "phone", "1"), (gone, "address", "2"), (kept, "phone", "3")):
            await remember(session, resident.id, "self", key, value=value, masked="*", source="高龄津贴")
        record_consent(session, gone.id)
        await session.flush()
        code = await issue(session, gone.id, "c" * 32)
        await merge_profiles(session, gone.id, kept.id)
        await session.commit()
        for key, value in (("phone", "3"), ("address", "2")):
            assert await known(session, gone.id, "self", key) is None
            entry = await known(session, kept.id, "self", key)
            assert entry is not None
            assert entry.value == value
        assert await has_consented(session, kept.id)
        assert not await has_consented(session, gone.id)
        assert await find(session, code) is None
