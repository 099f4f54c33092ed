"""The desk's page."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.templating import Jinja2Templates

from desk.models import Role
from desk.rights import may_read_trail, may_supervise, may_talk
from desk.room import DeskRoom
from desk.sessions import SignedIn

HERE = Path(__file__).parent
_templates = Jinja2Templates(HERE / "templates")

_ELSEWHERE = {Role.AUDITOR: "/desk/trail", Role.MAINTAINER: "/desk/account"}
"""Where those go who do not work with residents."""


def routes(room: DeskRoom) -> APIRouter:
    """The page at `/desk`."""
    router = room.door.router(room.door.page)

    @router.get("", response_class=HTMLResponse)
    async def desk(request: Request, who: Annotated[SignedIn, Depends(room.door.page)]) -> Response:
        if not may_talk(who.clerk):
            return RedirectResponse(_ELSEWHERE[who.clerk.role], 303)
        context = {
            "street": room.office.street_name,
            "clerk": who.clerk,
            "csrf": who.csrf,
            "version": room.door.asset_version,
            "supervises": may_supervise(who.clerk),
            "reads_trail": may_read_trail(who.clerk),
        }
        return _templates.TemplateResponse(request, "desk.html", context)

    return router
