"""What the printed application form of a case says."""

from cases import drafts, form
from cases.cards import promise
from cases.document import ApplicationForm, MaterialRow, Row
from cases.models import Case
from cases.states import Status
from cases.wording import identity_told
from records.base import CHINA
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, Item, Material


def application_form(catalog: Catalog, case: Case, item: Item, street: str) -> ApplicationForm:
    """The filled form of a filed case. It shows answers in full: the paper is the resident's own."""
    kind = ApplicantKind(case.applicant_kind or ApplicantKind.SELF)
    fields = form.questions(catalog, item, kind, drafts.values_of(case))
    answers = [(field, drafts.answer_of(case, field.key)) for field in fields]
    received = case.received_at.astimezone(CHINA) if case.received_at else None
    return ApplicationForm(
        item=item.name,
        street=street,
        agency=item.agency,
        number=case.number or "",
        received=f"{received.year}年{received.month}月{received.day}日" if received else "",
        status=Status(case.status).told,
        identity=identity_told(case.identity, to_check=case.identity_to_check),
        promise=promise(case, item) or "承诺时限以窗口告知为准",
        answers=[Row(field.label, answer.shown) for field, answer in answers if answer is not None],
        materials=[
            MaterialRow(material.name, material.form.value, _note(material))
            for material in item.materials
            if material.only_for is None or material.only_for.includes(kind)
        ],
    )


def _note(material: Material) -> str:
    notes = [material.waived, "可以后补" if material.deferrable else None, material.only_if, material.note]
    return "；".join(note for note in notes if note)
