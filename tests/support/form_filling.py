"""Walking through a form as a patient resident does."""

from collections.abc import Mapping
from pathlib import Path

from bot.conversation.incoming import Incoming
from cases.files import store_file
from services_catalog.schema import FieldType, FormField
from tests.support.hall import Resident
from tests.support.people import typed_answer

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels" * 20
LONGEST_FORM = 40


async def begin(resident: Resident, wish: str, who: str | None = None) -> None:
    """Say the wish, agree, and say for whom where that is asked."""
    await resident.say(wish)
    labels = [choice.label for choice in resident.choices]
    await resident.tap(next(label for label in labels if label.endswith("开始办")))
    if (await resident.state()).step == "applicant":
        await resident.tap(who or "给我自己办")


async def field_asked(resident: Resident) -> FormField | None:
    """The field the form is asking, or offering a known answer for; None at the summary and outside forms."""
    state = await resident.state()
    kind, _, key = (state.step or "").partition(":")
    if kind not in ("field", "prefill", "heard") or state.item_id is None:
        return None
    fields = [*resident.hall.catalog.items[state.item_id].fields, *resident.hall.catalog.proxy_fields]
    return next(field for field in fields if field.key == key)


async def fill(
    resident: Resident, folder: Path, typed: Mapping[str, str] | None = None, until: str | None = None
) -> list[str]:
    """Answer every question, with `typed` where it has the field; gives the fields' keys in the order asked.

    Stops before the field `until`, or at the summary.
    """
    asked: list[str] = []
    for _ in range(LONGEST_FORM):
        field = await field_asked(resident)
        if field is None or field.key == until:
            return asked
        asked.append(field.key)
        if (await resident.state()).step == f"prefill:{field.key}":
            await resident.tap("对，就用这个")
        elif (await resident.state()).step == f"heard:{field.key}":
            await resident.tap("对")
        elif field.type is FieldType.FILE:
            await send_photo(resident, folder)
        else:
            await resident.say((typed or {}).get(field.key) or typed_answer(field))
    raise AssertionError(f"the form has no end: {asked}")


async def send_photo(resident: Resident, folder: Path) -> str:
    """Send a photo; everything answered, as one text."""
    resident_id = (await resident.row()).resident_id
    async with resident.hall.database.session() as session:
        stored = await store_file(session, folder, resident_id, "照片.png", PNG)
        await session.commit()
    return await resident.send(Incoming(file_id=stored.id, file_name="照片.png"))
