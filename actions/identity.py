"""Who is this: asking for proof of identity where an item needs it, with every way of equal weight."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.conversation.bubbles import HUMAN, Bubble, Choice, Link
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form
from cases.age import age_on
from cases.files import erase_file, read_file
from cases.models import Case
from kyc import checks, face_consent, vault
from kyc.cards.matching import differences
from kyc.cards.reading import CardReading
from kyc.checks import MOST_TRIES, CheckStatus, Subject
from kyc.face_consent import CHILD_UNDER
from kyc.faces.quality import FaceFault
from kyc.images import ImageRefused
from kyc.levels import Level, Way, identity_index
from records.base import now
from services_catalog.guide import named
from services_catalog.schema import ApplicantKind, Item, Mode

ASKED_FROM = Level.FACE
"""The lowest level that is asked for before a case is filed. For a document it is filed first: the card can be shown
in the chat afterwards, or to the clerk who works the case."""
STEP = "identity"
AGREE = "agree"
CARD_STEP = "identity:card"
CARD_FACE_KEPT = timedelta(hours=1)
"""Long enough to go through the camera; what is kept for longer is kept by the check that was passed."""


@dataclass(frozen=True)
class Proof:
    """How identity is proved for a case, and whether somebody still has to look."""

    way: Way | None
    to_check: bool


def ways_of(item: Item) -> list[Way]:
    """The ways that serve an item, each as good as the other."""
    ways = [Way.FACE, Way.CLERK, Way.COUNTER]
    if item.kiosk:
        ways.append(Way.KIOSK)
    if Mode.HOME_VISIT in item.modes:
        ways.append(Way.HOME)
    return ways


def way_label(way: Way) -> str:
    """What a way is called."""
    return phrase(f"utter_way_{way}")


def way_how(way: Way, *, window: str, hours: str) -> str:
    """How a way goes, in one sentence."""
    return phrase(f"utter_way_{way}_how", window=window, hours=hours)


async def proof_of(turn: Turn, case: Case, item: Item) -> Proof | None:
    """The proof that a case can be filed with; None where the resident has to be asked for one first."""
    level = Level(item.identity.level)
    if level <= Level.DECLARED:
        return Proof(None, to_check=False)
    way = await checks.counting(turn.session, turn.resident_id, _identity(case), level)
    if way is not None:
        return Proof(way, to_check=False)
    if level < ASKED_FROM:
        return Proof(None, to_check=True)
    latest = await checks.latest(turn.session, case.id)
    theirs = latest is not None and latest.identity_index == _identity(case)
    if theirs and latest is not None and latest.status in (CheckStatus.ARRANGED, CheckStatus.REVIEW):
        return Proof(Way(latest.way), to_check=True)
    return None


def ask(turn: Turn, case: Case, item: Item) -> None:
    """Say why identity has to be proved and offer every way."""
    turn.state.step = STEP
    text = phrase("utter_identity_ask", item=item.call_it, whose=_whose(case))
    turn.ask(text, [_choice(way) for way in ways_of(item)])


async def take(turn: Turn, case: Case, item: Item, value: str) -> bool:
    """Take a way. True where the case can be filed now."""
    if value == AGREE:
        face_consent.agree(turn.session, turn.resident_id, case.person, by_guardian=needs_guardian(case, turn.today))
        await turn.session.flush()
        await _before_camera(turn, case, item)
        return False
    if value not in set(Way) or Way(value) not in ways_of(item):
        ask(turn, case, item)
        return False
    way = Way(value)
    if way is Way.FACE:
        await _before_camera(turn, case, item)
        return False
    await checks.arrange(turn.session, subject_of(turn, case, item), way)
    return True


async def take_card(turn: Turn, case: Case, item: Item) -> None:
    """A photograph of the ID card came: its face is what the camera's will be compared with."""
    content = await read_file(turn.session, turn.office.files_dir, turn.resident_id, turn.file_id or "")
    if content is None:
        ask_card(turn, case)
        return
    try:
        card, found = await turn.verifier.card_with_face(content, turn.today)
    except ImageRefused as refused:
        turn.say(f"utter_image_{refused.fault}")
        ask_card(turn, case)
        return
    await drop_file(turn)
    sentences = wrong_with(card, case)
    if not sentences and isinstance(found, FaceFault):
        sentences = ["utter_identity_card_without_face"]
    if sentences or isinstance(found, FaceFault):
        for sentence in sentences:
            turn.say(sentence)
        ask_card(turn, case)
        return
    await vault.keep(
        turn.session,
        turn.resident_id,
        case.person,
        _identity(case),
        encoder=found.encoder,
        vector=found.vector,
        source="card",
        until=now() + CARD_FACE_KEPT,
        actor="conversation",
    )
    await turn.session.flush()
    await _give_link(turn, case, item)


def ask_card(turn: Turn, case: Case) -> None:
    """Ask for a photograph of the ID card's face side."""
    turn.state.step = CARD_STEP
    turn.show(
        Bubble(
            text=phrase("utter_identity_ask_card", whose=_whose(case)),
            choices=[Choice(label=phrase("utter_identity_other_way"), value="prove:")],
            asks_file=True,
        )
    )


