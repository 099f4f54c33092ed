"""The sample conversation of an item."""

import re

from cases.sample import ASSISTANT, RESIDENT, sample
from services_catalog.loader import Catalog


def test_every_item_has_a_conversation_from_its_opening_to_its_next_step(catalog: Catalog) -> None:
    for item in catalog.items.values():
        lines = sample(catalog, item, "周一至周五 9:00-17:00")
        assert (lines[0].speaker, lines[0].text) == (RESIDENT, item.opening)
        assert (lines[-1].speaker, item.next_step in lines[-1].text) == (ASSISTANT, True)
        assert [line.speaker for line in lines] == [RESIDENT, ASSISTANT] * (len(lines) // 2)
        assert all(line.text and "{" not in line.text for line in lines)


def test_nobodys_numbers_are_in_it(catalog: Catalog) -> None:
    for item in catalog.items.values():
        for line in sample(catalog, item, ""):
            assert line.speaker == ASSISTANT or not re.search(r"\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)", line.text), (
                line.text
            )
