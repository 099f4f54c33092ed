"""A clerk looks at a person and their ID card: the identity of a case is proved, or is not who it was said to be."""

from datetime import timedelta

from bot.conversation.wording import phrase
from cases import drafts
from cases.notices import Told
from cases.states import Actor, Status, log
from cases.telling import latest_conversation
from cases.working import Act, NotAllowed, check, claim, reason
from kyc.checks import Subject, passed_before_a_person
from kyc.levels import Way, identity_index
from services_catalog.guide import named

IN_PERSON = frozenset({Way.CLERK, Way.COUNTER, Way.KIOSK, Way.HOME})
"""The ways in which somebody of the office looks."""
REJECTED = "rejected"
"""The identity of a case that a clerk found not to be that of whom it was declared to be."""

_LOOKED_AT = frozenset({Status.RECEIVED, Status.SUPPLEMENT, Status.ACCEPTED, Status.REVIEW})


async def confirm_identity(act: Act, how: Way, counts_for: timedelta) -> Told:
    """The person was looked at, in one of the ways `IN_PERSON`, and is who the case says.

    It counts for other cases of the same ID number for `counts_for`. Raises CaseChanged and NotAllowed.
    """
    check(act, among=_LOOKED_AT)
    number = drafts.answer_of(act.case, "id_number")
    if how not in IN_PERSON:
        raise NotAllowed("utter_case_not_in_person")
    await claim(act.session, act.case, act.seen)
    act.case.identity, act.case.identity_to_check = how.value, False
    if number is not None and number.value:
        await passed_before_a_person(act.session, await _subject(act, number.value), how, counts_for)
    log(act.session, act.case, f"identity_{how}", Actor.CLERK, clerk_id=act.by.id)
    return Told(phrase("utter_told_identity", item=named(act.item), number=act.case.number or ""))


async def reject_identity(act: Act, why: str) -> Told:
    """The person is not who the case says, or could not be recognised; nothing is granted until it is cleared up.

    Raises CaseChanged and NotAllowed.
    """
    check(act, among=_LOOKED_AT)
    why = reason(why)
    await claim(act.session, act.case, act.seen)
    act.case.identity, act.case.identity_to_check = REJECTED, True
    log(act.session, act.case, "identity_rejected", Actor.CLERK, why, clerk_id=act.by.id)
    return Told(phrase("utter_told_identity_rejected", item=named(act.item), number=act.case.number or "", why=why))


async def _subject(act: Act, id_number: str) -> Subject:
    conversation = await latest_conversation(act.session, act.case.resident_id)
    return Subject(
        resident_id=act.case.resident_id,
        conversation_id="" if conversation is None else conversation.id,
        person=act.case.person,
        identity=identity_index(id_number),
        whose=drafts.masked_name(act.case),
        item_id=act.item.id,
        case_id=act.case.id,
    )
