"""Who may do what at the desk, as a table."""

import pytest

from desk import rights
from desk.models import Role
from desk.rights import DeskClerk
from services_catalog.loader import Catalog

RESTRICTED = {"gongan"}


def _clerk(role: Role = Role.CLERK, windows: str = "", departments: str = "") -> DeskClerk:
    return DeskClerk("c", "王敏", role, frozenset(windows.split()), frozenset(departments.split()))


EVERYWHERE = _clerk(windows="*")
FIRST = _clerk(windows="chuangkou-1")
POLICE = _clerk(windows="chuangkou-4", departments="gongan")
ONLY_POLICE = _clerk(departments="gongan")
NOWHERE = _clerk()
SUPERVISOR, MAINTAINER, AUDITOR = (
    _clerk(role, windows="*", departments="gongan") for role in (Role.SUPERVISOR, Role.MAINTAINER, Role.AUDITOR)
)


@pytest.mark.parametrize(
    ("clerk", "window", "department", "may"),
    [
        (EVERYWHERE, "chuangkou-1", "minzheng", True),
        (EVERYWHERE, "chuangkou-4", "zhujian", True),
        (EVERYWHERE, None, None, True),
        (EVERYWHERE, "chuangkou-4", "gongan", False),
        (EVERYWHERE, None, "gongan", False),
        (FIRST, "chuangkou-1", "canlian", True),
        (FIRST, "chuangkou-1", None, True),
        (FIRST, "chuangkou-2", "renshe", False),
        (FIRST, None, None, True),
        (FIRST, "chuangkou-1", "gongan", False),
        (POLICE, "chuangkou-4", "gongan", True),
        (POLICE, "chuangkou-4", "zhujian", True),
        (POLICE, "chuangkou-1", "gongan", True),
        (POLICE, "chuangkou-1", "minzheng", False),
        (ONLY_POLICE, "chuangkou-4", "gongan", True),
        (ONLY_POLICE, "chuangkou-4", "zhujian", False),
        (ONLY_POLICE, None, None, False),
        (NOWHERE, "chuangkou-1", "minzheng", False),
        (NOWHERE, None, None, False),
        (SUPERVISOR, "chuangkou-4", "gongan", True),
        (SUPERVISOR, None, None, True),
        (MAINTAINER, "chuangkou-4", "gongan", False),
        (MAINTAINER, "chuangkou-1", "minzheng", False),
        (MAINTAINER, None, None, False),
        (AUDITOR, "chuangkou-4", "gongan", False),
        (AUDITOR, "chuangkou-1", "minzheng", False),
        (AUDITOR, None, None, False),
    ],
)
def test_who_may_take_what(clerk: DeskClerk, window: str | None, department: str | None, may: bool) -> None:
    assert rights.may_take(clerk, window, department, RESTRICTED) is may
    assert rights.may_see(clerk, window, department, RESTRICTED) is may
    assert rights.may_see(clerk, window, department, RESTRICTED, "somebody else") is may


@pytest.mark.parametrize(
    ("clerk", "may"),
    [(FIRST, True), (NOWHERE, True), (SUPERVISOR, True), (MAINTAINER, False), (AUDITOR, False)],
)
def test_what_somebody_works_on_they_see_but_never_who_works_with_no_resident(clerk: DeskClerk, may: bool) -> None:
    assert rights.may_see(clerk, "chuangkou-4", "gongan", RESTRICTED, "c") is may
    assert rights.may_talk(clerk) is may


@pytest.mark.parametrize(
    ("clerk", "supervises", "reads_trail", "keeps_catalogue"),
    [
        (EVERYWHERE, False, False, False),
        (SUPERVISOR, True, True, False),
        (MAINTAINER, False, False, True),
        (AUDITOR, False, True, False),
    ],
)
def test_what_else_each_role_may(clerk: DeskClerk, supervises: bool, reads_trail: bool, keeps_catalogue: bool) -> None:
    assert rights.may_supervise(clerk) is supervises
    assert rights.may_read_trail(clerk) is reads_trail
    assert rights.may_keep_catalogue(clerk) is keeps_catalogue


def test_the_catalogue_restricts_what_is_the_polices_and_nothing_else(catalog: Catalog) -> None:
    assert catalog.restricted == {"gongan"}
