"""What the form of a draft asks, for tests that file it."""

from cases.drafts import values_of
from cases.form import questions
from cases.models import Case
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, FormField


def fields_of(catalog: Catalog, case: Case) -> list[FormField]:
    """The fields asked of a draft as it stands."""
    kind = ApplicantKind(case.applicant_kind or ApplicantKind.SELF)
    return questions(catalog, catalog.items[case.item_id], kind, values_of(case))
