"""The promises of the command line: every item can be applied for, and the terminal talks in plain lines."""

import json
import os
import subprocess
from pathlib import Path

from tests.e2e.service import ROOT

LONGEST_S = 400


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
