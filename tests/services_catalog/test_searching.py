"""What people type into the search box of the catalogue."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services_catalog.loader import Catalog, load_catalog
from services_catalog.searching import search

CATALOG = load_catalog()


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("残疾证", "残疾证"),
        ("残疾人证申领", "残疾证"),
        ("残废证", "残疾证"),
        ("八十岁 补贴", "高龄补贴"),
        ("敬老金", "高龄补贴"),
        ("低保", "低保"),
        ("老年人高龄津贴", "高龄补贴"),
    ],
)
def test_an_item_is_found_by_any_of_its_names(catalog: Catalog, text: str, first: str) -> None:
    assert search(catalog, text)[0].call_it == first


def test_every_item_is_found_by_what_it_is_called(catalog: Catalog) -> None:
    for item in catalog.items.values():
        for name in (item.name, item.call_it, item.spoken_names[-1]):
            assert item in search(catalog, name), name


def test_nothing_typed_gives_all_and_nonsense_gives_none(catalog: Catalog) -> None:
    assert len(search(catalog, "  ")) == len(catalog.items)
    assert search(catalog, "zzzz") == []


@given(st.text(max_size=200))
def test_whatever_is_typed_has_an_answer(text: str) -> None:
    found = search(CATALOG, text)
    assert len(found) == len({item.id for item in found})
