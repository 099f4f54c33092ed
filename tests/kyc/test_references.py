"""A city's identity service is asked for a portrait after consent, and whatever it answers is borne."""

from collections.abc import AsyncIterator

import pytest

from app.fakes.identity import FakeIdentityService
from kyc.references import HttpReferenceSource, SourceAway
from tests.support.people import ID_NUMBER, NAME


@pytest.fixture
async def city() -> AsyncIterator[FakeIdentityService]:
    async with FakeIdentityService({(NAME, ID_NUMBER): b"\xff\xd8\xff portrait"}).serving() as city:
        yield city


@pytest.fixture
async def source(city: FakeIdentityService) -> AsyncIterator[HttpReferenceSource]:
    source = HttpReferenceSource(city.url, city.token)
    yield source
    await source.close()


async def test_a_portrait_comes_by_name_and_number_together(source: HttpReferenceSource) -> None:
    assert await source.portrait(NAME, ID_NUMBER) == b"\xff\xd8\xff portrait"
    assert await source.portrait("李四", ID_NUMBER) is None


@pytest.mark.parametrize("status", [401, 429, 500])
async def test_a_service_that_fails_is_away(
    city: FakeIdentityService, source: HttpReferenceSource, status: int
) -> None:
    city.fails_with = status
    with pytest.raises(SourceAway, match=str(status)) as away:
        await source.portrait(NAME, ID_NUMBER)
    assert NAME not in str(away.value)


async def test_a_wrong_token_and_a_closed_port_are_away() -> None:
    async with FakeIdentityService().serving() as city:
        stranger = HttpReferenceSource(city.url, "wrong")
        with pytest.raises(SourceAway, match="401"):
            await stranger.portrait(NAME, ID_NUMBER)
        await stranger.close()
    nobody = HttpReferenceSource("http://127.0.0.1:9/portrait", "token")
    with pytest.raises(SourceAway, match="ConnectError"):
        await nobody.portrait(NAME, ID_NUMBER)
    await nobody.close()
