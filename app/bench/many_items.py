"""A catalogue of made-up items, as many as wanted, each of which lints clean."""

import shutil
from pathlib import Path

import yaml

from services_catalog.loader import CATALOG_DIR

SHARED_FILES = ("departments.yml", "windows.yml", "fields.yml")
UTTERANCES = 40

ITEM = """\
id: shili-{n}
name: 示例补贴第{n}种的申请
call_it: 示例补贴{n}
spoken_names: [示例补贴{n}, 第{n}种钱]
summary: 给年满80岁的老人按月发的第{n}种补贴。
department: {department}
agency: 区民政局
window: {window}
type: 行政给付
levels: {{accept: 社区, decide: 街道}}
modes: [网上办, 窗口]
zero_trip: false
kiosk: false
time_limit:
  promised: {{days: 5}}
fee: {{free: true}}
identity: {{level: 2, face: false}}
applicants:
  - {{kind: self, label: 本人}}
  - {{kind: family, label: 子女代办}}
conditions:
  - 年满80周岁
  - 本区户籍
materials:
  - {{name: 居民身份证, form: 原件, waived: 电子证照可免交}}
  - {{name: 户口簿, form: 原件}}
fields:
  - {{use: name}}
  - {{use: id_number}}
  - {{use: phone}}
  - {{use: household_address}}
  - {{key: paid_elsewhere, type: yes_no, label: 是否在外地领取, question: "{{who}}在别的地方领过吗？"}}
  - key: paid_where
    type: text
    label: 在哪里领
    question: 在哪里领的？
    example: 上海市
    ask_if: {{field: paid_elsewhere, is: [是]}}
next_step: 社区先收材料，街道核对以后决定，会打电话通知您。
questions:
  - {{question: 第{n}种要花钱吗？, answer: 不收费。}}
  - {{question: 第{n}种能代办吗？, answer: 子女可以代办。}}
  - {{question: 第{n}种多久能办好？, answer: 一般5个工作日。}}
legal_basis:
  - 《中华人民共和国老年人权益保障法》
confidence: high
source: 区民政局2026年公布的办事指南
last_reviewed: {reviewed}
opening: 我八十了，听说有第{n}样钱可以领，我想办
"""


def write_catalogue(root: Path, count: int, *, reviewed: str = "2026-11-22") -> None:
    """Write `count` items below `root`, spread over the real departments, each with its utterances."""
    root.mkdir(parents=True, exist_ok=True)
    for name in SHARED_FILES:
        shutil.copy(CATALOG_DIR / name, root)
    departments = yaml.safe_load((root / "departments.yml").read_text(encoding="utf-8"))["departments"]
    for n in range(count):
        department = departments[n % len(departments)]
        content = ITEM.format(n=n, department=department["id"], window=department["window"], reviewed=reviewed)
        _write(root / "items" / department["id"] / f"shili-{n}.yml", content)
        said = "".join(f"    - 我想办第{n}种补贴，这是第{k}种说法\n" for k in range(UTTERANCES))
        _write(root / "utterances" / department["id"] / f"shili-{n}.yml", f"utterances:\n  apply:\n{said}")


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
