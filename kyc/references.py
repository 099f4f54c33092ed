"""Where a face to compare with comes from, if not from the resident's own card: a city's trusted-identity service."""

from typing import Protocol

import httpx

from kyc.images import MAX_BYTES

PATIENCE_S = 8.0


class SourceAway(Exception):
    """The service did not answer, or not as agreed; the message is a code that holds nothing personal."""


class ReferenceSource(Protocol):
    """Gives the portrait that an authority holds of a person. Asked only after consent, once a check."""

    async def portrait(self, name: str, id_number: str) -> bytes | None:
        """The portrait's bytes; None where the authority knows nobody of that name and number. Raises SourceAway."""
        ...


class HttpReferenceSource:
    """A service that is posted name and number as JSON, with a bearer token, and answers with a picture or 404."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self._client = httpx.AsyncClient(timeout=PATIENCE_S, trust_env=False, follow_redirects=False)

    async def portrait(self, name: str, id_number: str) -> bytes | None:
        """The portrait's bytes; None where there is none. Raises SourceAway."""
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            answer = await self._client.post(self._url, json={"name": name, "id_number": id_number}, headers=headers)
        except httpx.HTTPError as error:
            raise SourceAway(type(error).__name__) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.status_code != httpx.codes.OK:
            raise SourceAway(f"HTTP {answer.status_code}")
        if not answer.headers.get("content-type", "").startswith("image/") or len(answer.content) > MAX_BYTES:
            raise SourceAway("no picture")
        return answer.content

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()
