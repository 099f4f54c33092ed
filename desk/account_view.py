"""What the page of one's own account shows: rights in words, other sessions, and how codes are set up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import segno

from bot.conversation.duty import EVERY_WINDOW
from desk import totp
from desk.models import Role
from desk.rights import DeskClerk, may_talk
from desk.sessions import Elsewhere
from desk.wording import said
from records.base import CHINA
from services_catalog.loader import Catalog


@dataclass(frozen=True)
class Rights:
    """What an account may do, in the field's words."""

    role: str
    can: str
    windows: list[str]
    departments: list[str]


@dataclass(frozen=True)
class Setup:
    """How an authenticator application gets to know a secret: by a picture (SVG), or typed in groups of four."""

    ticket: str
    picture: str
    groups: list[str]


@dataclass(frozen=True)
class Place:
    """Another session of the account, as people read it."""

    id: str
    begun: str
    seen: str
    is_alike: bool


def rights_told(clerk: DeskClerk, catalog: Catalog) -> Rights:
    """What somebody may do, as the catalogue names their windows and departments."""
    windows = [
        f"{window.name}（{window.title}）" if (window := catalog.windows.get(id_)) else id_ for id_ in clerk.windows
    ]
    departments = [
        department.name if (department := catalog.departments.get(id_)) else id_ for id_ in clerk.departments
    ]
    if clerk.role is Role.SUPERVISOR:
        windows, departments = [said("account_every_window")], [said("account_every_department")]
    elif not may_talk(clerk):
        windows, departments = [said("account_no_windows")], []
    elif EVERY_WINDOW in clerk.windows:
        windows = [said("account_every_window")]
    return Rights(
        role=said(f"note_{clerk.role}"),
        can=said(f"account_can_{clerk.role}"),
        windows=sorted(windows),
        departments=sorted(departments) or ([said("account_no_department")] if may_talk(clerk) else []),
    )


def setup_told(ticket: str, secret: str, login: str, street: str) -> Setup:
    """How the owner of `login` gives their application a secret; `ticket` is what the form brings back."""
    code = segno.make(totp.address(secret, login, f"{street}办事台"), error="m")
    # On white in the dark as well, with the quiet edge that the standard asks for, or cameras do not find it.
    picture = code.svg_inline(scale=4, border=4, dark="#000", light="#fff")
    return Setup(ticket, picture, [secret[at : at + 4] for at in range(0, len(secret), 4)])


def places_told(others: Sequence[Elsewhere]) -> list[Place]:
    """Other sessions as they are listed."""
    return [Place(each.id, _moment(each.begun_at), _moment(each.seen_at), each.is_alike) for each in others]


def _moment(moment: datetime) -> str:
    there = moment.astimezone(CHINA)
    return said("account_moment", month=there.month, day=there.day, time=there.strftime("%H:%M"))
