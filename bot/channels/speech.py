"""Turning voice messages into words, by a service that the office runs itself."""

import httpx

from bot.conversation.fetching import NotHeard

ANSWER_S = 15.0


class SpeechService:
    """A recogniser behind `POST <url>` with a form field `file`, answering `{"text": …}`.

    This is the shape of `/v1/audio/transcriptions`, which the common self-hosted recognisers offer.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.AsyncClient(timeout=ANSWER_S, follow_redirects=False, trust_env=False)

    async def words(self, voice: bytes) -> str:
        """What was said. Raises NotHeard for whatever goes wrong: the resident can type."""
        try:
            answer = await self._client.post(
                self._url, files={"file": ("voice.amr", voice)}, data={"model": "whisper-1", "language": "zh"}
            )
            answer.raise_for_status()
            text = answer.json()["text"]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise NotHeard(type(error).__name__) from None
        if not isinstance(text, str):
            raise NotHeard("no text")
        return text

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
