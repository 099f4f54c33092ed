"""The catalogue as pages for everyone: a list to search, and a page for each item with what the chat would tell."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.templating import Jinja2Templates

from bot.channels.web.routes import HERE
from bot.conversation.turn import Office
from cases.sample import RESIDENT, sample
from services_catalog.guide import Topic, named, tell
from services_catalog.loader import Catalog
from services_catalog.schema import Department, Item
from services_catalog.searching import MAX_CHARS, search, words_of

STYLES = ("tokens.css", "catalogue.css")
TOPICS = {
    Topic.MATERIALS: "要带什么",
    Topic.CONDITIONS: "什么人能办",
    Topic.TIME: "多久办好",
    Topic.FEE: "收不收费",
    Topic.PLACE: "去哪里办",
    Topic.HOW: "怎么办",
    Topic.IDENTITY: "怎么核对身份",
    Topic.KIOSK: "自助机能不能办",
    Topic.QUESTIONS: "大家常问的",
    Topic.LEGAL: "依据什么",
}
"""The topics of an item's page with their headings, in the order in which people ask."""

_templates = Jinja2Templates(HERE / "templates")


@dataclass(frozen=True)
class Told:
    """One topic of the guide, as told in the chat; `source` is its last line, the same for all topics."""

    key: str
    title: str
    text: str


@dataclass(frozen=True)
class Group:
    """A department with its items."""

    department: Department
    items: tuple[Item, ...]


def guide_of(catalog: Catalog, item: Item, office_hours: str) -> tuple[Told, ...]:
    """What the chat tells of an item, topic by topic, each without the line on its source, which `source_of` gives."""
    source = source_of(catalog, item, office_hours)
    return tuple(
        Told(topic.value, title, tell(catalog, item, topic, office_hours=office_hours).removesuffix(source).strip())
        for topic, title in TOPICS.items()
    )


def source_of(catalog: Catalog, item: Item, office_hours: str) -> str:
    """Where the item's facts come from and when they were last reviewed, as the chat says it."""
    return tell(catalog, item, Topic.OVERVIEW, office_hours=office_hours).splitlines()[-1]


def grouped(catalog: Catalog, items: list[Item]) -> list[Group]:
    """Items by department, departments in their own order, items as they are given."""
    groups = [
        Group(department, tuple(item for item in items if item.department == department.id))
        for department in catalog.departments.values()
    ]
    return [group for group in groups if group.items]


def preview_page(catalog: Catalog, item: Item, street_name: str, office_hours: str) -> str:
    """An item's page as one file that needs nothing else, for `catalog preview --html`."""
    style = "\n".join((HERE / "static" / name).read_text(encoding="utf-8") for name in STYLES)
    values = _item_values(catalog, item, office_hours) | {"street_name": street_name, "style": style}
    return str(_templates.get_template("catalogue_item.html").render(values))


def routes(catalog: Callable[[], Catalog], office: Office, asset_version: str) -> APIRouter:
    """`/catalogue`, searched with `?q=`, and `/catalogue/{item}`; 404 with the list for an item that is not there."""
    router = APIRouter()
    shared = {"street_name": office.street_name, "asset_version": asset_version, "style": ""}

    def listed(request: Request, query: str, *, gone: bool = False) -> Response:
        now, asked = catalog(), query[:MAX_CHARS].strip()
        found = search(now, asked)
        values: dict[str, Any] = {
            "query": asked,
            "most": MAX_CHARS,
            "gone": gone,
            "total": len(now.items),
            "found": len(found),
            # What was searched for is told best first; departments are for looking around.
            "groups": [] if asked else grouped(now, found),
            "best": found if asked else [],
            "departments": {each.id: each.name for each in now.departments.values()},
            "words_of": words_of,
        }
        return _templates.TemplateResponse(request, "catalogue.html", shared | values, 404 if gone else 200)

    @router.get("/catalogue", response_class=HTMLResponse)
    async def catalogue(request: Request, q: Annotated[str, Query()] = "") -> Response:
        return listed(request, q)

    @router.get("/catalogue/{item_id}", response_class=HTMLResponse)
    async def item_page(request: Request, item_id: str) -> Response:
        now = catalog()
        item = now.items.get(item_id)
        if item is None:
            return listed(request, "", gone=True)
        values = shared | _item_values(now, item, office.hours)
        return _templates.TemplateResponse(request, "catalogue_item.html", values)

    return router


def _item_values(catalog: Catalog, item: Item, office_hours: str) -> dict[str, Any]:
    return {
        "item": item,
        "named": named(item),
        "department": catalog.departments[item.department].name,
        "window": catalog.windows[item.window],
        "topics": guide_of(catalog, item, office_hours),
        "source": source_of(catalog, item, office_hours),
        "sample": sample(catalog, item, office_hours),
        "resident": RESIDENT,
    }
