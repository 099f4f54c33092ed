import re
from pathlib import Path
from typing import get_args

from bot.conversation.incoming import Unreadable
from bot.conversation.wording import phrases
from kyc.capture.examining import Result
from kyc.checks import LinkFault
from kyc.levels import Way

ROOMS = ("actions", "app", "bot/channels", "bot/conversation", "cases", "desk", "kyc")


def test_every_phrase_used_in_code_exists() -> None:
    used = {
        name
        for room in ROOMS
        for path in Path(room).rglob("*.py")
        for name in re.findall(r'"(utter_[a-z_]+)"', path.read_text(encoding="utf-8"))
    }
    assert used - set(phrases()) == set()


def test_every_phrase_is_said_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for room in ROOMS for path in Path(room).rglob("*.py"))
    made = (
        "utter_answer_", "utter_unreadable_", "utter_image_", "utter_face_", "utter_liveness_",
        "utter_card_", "utter_material_", "utter_way_", "utter_identity_arranged_", "utter_verify_link_",
        "utter_video_link_",
        *(f"utter_verify_{result}" for result in Result),
    )  # fmt: skip
    unused = [name for name in phrases() if name not in code and not name.startswith(made)]
    assert unused == []


def test_whatever_cannot_be_read_has_its_sentence_and_no_other_has_one() -> None:
    told = {name.removeprefix("utter_unreadable_") for name in phrases() if name.startswith("utter_unreadable_")}
    assert told == set(get_args(Unreadable))


def test_every_reason_to_refuse_an_answer_has_its_sentence() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in Path("cases/answers").glob("*.py"))
    reasons = set(re.findall(r'AnswerRefused\(\s*f?"([a-z_]+)"', code))
    assert reasons
    assert {f"utter_answer_{reason}" for reason in reasons} - set(phrases()) == set()


def test_every_way_and_every_end_of_an_identity_check_has_its_sentence() -> None:
    needed = {f"utter_way_{way}" for way in Way if way is not Way.CARD}
    needed |= {f"utter_way_{way}_how" for way in Way if way is not Way.CARD}
    needed |= {f"utter_identity_arranged_{way}" for way in Way if way is not Way.CARD}
    needed |= {f"utter_verify_link_{fault}" for fault in LinkFault} | {f"utter_verify_{result}" for result in Result}
    assert needed - set(phrases()) == set()
