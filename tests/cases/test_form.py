import pytest

from cases.form import SELF, UNNAMED, about, next_question, questions, who, wording
from services_catalog.loader import Catalog
from services_catalog.schema import ApplicantKind, Audience, FormField

ITEM = "yidi-beian"


def test_a_conditional_question_comes_with_its_answer_and_goes_with_it(catalog: Catalog) -> None:
    item = catalog.items[ITEM]

    def keys(values: dict[str, str]) -> list[str]:
        return [field.key for field in questions(catalog, item, ApplicantKind.SELF, values)]

    assert "hospital" not in keys({})
    assert "hospital" in keys({"record_type": "转去外地医院"})
    assert "hospital" not in keys({"record_type": "长期住外地"})


def test_questions_come_in_the_catalogues_order_and_the_first_open_one_is_next(catalog: Catalog) -> None:
    item = catalog.items[ITEM]
    fields = questions(catalog, item, ApplicantKind.SELF, {})
    assert [field.key for field in fields] == [f.key for f in item.fields if f.ask_if is None]
    assert next_question(fields, {}) == fields[0]
    assert next_question(fields, {fields[0].key: ""}) == fields[1]
    assert next_question(fields, {field.key: "x" for field in fields}) is None


@pytest.mark.parametrize(
    ("kind", "person", "called"),
    [
        (ApplicantKind.SELF, SELF, "您"),
        (ApplicantKind.FAMILY, "母亲", "您母亲"),
        (ApplicantKind.FAMILY, UNNAMED, "您家人"),
        (ApplicantKind.COMMUNITY, UNNAMED, "这位居民"),
    ],
)
def test_the_person_concerned_is_called_what_the_resident_calls_them(
    catalog: Catalog, kind: ApplicantKind, person: str, called: str
) -> None:
    assert who(kind, person) == called
    name = next(field for field in catalog.items[ITEM].fields if field.key == "name")
    assert wording(name, kind, person) == f"{called}叫什么名字？"


def test_what_is_asked_of_a_relative_is_remembered_of_the_relative(catalog: Catalog) -> None:
    item = catalog.items[ITEM]
    name = next(field for field in item.fields if field.key == "name")
    proxy_name = next(field for field in catalog.proxy_fields if field.key == "proxy_name")
    hospital = next(field for field in item.fields if field.key == "hospital")
    assert about(name, item, ApplicantKind.SELF, SELF) == SELF
    assert about(name, item, ApplicantKind.FAMILY, "母亲") == "母亲"
    assert about(name, item, ApplicantKind.FAMILY, UNNAMED) is None
    assert about(proxy_name, item, ApplicantKind.FAMILY, "母亲") == SELF
    assert about(hospital, item, ApplicantKind.SELF, SELF) is None


def test_a_question_that_hangs_on_an_answer_no_longer_asked_is_not_asked_either(catalog: Catalog) -> None:
    def field(key: str, **more: object) -> FormField:
        return FormField.model_validate({"key": key, "type": "yes_no", "label": key, "question": "？", **more})

    fields = [
        field("a"),
        field("b", ask_if={"field": "a", "is": ["是"]}),
        field("c", ask_if={"field": "b", "is": ["是"]}),
        field("proxy_only", only_for=Audience.PROXY),
        field("d", ask_if={"field": "proxy_only", "is": ["是"]}),
    ]
    item = catalog.items[ITEM].model_copy(update={"fields": fields})

    def keys(values: dict[str, str], kind: ApplicantKind = ApplicantKind.SELF) -> list[str]:
        return [field.key for field in questions(catalog, item, kind, values) if field in fields]

    assert keys({"a": "是", "b": "是"}) == ["a", "b", "c"]
    assert keys({"a": "否", "b": "是", "c": "是"}) == ["a"]
    assert keys({"b": "是"}) == ["a"]
    assert keys({"proxy_only": "是"}) == ["a"]
    assert keys({"proxy_only": "是"}, ApplicantKind.FAMILY) == ["a", "proxy_only", "d"]


def test_a_field_for_one_audience_is_asked_of_nobody_else(catalog: Catalog) -> None:
    item = catalog.items[ITEM]
    only = FormField.model_validate(
        {"key": "only", "type": "yes_no", "label": "只问代办人", "question": "？", "only_for": Audience.PROXY}
    )
    item = item.model_copy(update={"fields": [*item.fields, only]})
    assert only not in questions(catalog, item, ApplicantKind.SELF, {})
    assert only in questions(catalog, item, ApplicantKind.FAMILY, {})
