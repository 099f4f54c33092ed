"""What axe finds wrong with a page, in light and in dark."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page

_ENHANCED = "color-contrast-enhanced"
_OF_COLOURS = ("color-contrast", "link-in-text-block")


def axe_finds_nothing(page: Page, stage: str, *, enhanced: bool = False) -> None:
    """Nothing that axe knows of is wrong with the page as it stands.

    Between light and dark only colours differ, so in the dark only what is said of colours is looked at again. `enhanced`
    is the contrast of 7:1 that residents' pages promise (look.md), which axe checks only when asked.
    """
    page.emulate_media(color_scheme="light")
    every = {"target-size": {"enabled": True}, _ENHANCED: {"enabled": enhanced}}
    _finds_nothing(page, f"{stage}, light", {"rules": every})
    page.emulate_media(color_scheme="dark")
    colours = [*_OF_COLOURS, *([_ENHANCED] if enhanced else [])]
    _finds_nothing(page, f"{stage}, dark", {"runOnly": {"type": "rule", "values": colours}})


def _finds_nothing(page: Page, stage: str, options: dict[str, Any]) -> None:
    found = Axe().run(page, options={"resultTypes": ["violations"], **options})
    assert found.violations_count == 0, f"{stage}:\n{found.generate_report()}"
