"""Documents of a case, by a link only its holder knows."""

import asyncio
from collections.abc import Callable

from fastapi import APIRouter, HTTPException, Response

from cases.document import render_application
from cases.drafts import find
from cases.links import case_of_link
from cases.printing import application_form
from records.database import Sessions
from services_catalog.loader import Catalog


def routes(sessions: Sessions, catalog: Callable[[], Catalog], link_key: bytes, street: str, gone: str) -> APIRouter:
    """The routes of cases. `gone` is the sentence for a link that leads nowhere."""
    router = APIRouter()

    @router.get("/cases/application/{token}.pdf")
    async def application(token: str) -> Response:
        case_id = case_of_link(link_key, token)
        async with sessions() as session:
            case = None if case_id is None else await find(session, case_id)
            item = None if case is None else catalog().items.get(case.item_id)
            if case is None or item is None or case.number is None:
                raise HTTPException(404, gone)
            form = application_form(catalog(), case, item, street)
        content = await asyncio.to_thread(render_application, form)
        headers = {
            "Content-Disposition": f'inline; filename="{case.number}.pdf"',
            "Cache-Control": "private, no-store",
        }
        return Response(content, media_type="application/pdf", headers=headers)

    return router
