"""Whatever the desk may have to tell has its sentence."""

import re
from pathlib import Path

import pytest

from bot.conversation.handoffs import Reason, Stage
from cases.identifying import REJECTED
from desk.wording import all_said
from kyc.levels import Level, Way

HISTORY = re.compile(r'(?:log\(|action=|end\()[^#\n]*?"([a-z_]+)"')


def _names() -> set[str]:
    """The names the code makes from what it knows."""
    return {
        *(f"stage_{stage}" for stage in Stage),
        *(f"reason_{reason}" for reason in Reason),
        *(f"urgent_{reason}" for reason in (Reason.MISSES, Reason.FAILED, Reason.COMPLAINT, Reason.DANGER, "elder")),
        *(f"sure_{way}" for way in (*Way, "declared", REJECTED)),
        *(f"level_{level.value}" for level in Level if level),
        *(f"event_identity_{way}" for way in (Way.CLERK, Way.COUNTER, Way.KIOSK, Way.HOME)),
        *(f"outcome_{outcome}" for outcome in ("granted", "denied")),
        *(f"event_proposed_{outcome}" for outcome in ("granted", "denied")),
        *(f"actor_{actor}" for actor in ("resident", "clerk", "system")),
    }


def test_what_the_code_tells_by_name_has_a_sentence() -> None:
    assert _names() - all_said("").keys() == set()


@pytest.mark.parametrize("room", ["cases", "desk", "actions"])
def test_every_line_of_a_case_s_history_has_words(room: str) -> None:
    written = {
        name
        for path in Path(room).rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "log(" in line or "action=" in line or "await end(" in line
        for name in HISTORY.findall(line)
    }
    told = {name.removeprefix("event_") for name in all_said("") if name.startswith("event_")}
    assert written - told - {"status"} == set()


def test_every_way_an_answer_came_has_words() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path("actions").glob("*.py"))
    kept = set(re.findall(r'(?:drafts\.keep|_kept)\(.*, "([a-z]+)"\)', source))
    assert kept >= {"typed", "profile"}
    assert {f"provenance_{each}" for each in kept} - all_said("").keys() == set()
