"""How the engine calls the application's actions: a light check of replies, one connection pool, known failures.

Rasa checks every reply against a JSON schema, which was half the cost of a turn (46-57 % in a profile), opens a
connection for every call, waits five minutes for an answer, and swallows the failure of an action.
"""

from contextvars import ContextVar
from types import TracebackType
from typing import Any

import aiohttp
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.utils.endpoints import EndpointConfig

TIMEOUT_S = 30.0
"""An action stores rows and renders a sentence; what takes longer than this is broken."""

failed_actions: ContextVar[list[str]] = ContextVar("failed_actions")
"""Names of the actions that failed in the turn of this task; the channel sets a fresh list for each turn."""


class ReplyError(Exception):
    """The application's answer to an action call is not what Rasa's action contract says."""


class EngineMismatchError(Exception):
    """The installed Rasa is not the one this module was written for."""


def check_reply(reply: Any) -> bool:
    """Whether `reply` has the shape Rasa goes on to use. Raises ReplyError, naming the part that has not."""
    if not isinstance(reply, dict):
        raise ReplyError("the reply is not an object")
    for part, needed in (("events", "event"), ("responses", None)):
        entries = reply.get(part, [])
        if not isinstance(entries, list):
            raise ReplyError(f"{part} is not a list")
        for entry in entries:
            if not isinstance(entry, dict) or (needed is not None and not isinstance(entry.get(needed), str)):
                raise ReplyError(f"an entry of {part} is malformed")
    return True


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint with one session for all calls. `close()` it with the server."""

    def __init__(self, configured: EndpointConfig) -> None:
        super().__init__(
            configured.url,
            configured.params,
            configured.headers,
            configured.basic_auth,
            configured.token,
            configured.token_name,
            configured.cafile,
            **configured.kwargs,
        )
        self._shared: aiohttp.ClientSession | None = None

    def session(self) -> "_Lent":  # type: ignore[override]
        """The shared session, as something Rasa may close."""
        if self._shared is None:
            self._shared = super().session()
        return _Lent(self._shared)

    async def request(self, *args: Any, **kwargs: Any) -> Any | None:
        """Call the application. Raises aiohttp.ClientError, also when it takes longer than TIMEOUT_S."""
        kwargs["timeout"] = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            return await super().request(*args, **kwargs)
        except TimeoutError as error:
            raise aiohttp.ServerTimeoutError(f"no answer within {TIMEOUT_S:.0f} s") from error

    async def close(self) -> None:
        """Close the shared session."""
        if self._shared is not None:
            await self._shared.close()


class _Lent:
    """An aiohttp session that survives `async with`."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        return None


def install() -> None:
    """Put both into Rasa, once. Raises EngineMismatchError where Rasa has no such place."""
    if not callable(getattr(RemoteAction, "_validate_action_result", None)):
        raise EngineMismatchError("rasa.core.actions.action.RemoteAction has no _validate_action_result")
    if RemoteAction._validate_action_result is not _validate:
        RemoteAction._validate_action_result = _validate
        RemoteAction.run = _noting_failure(RemoteAction.run)


def _validate(self: RemoteAction, result: Any) -> bool:
    return check_reply(result)


def _noting_failure(run: Any) -> Any:
    async def noting(self: RemoteAction, *args: Any, **kwargs: Any) -> Any:
        try:
            return await run(self, *args, **kwargs)
        except ActionExecutionRejection:
            raise
        except Exception:
            failed_actions.get([]).append(self.name())
            raise

    return noting
