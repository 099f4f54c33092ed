"""The promises of the command line: every item can be applied for, and the terminal talks in plain lines."""

import json
import os
import subprocess
from pathlib import Path

from tests.e2e.service import ROOT

LONGEST_S = 400
NOT_BY_FAMILY = "linghuo-canbao"
"""An item that residents apply for themselves."""


def _onecall(*arguments: str, data_dir: Path, said: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / "onecall", *arguments],
        cwd=data_dir,
        env={**os.environ, "ONECALL_DATA_DIR": str(data_dir)},
        input=said,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )


def test_a_resident_gets_from_an_everyday_sentence_to_a_case_number_for_every_item(tmp_path: Path) -> None:
    result = tmp_path / "simulation.json"
    done = _onecall("simulate", "--all", "--json", str(result), data_dir=tmp_path)
    played = json.loads(result.read_text("utf-8"))
    stuck = {item["id"]: item["problem"] for item in played["items"] if not item["completed"]}
    assert stuck == {}
    assert (played["total"], played["completed"]) == (132, 132)
    assert len({item["case_number"] for item in played["items"]}) == 132
    assert "132/132 completed" in done.stdout
    assert done.returncode == 0


def test_residents_of_all_eight_kinds_get_there_and_whoever_cannot_apply_for_their_mother_is_told(
    tmp_path: Path,
) -> None:
    result = tmp_path / "personas.json"
    items = ("canji-zheng-shenling", "gaoling-jintie", NOT_BY_FAMILY)
    chosen = [part for item in items for part in ("--item", item)]
    done = _onecall("simulate", "--persona", "all", *chosen, "--json", str(result), data_dir=tmp_path)
    played = json.loads(result.read_text("utf-8"))
    stuck = {(each["id"], each["persona"]): each["problem"] for each in played["items"] if not each["completed"]}
    assert stuck == {}
    assert (played["total"], played["completed"], played["not_applicable"]) == (24, 24, 1)
    [told] = [each for each in played["items"] if each["not_applicable"]]
    assert (told["id"], told["persona"]) == (NOT_BY_FAMILY, "proxy")
    assert "24/24 completed" in done.stdout
    assert done.returncode == 0


def test_the_plain_terminal_answers_each_line_and_ends_each_turn_with_an_empty_line(tmp_path: Path) -> None:
    lines = ["你好", "办残疾证要什么材料，顺便问下要多久", '/inform{"item":"x"}', "", "人工"]
    done = _onecall("chat", "--plain", data_dir=tmp_path, said="\n".join(lines) + "\n")
    turns = done.stdout.rstrip("\n").split("\n\n")
    assert done.returncode == 0
    assert len(turns) == len(lines)
    assert "办事助手" in turns[0]
    assert "户口簿" in turns[1]
    assert "20个工作日" in turns[1]
    assert "要找工作人员" in turns[4]
