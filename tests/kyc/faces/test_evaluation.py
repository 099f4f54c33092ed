"""Error rates on pairs, their intervals, and what the command line makes of them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli import command_line
from app.setup import project_paths
from app.setup.photographs import folder
from kyc.faces.evaluation import ListRefused, Rate, Scored, read_pairs

_SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def _scored(genuine: list[float], impostor: list[float]) -> Scored:
    return Scored(tuple(genuine), tuple(impostor), len(genuine) + len(impostor), (), 1.0)


def test_rates_count_what_lies_at_a_threshold_as_accepted() -> None:
    point = _scored([0.3, 0.4, 0.45], [0.4, 0.6, 0.7, 0.8]).at(0.4)
    assert point.false_accept.rate == 0.25
    assert point.false_reject.rate == pytest.approx(1 / 3)


def test_an_interval_of_nothing_seen_reaches_three_in_n() -> None:
    rate = Rate.of(0, 300)
    assert (rate.rate, rate.low) == (0.0, 0.0)
    assert rate.high == pytest.approx(0.0126, abs=1e-4)
    assert Rate.of(0, 0) == Rate(None, None, None)


@pytest.mark.parametrize(
    ("genuine", "impostor", "eer"),
    [
        ([0.1, 0.2], [0.8, 0.9], 0.0),
        ([0.8, 0.9], [0.1, 0.2], 1.0),
        ([0.1, 0.6], [0.5, 0.9], 0.5),
        ([0.1, 0.2, 0.3, 0.6], [0.5, 0.7, 0.8, 0.9], 0.25),
    ],
)
def test_the_equal_error_rate(genuine: list[float], impostor: list[float], eer: float) -> None:
    assert _scored(genuine, impostor).equal_error_rate() == pytest.approx(eer)


@given(genuine=_SCORES, impostor=_SCORES)
def test_the_equal_error_rate_lies_between_the_rates_at_every_threshold(
    genuine: list[float], impostor: list[float]
) -> None:
    scored = _scored(genuine, impostor)
    eer = scored.equal_error_rate()
    assert eer is not None
    for threshold in (*genuine, *impostor):
        point = scored.at(threshold)
        assert point.false_accept.rate is not None and point.false_reject.rate is not None
        assert min(point.false_accept.rate, point.false_reject.rate) <= eer + 1e-9
        assert max(point.false_accept.rate, point.false_reject.rate) >= eer - 1e-9


@given(genuine=_SCORES, impostor=_SCORES, far=st.floats(0, 0.5), frr=st.floats(0, 0.5))
def test_proposed_limits_keep_what_was_wanted(
    genuine: list[float], impostor: list[float], far: float, frr: float
) -> None:
    scored = _scored(genuine, impostor)
    limits = scored.proposed(far, frr)
    assert limits is not None
    accepted, refused = scored.at(limits.accept).false_accept.rate, scored.at(limits.review).false_reject.rate
    assert accepted is not None and accepted <= far + 1e-9
    assert refused is not None and refused <= frr + 1e-9


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "第 1 行：缺少栏目 a、b、same"),
        ("a\tb\nx\ty\n", "第 1 行：缺少栏目 same"),
        ("a\tb\tsame\nhere.jpg\there.jpg\tmaybe\n", "第 2 行：same 应当是"),
        ("a\tb\tsame\nhere.jpg\tnowhere.jpg\t1\n", "第 2 行：没有 "),
        ("a\tb\tsame\nhere.jpg\t\t1\n", "第 2 行：缺少照片的文件名"),
        ("a\tb\tsame\n", "一对照片也没有"),
        ("a\tb\tsame\nhere.jpg\n", "第 2 行：same 应当是"),
    ],
)
def test_a_list_that_is_wrong_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "here.jpg").write_bytes(b"")
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text(text)
    with pytest.raises(ListRefused, match=said):
        read_pairs(pairs)
    result = CliRunner().invoke(command_line(["kyc"]), ["kyc", "eval", str(pairs)])
    assert result.exit_code == 2
    assert said in result.output


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pairs of the test photographs, and one picture without a face."""
    here = tmp_path_factory.mktemp("pairs")
    for path in folder(project_paths()).iterdir():
        (here / path.name).write_bytes(path.read_bytes())
    (here / "broken.jpg").write_bytes(b"\xff\xd8\xff")
    rows = [("obama", "obama2", "1"), ("obama", "obama3", "是"), ("obama2", "obama3", "true"), ("obama", "biden", "0")]
    rows += [("obama2", "biden", "0"), ("obama3", "biden", "no"), ("obama", "broken", "1")]
    lines = ["b\ta\tsame", *(f"{a}.jpg\t{b}.jpg\t{same}" for a, b, same in rows)]
    (here / "pairs.tsv").write_text("\n".join(lines))
    return here / "pairs.tsv"


def test_eval_prints_the_table_and_gives_json(pairs: Path) -> None:
    result = CliRunner().invoke(command_line(["kyc"]), ["kyc", "eval", str(pairs), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["accept"]["threshold"] == 0.40
    assert report["review"]["threshold"] == 0.50
    assert (report["accept"]["false_accept_rate"], report["review"]["false_reject_rate"]) == (0.0, 0.0)
    assert 0 < report["accept"]["false_accept_interval"][1] < 1
    assert (report["eer"], report["failed_captures"], report["pairs"]) == (0.0, 1, 7)
    assert (report["genuine_scored"], report["impostor_scored"]) == (3, 3)
    assert report["ms_per_image"] > 0
    table = CliRunner().invoke(command_line(["kyc"]), ["kyc", "eval", str(pairs)], terminal_width=120)
    assert table.exit_code == 0
    assert "误认率" in table.output
    assert "broken.jpg" in table.output


def test_with_a_cohort_scores_are_normalised(pairs: Path) -> None:
    cohort = pairs.parent / "cohort.txt"
    cohort.write_text("obama_partial_face.jpg\nobama_partial_face2.jpg\n32bit.png\n\n")
    result = CliRunner().invoke(command_line(["kyc"]), ["kyc", "eval", str(pairs), "--cohort", str(cohort), "--json"])
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["thresholds_from"] == "these pairs"
    assert report["accept"]["threshold"] != 0.40
    assert "对照组只有 3 人" in result.stderr


def test_too_few_strangers_never_make_a_limit_wider(pairs: Path) -> None:
    result = CliRunner().invoke(command_line(["kyc"]), ["kyc", "calibrate", str(pairs), "--json"])
    report = json.loads(result.stdout)
    assert report["enough_pairs"] is False
    assert report["accept"]["threshold"] <= 0.40
    told = CliRunner().invoke(command_line(["kyc"]), ["kyc", "calibrate", str(pairs)])
    assert "ONECALL_FACE_ACCEPT=0.4" in told.output
    assert "门槛没有放宽" in told.output
