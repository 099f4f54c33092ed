"""Documents of a case, by a link only its holder knows."""

import asyncio

from fastapi import APIRouter, HTTPException, Response

from cases.beginnings import catalog_for
from cases.document import render_application, render_notice
from cases.drafts import find
from cases.links import case_of_link, notice_of_link
from cases.models import CaseNotice
from cases.notices import document_of
from cases.printing import application_form
from records.database import Sessions
from services_catalog.published import Published


def routes(sessions: Sessions, published: Published, link_key: bytes, street: str, office: str, gone: str) -> APIRouter:
    """The routes of cases. `office` is where and when somebody is there, `gone` the sentence for a link that leads
    nowhere."""
    router = APIRouter()

    @router.get("/cases/application/{token}.pdf")
    async def application(token: str) -> Response:
        case_id = case_of_link(link_key, token)
        async with sessions() as session:
            case = None if case_id is None else await find(session, case_id)
            catalog = published.current() if case is None else await catalog_for(case, published)
            item = None if case is None else catalog.items.get(case.item_id)
            if case is None or item is None or case.number is None:
                raise HTTPException(404, gone)
            form = application_form(catalog, case, item, street)
        return _pdf(await asyncio.to_thread(render_application, form), case.number)

    @router.get("/cases/notice/{token}.pdf")
    async def printed_notice(token: str) -> Response:
        notice_id = notice_of_link(link_key, token)
        async with sessions() as session:
            made = None if notice_id is None else await session.get(CaseNotice, notice_id)
            case = None if made is None else await find(session, made.case_id)
        if made is None or case is None or case.number is None:
            raise HTTPException(404, gone)
        document = document_of(made, case.number, street, office)
        return _pdf(await asyncio.to_thread(render_notice, document), f"{case.number}-{made.kind}")

    return router


def _pdf(content: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}.pdf"', "Cache-Control": "private, no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
