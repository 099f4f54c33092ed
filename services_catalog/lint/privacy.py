"""Sensitive answers: marked as such, and kept for a time that is told."""

from collections.abc import Iterator

from services_catalog.lint.finding import Spot
from services_catalog.lint.library import Library
from services_catalog.schema import FieldType

PERSONAL = {FieldType.PERSON_NAME, FieldType.ID_NUMBER, FieldType.PHONE, FieldType.BANK_ACCOUNT}


def check(library: Library) -> Iterator[Spot]:
    """Departments that do not tell how long they keep sensitive answers, and personal fields nobody thought of.

    A personal field that says `sensitive: false` was thought of: the name of a martyr is public.
    """
    asking: set[str] = set()
    for path, item in library.items:
        for number, field in enumerate(item.fields):
            if field.sensitive:
                asking.add(item.department)
            elif field.type in PERSONAL and "sensitive" not in field.model_fields_set:
                yield Spot("P602", path, ("fields", number), f"“{field.label}”是个人资料，没有标 sensitive")
    for number, department in enumerate(library.reading.departments.values()):
        if department.id in asking and department.retention is None:
            what = f"{department.name}的事项问敏感资料，却没有写留多久"
            yield Spot("P601", library.root / "departments.yml", ("departments", number), what)