def subject_age(case: Case, today: date) -> int | None:
    """The age of whom the case is about, by the ID number given; None where none was."""
    number = drafts.answer_of(case, "id_number")
    return None if number is None else age_on(number.value, today)


def needs_guardian(case: Case, today: date) -> bool:
    """Whether the person is a child, for whom a guardian agrees."""
    age = subject_age(case, today)
    return age is not None and age < CHILD_UNDER


async def _before_camera(turn: Turn, case: Case, item: Item) -> None:
    """Give the link to the camera, once there is a face to compare with."""
    failed = await checks.failures(turn.session, _identity(case))
    if failed >= MOST_TRIES:
        turn.ask(phrase("utter_verify_locked_chat"), [*others(item), HUMAN])
        turn.state.step = STEP
    elif not await face_consent.stands(turn.session, turn.resident_id, case.person):
        _ask_consent(turn, case)
    elif turn.verifier.source is not None or await vault.has_reference(
        turn.session, turn.resident_id, _identity(case), turn.verifier.encoder
    ):
        await _give_link(turn, case, item)
    else:
        ask_card(turn, case)


def notice(days_kept: int, *, asks_city: bool) -> list[str]:
    """What is told before a face is looked at: what for, what becomes of the pictures, what is kept, how it ends."""
    lines = [phrase("utter_verify_notice_purpose"), phrase("utter_verify_notice_photos")]
    if asks_city:
        lines.append(phrase("utter_verify_notice_source"))
    if days_kept:
        return [*lines, phrase("utter_verify_notice_kept", days=days_kept), phrase("utter_verify_notice_withdraw")]
    return [*lines, phrase("utter_verify_notice_not_kept")]


def _ask_consent(turn: Turn, case: Case) -> None:
    """Consent comes before any look at a face, that on the card included."""
    policy = turn.verifier.policy
    told = notice(policy.faces_kept.days, asks_city=turn.verifier.source is not None)
    agree = "utter_verify_agree_guardian" if needs_guardian(case, turn.today) else "utter_verify_agree"
    turn.ask(
        "\n".join([phrase("utter_verify_consent_ask", whose=_whose(case)), *told]),
        [
            Choice(label=phrase(agree), value=f"prove:{AGREE}"),
            Choice(label=phrase("utter_identity_other_way"), value="prove:"),
        ],
    )


async def _give_link(turn: Turn, case: Case, item: Item) -> None:
    token = await checks.begin_before_camera(turn.session, subject_of(turn, case, item))
    turn.state.step = STEP
    minutes = int(checks.LINK_VALID.total_seconds() // 60)
    words = "utter_identity_link_for" if case.person != "self" else "utter_identity_link"
    link = Link(label=phrase("utter_identity_link_label"), href=f"{turn.office.public_url}/verify/{token}")
    text = phrase(words, whose=_whose(case), minutes=minutes)
    turn.show(Bubble(text=text, links=[link], choices=others(item)))


def others(item: Item) -> list[Choice]:
    """The ways without a face, as choices."""
    return [_choice(way) for way in ways_of(item) if way is not Way.FACE]


def _choice(way: Way) -> Choice:
    return Choice(label=way_label(way), value=f"prove:{way}")


def subject_of(turn: Turn, case: Case, item: Item) -> Subject:
    """Whose identity is to be proved for a case."""
    return Subject(
        resident_id=turn.resident_id,
        conversation_id=turn.conversation.id,
        person=case.person,
        identity=_identity(case),
        whose=_whose(case, full=True),
        item_id=item.id,
        case_id=case.id,
    )


def _identity(case: Case) -> str:
    """Whose identity a case is about, by the ID number given; of nobody where none was."""
    number = drafts.answer_of(case, "id_number")
    return identity_index("" if number is None else number.value)


def _whose(case: Case, *, full: bool = False) -> str:
    """Whose identity it is, as one says it to the resident; `full` with the masked name, for the page."""
    kind = ApplicantKind(case.applicant_kind or ApplicantKind.SELF)
    person = "您本人" if case.person == form.SELF else form.who(kind, case.person)
    name = drafts.answer_of(case, "name")
    return f"{person}（{_masked(name.value)}）" if full and name is not None and name.value else person


def _masked(name: str) -> str:
    """A name with all but its first character hidden."""
    return name[:1] + "*" * (len(name) - 1)


def wrong_with(card: CardReading, case: Case) -> list[str]:
    """What speaks against the front of a card, as names of sentences; nothing where it is that of whom it should be."""
    if card.fault is not None:
        return [f"utter_card_{card.fault}"]
    if card.front is None:
        return ["utter_card_front_again"]
    name, number = (drafts.answer_of(case, key) for key in ("name", "id_number"))
    if name is None or number is None:
        return ["utter_card_not_card"]
    return [f"utter_card_other_{each}" for each in differences(card.front, name.value, number.value)]


async def drop_file(turn: Turn) -> None:
    """The photograph of the card is not kept: what was needed of it is taken."""
    await erase_file(turn.session, turn.office.files_dir, turn.resident_id, turn.file_id or "")


def filed_words(item: Item, proof: Proof) -> str | None:
    """What to say of the proof once the case is filed."""
    if proof.way is None:
        return None
    if not proof.to_check:
        return phrase("utter_identity_proved")
    return phrase(f"utter_identity_arranged_{proof.way}", item=named(item))
