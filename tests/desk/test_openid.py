"""Signing in by the office's own accounts, at a provider that signs real tokens."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pyotp
import pytest
from fastapi import FastAPI
from joserfc.jwk import RSAKey

from app.fakes.openid import FakeOpenId
from desk import openid
from desk.door import Door
from desk.openid import OpenIdProvider, ProviderAway
from records.base import now
from records.database import Database
from tests.desk.staff import browser_of, employed, field_of
from tests.desk.test_signing_in import desk_of

pytestmark = pytest.mark.usefixtures("quick_hashes")

BACK = "http://test/desk/sign-in/openid/back"
REFUSED, UNKNOWN, AWAY = "没有登录成功", "还没有给您开通办事台", "这会儿登不上"


@pytest.fixture
async def provider() -> AsyncIterator[FakeOpenId]:
    async with FakeOpenId(BACK).serving() as serving:
        yield serving


@pytest.fixture
async def desk(sqlite_database: Database, provider: FakeOpenId) -> FastAPI:
    await employed(sqlite_database.session, password=None)
    ours = OpenIdProvider(provider.url, provider.client_id, provider.client_secret, BACK)
    return desk_of(Door(sqlite_database.session, "示范街道", "", "1", ours))


@pytest.fixture
async def browser(desk: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_of(desk) as opened:
        yield opened


async def _sent(browser: httpx.AsyncClient, onward: str = "/desk/cases") -> httpx.URL:
    """Go to the provider; gives the address there."""
    left = await browser.get("/desk/sign-in/openid", params={"next": onward})
    assert left.status_code == 303
    return httpx.URL(left.headers["location"])


async def _came_back(browser: httpx.AsyncClient) -> httpx.Response:
    there = await _sent(browser)
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        agreed = await elsewhere.get(there)
    return await browser.get(agreed.headers["location"], headers={"Sec-Fetch-Site": "cross-site"})


async def test_whom_the_office_vouches_for_comes_in_and_goes_on_from_a_page_of_ours(browser: httpx.AsyncClient) -> None:
    assert "用单位账号登录" in (await browser.get("/desk/sign-in")).text
    came = await _came_back(browser)
    assert (came.status_code, 'content="0; url=/desk/cases"' in came.text) == (200, True)
    assert (await browser.get("/desk")).json() == "王敏"
    assert "onecall_desk_openid" not in browser.cookies


async def test_the_provider_is_asked_with_state_nonce_and_challenge_that_are_new_each_time(
    browser: httpx.AsyncClient, provider: FakeOpenId
) -> None:
    asked = [dict((await _sent(browser)).params) for _ in range(2)]
    assert (asked[0]["response_type"], asked[0]["code_challenge_method"]) == ("code", "S256")
    assert "openid" in asked[0]["scope"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]
        assert len(asked[0][name]) >= 32


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.cn"},
        {"aud": "another"},
        {"aud": ["desk", "another"]},
        {"aud": ["desk", "another"], "azp": "another"},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": 9_999_999_999},
        {"sub": ""},
        {"sub": 7},
        {"sub": "a" * 256},
        {"sub": "a\u202eb"},
    ],
)
async def test_a_token_that_is_not_for_us_now_is_refused(
    browser: httpx.AsyncClient, provider: FakeOpenId, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    came = await _came_back(browser)
    assert (came.status_code, REFUSED in came.text) == (403, True)
    assert (await browser.get("/desk/who")).status_code == 401


async def test_a_token_that_another_signed_is_refused(browser: httpx.AsyncClient, provider: FakeOpenId) -> None:
    provider.signs_with = RSAKey.generate_key(2048)
    came = await _came_back(browser)
    assert (came.status_code, REFUSED in came.text) == (403, True)


@pytest.mark.parametrize("username", ["nobody", None, "WangMin\x00", ["wangmin"]])
async def test_whom_the_desk_does_not_know_is_told_kindly(
    browser: httpx.AsyncClient, provider: FakeOpenId, username: Any
) -> None:
    provider.username = username
    came = await _came_back(browser)
    assert (came.status_code, UNKNOWN in came.text) == (403, True)


@pytest.mark.parametrize(
    "changed", [{"state": "another"}, {"state": ""}, {"code": ""}, {"code": "another"}, {"state": "é"}]
)
async def test_an_answer_to_another_question_is_refused(
    browser: httpx.AsyncClient, provider: FakeOpenId, changed: dict[str, str]
) -> None:
    back = urlsplit(provider.agree(dict((await _sent(browser)).params)))
    came = await browser.get(back.path, params={**dict(parse_qsl(back.query)), **changed})
    assert (came.status_code, REFUSED in came.text) == (403, True)


async def test_an_answer_to_anothers_question_is_refused(
    desk: FastAPI, browser: httpx.AsyncClient, provider: FakeOpenId
) -> None:
    back = provider.agree(dict((await _sent(browser)).params))
    async with browser_of(desk) as other:
        assert (await other.get(back)).status_code == 403
        await _sent(other)
        assert (await other.get(back)).status_code == 403
        for cookie in ("x", "AAAA", "=", "A" * 5_000):
            assert (await other.get(back, headers={"Cookie": f"onecall_desk_openid={cookie}"})).status_code == 403


async def test_an_answer_is_good_once(browser: httpx.AsyncClient, provider: FakeOpenId) -> None:
    there = await _sent(browser)
    kept = browser.cookies["onecall_desk_openid"]
    back = provider.agree(dict(there.params))
    assert (await browser.get(back)).status_code == 200
    again = await browser.get(back, headers={"Cookie": f"onecall_desk_openid={kept}"})
    assert again.status_code == 403


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_a_provider_that_is_away_is_told_of(
    browser: httpx.AsyncClient, provider: FakeOpenId, status: int
) -> None:
    back = provider.agree(dict((await _sent(browser)).params))
    provider.fails_with = status
    for answer in (await browser.get(back), await browser.get("/desk/sign-in/openid")):
        assert (answer.status_code, AWAY in answer.text) == (503, True)


async def test_a_provider_that_is_another_or_is_not_there_is_away(provider: FakeOpenId) -> None:
    for issuer in (
        f"{provider.url}/",
        "http://127.0.0.1:1",
        "no address",
        provider.url.replace("127.0.0.1", "localhost"),
    ):
        with pytest.raises(ProviderAway):
            await OpenIdProvider(issuer, "desk", "secret", BACK).address(openid.begun("/desk"))


async def test_a_wrong_secret_of_ours_shows_as_a_provider_that_is_away(
    sqlite_database: Database, provider: FakeOpenId
) -> None:
    ours = OpenIdProvider(provider.url, provider.client_id, "wrong", BACK)
    async with browser_of(desk_of(Door(sqlite_database.session, "示范街道", "", "1", ours))) as browser:
        assert (await _came_back(browser)).status_code == 503


async def test_an_account_with_codes_is_asked_for_one_by_this_way_too(
    sqlite_database: Database, browser: httpx.AsyncClient, provider: FakeOpenId
) -> None:
    account = await employed(sqlite_database.session, "lijing", password=None, totp=True)
    provider.subject, provider.username = "another", "lijing"
    page = await _came_back(browser)
    assert (await browser.get("/desk/who")).status_code == 401
    form = {name: field_of(page.text, name) for name in ("csrf", "ticket")}
    code = pyotp.TOTP(account.totp_secret or "").at(now())
    came = await browser.post("/desk/sign-in/code", data={**form, "code": code})
    assert (came.status_code, came.headers["location"]) == (303, "/desk/cases")


async def test_where_no_provider_is_set_there_is_no_such_way(sqlite_database: Database) -> None:
    async with browser_of(desk_of(Door(sqlite_database.session, "示范街道", "", "1"))) as browser:
        assert "单位账号" not in (await browser.get("/desk/sign-in")).text
        assert (await browser.get("/desk/sign-in/openid")).status_code == 404
