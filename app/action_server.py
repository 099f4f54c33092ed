"""Rasa's action webhook, served on the loopback for the engine alone."""

import hmac
import logging
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionNotFoundException

logger = logging.getLogger(__name__)


def action_server(executor: ActionExecutor, token: str) -> FastAPI:
    """An application with the one route `POST /webhook`, which asks for the engine's token."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    expected = f"Bearer {token}"

    @app.post("/webhook")
    async def webhook(request: Request) -> JSONResponse:
        if not hmac.compare_digest(request.headers.get("authorization", ""), expected):
            raise HTTPException(401)
        call: dict[str, Any] = await request.json()
        call.setdefault("domain", {})
        try:
            result = await executor.run(call)
        except ActionNotFoundException:
            logger.error("the engine asked for an unknown action: %s", call.get("next_action"))
            raise HTTPException(404) from None
        return JSONResponse(result.model_dump() if result is not None else {})

    return app
