"""A small catalogue and its training, shared by the tests of this folder."""

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

ENTRIES = [
    {
        "id": "disability-card",
        "name": "残疾人证申领",
        "call_it": "残疾证",
        "spoken_names": ["残疾证", "办残疾"],
        "conditions": ["经评定符合残疾标准"],
        "summary": "给有残疾的人发证",
        "utterances": {
            "apply": ["我要办残疾证", "腿脚残了想办个证", "我爸中风瘫了能评残吗", "眼睛看不见怎么评残", "想评个残"],
            "ask_materials": ["办残疾证要带什么", "评残要哪些材料", "评残带病历吗", "残疾证要几张照片"],
        },
    },
    {
        "id": "disability-card-lost",
        "name": "残疾人证遗失补办",
        "call_it": "残疾证丢了",
        "spoken_names": ["残疾证丢了", "残疾证补办"],
        "conditions": ["证件遗失"],
        "summary": "丢了再补一本",
        "utterances": {
            "apply": ["残疾证丢了怎么补", "我的残疾证找不到了", "残疾证掉了要补", "本子弄丢了补一本残疾证"],
            "ask_materials": ["补残疾证要带什么", "残疾证补办要登报吗", "丢了证补办带照片吗"],
        },
    },
    {
        "id": "minimum-living",
        "name": "最低生活保障审核确认",
        "call_it": "低保",
        "spoken_names": ["低保", "吃低保"],
        "conditions": ["家庭人均收入低于低保标准"],
        "summary": "收入太低的家庭每月领补差",
        "utterances": {
            "apply": ["我想申请低保", "家里没收入想吃低保", "穷得揭不开锅能吃低保吗", "一家人没钱过日子申请低保"],
            "ask_materials": ["申请低保要带什么", "办低保要户口本吗", "低保要收入证明吗"],
        },
    },
]

GENERIC = {
    "human": ["人工", "转人工", "我要找真人", "叫工作人员来"],
    "cancel": ["取消", "不办了", "算了不办了", "退出"],
    "greet": ["你好", "您好", "在吗", "早上好"],
    "out_of_scope": ["今天天气怎么样", "帮我订高铁票", "讲个笑话", "附近有什么好吃的", "股票涨了没", "护照怎么办"],
}


@pytest.fixture(scope="session")
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), model_id="test")


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    folder = tmp_path / "model"
    folder.mkdir()
    return LocalModelStorage(folder)


@pytest.fixture
def resource() -> Resource:
    return Resource("component")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The index file of the small catalogue, at the place the environment names."""
    path = tmp_path / "index.json"
    write_index(path, ENTRIES)
    monkeypatch.setenv("ONECALL_INDEX", str(path))
    return path


@pytest.fixture
def training_data() -> TrainingData:
    examples = [(text, intent) for intent, texts in GENERIC.items() for text in texts]
    examples += [(text, intent) for entry in ENTRIES for intent, texts in entry["utterances"].items() for text in texts]
    return TrainingData([Message({"text": text, "intent": intent}) for text, intent in examples])


def write_index(path: Path, entries: list[dict[str, Any]]) -> None:
    spoken = [{"voices": {}, **entry} for entry in entries]
    path.write_text(json.dumps({"format": 2, "items": spoken}, ensure_ascii=False), encoding="utf-8")
