from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from cases.document import ApplicationForm, MaterialRow, Row, render_application
from cases.printing import application_form
from cases.submission import submit
from records.database import Database
from services_catalog.loader import Catalog
from tests.cases.asked import fields_of
from tests.support.people import ID_NUMBER, NAME, PHONE, draft_of

AWKWARD = '#strong[x] \\ $1+1$ *粗* _斜_ `码` <标签> @引用 "引号" // 注释 ~ 生僻字：𬭎𠅤'


def _text(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).replace("\n", "").replace(" ", "")


def _form(answers: list[Row]) -> ApplicationForm:
    return ApplicationForm(
        item="高龄津贴",
        street="示范街道",
        agency="区民政局",
        number="3301050012026112000001",
        received="2026年11月20日",
        status="已收件",
        identity="居民自己申报",
        promise="",
        answers=answers,
        materials=[MaterialRow("身份证", "原件", "")],
    )


def test_the_form_is_a_pdf_whose_fonts_are_all_embedded() -> None:
    pdf = PdfReader(BytesIO(render_application(_form([Row("姓名", NAME)]))))
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert fonts
    for font in fonts:
        descendants = [d.get_object() for d in font.get("/DescendantFonts", [font])]
        for descendant in descendants:
            descriptor = descendant["/FontDescriptor"].get_object()
            assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(descriptor)


def test_what_a_resident_wrote_is_set_as_text_and_never_as_markup() -> None:
    text = _text(render_application(_form([Row("说明", AWKWARD)])))
    for part in ("#strong[x]", "$1+1$", "*粗*", "_斜_", "<标签>", "@引用", "//注释"):
        assert part in text


def test_a_long_form_runs_over_several_pages_with_its_number_on_each() -> None:
    pdf = PdfReader(BytesIO(render_application(_form([Row(f"第{n}项", "很长的回答" * 30) for n in range(60)]))))
    assert len(pdf.pages) > 1
    assert all("3301050012026112000001" in page.extract_text() for page in pdf.pages)


@pytest.mark.parametrize("item_id", ["gaoling-jintie", "yidi-beian"])
async def test_a_filed_cases_form_holds_its_answers_in_full(
    sqlite_database: Database, catalog: Catalog, item_id: str
) -> None:
    item = catalog.items[item_id]
    async with sqlite_database.session() as session:
        case = await draft_of(session, item_id, {"name": NAME, "id_number": ID_NUMBER, "phone": PHONE})
        await submit(session, case, item, fields_of(catalog, case), "330105001", date(2026, 11, 20))
        case.received_at = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
        form = application_form(catalog, case, item, "示范街道")
    assert form.received == "2026年11月21日", "the day in China"
    text = _text(render_application(form))
    for part in (item.name, "示范街道", case.number or "", NAME, ID_NUMBER, PHONE, "已收件"):
        assert part in text
