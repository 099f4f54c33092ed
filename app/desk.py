"""The desk composed: its door as the settings ask for it, its room, and what watches over those who wait."""

from datetime import timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter

from app.back_office import voice_of
from app.settings import Settings
from desk import account_page, api, calling, case_api, enrolling, page, trail_page
from desk.door import Door
from desk.openid import OpenIdProvider
from desk.queue_view import LIMIT_S
from desk.room import DeskRoom
from desk.signing_in import OPENID
from desk.supervision import routes as supervision
from desk.supervision.routes import Supervision

if TYPE_CHECKING:
    from app.runtime import Runtime


def desk_door(room: "Runtime", asset_version: str) -> Door:
    """The desk's door on a running 1call; `asset_version` changes when a static file does."""
    return Door(
        sessions=room.database.session,
        street_name=room.office.street_name,
        public_url=room.office.public_url,
        asset_version=asset_version,
        openid=_provider(room.settings),
    )


def desk_room(room: "Runtime", door: Door) -> DeskRoom:
    """The desk on a running 1call."""
    return DeskRoom(
        sessions=room.database.session,
        pipeline=room.pipeline,
        live=room.live,
        hub=room.hub,
        door=door,
        office=room.office,
        published=room.published,
        voice=voice_of(room.office, room.pipeline),
        counts_for=timedelta(days=room.settings.identity_counts_days),
        verifier=room.examination.verifier,
    )


def desk_routes(room: DeskRoom) -> APIRouter:
    """Everything under `/desk` that clerks use, once they are let in."""
    every = APIRouter()
    # Enrolment before the other acts on a case, whose address would take it.
    for routes in (page.routes, api.routes, enrolling.routes, case_api.routes, calling.routes):
        every.include_router(routes(room))
    wait_limit = timedelta(seconds=LIMIT_S)
    every.include_router(supervision.routes(Supervision(room.door, room.catalog, room.office.opening, wait_limit)))
    every.include_router(trail_page.routes(room.door, room.catalog))
    every.include_router(account_page.routes(room.door, room.catalog))
    return every


def _provider(chosen: Settings) -> OpenIdProvider | None:
    """The office's own accounts, where the settings name who keeps them."""
    if not chosen.desk_openid_issuer:
        return None
    return OpenIdProvider(
        issuer=chosen.desk_openid_issuer,
        client_id=chosen.desk_openid_client_id,
        client_secret=chosen.desk_openid_client_secret,
        back=f"{chosen.public_url.rstrip('/')}{OPENID}/back",
    )
