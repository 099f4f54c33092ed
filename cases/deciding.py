"""From acceptance to the end: review, referral, proposal and decision, refusal, return and withdrawal."""

from dataclasses import replace

from bot.conversation.incoming import cleaned
from bot.conversation.wording import phrase
from cases.accepting import accept
from cases.materials import deferred_of
from cases.notices import NoticeKind, Told, notice
from cases.states import Actor, Status, log, move
from cases.working import LONGEST_REASON, Act, NotAllowed, check, claim, end, reason
from records.base import now
from services_catalog.guide import named

LONGEST_PLACE = 60

GRANTED, DENIED = "granted", "denied"
"""The outcomes of a decision."""

_WORKED = frozenset({Status.ACCEPTED, Status.REVIEW})


async def review(act: Act) -> None:
    """Begin to review an accepted case 审核. Raises CaseChanged and NotAllowed."""
    check(act, Status.REVIEW)
    await claim(act.session, act.case, act.seen)
    move(act.session, act.case, Status.REVIEW, Actor.CLERK, clerk_id=act.by.id, action="review")


async def refer(act: Act, to: str, why: str = "") -> Told:
    """Pass an accepted case on to whoever decides it, such as the district. Raises CaseChanged and NotAllowed."""
    check(act, among=_WORKED)
    place = cleaned(to)[:LONGEST_PLACE]
    if not place:
        raise NotAllowed("utter_case_place_needed")
    await claim(act.session, act.case, act.seen)
    act.case.referred_at, act.case.referred_to = now(), place
    note = "：".join(part for part in (place, cleaned(why)) if part)
    if act.seen is Status.ACCEPTED:
        move(act.session, act.case, Status.REVIEW, Actor.CLERK, note, clerk_id=act.by.id, action="referred")
    else:
        log(act.session, act.case, "referred", Actor.CLERK, note, clerk_id=act.by.id)
    return Told(phrase("utter_told_referred", item=named(act.item), to=place, number=act.case.number or ""))


async def propose(act: Act, granted: bool, why: str) -> None:
    """Say how a case should be decided, for a second clerk to decide. A later proposal takes the place of an earlier
    one. Raises CaseChanged and NotAllowed."""
    check(act, Status.DONE)
    why = reason(why)
    await _ready(act, granted)
    await claim(act.session, act.case, act.seen)
    act.case.proposed_outcome, act.case.proposed_by = _outcome(granted), act.by.id
    log(act.session, act.case, f"proposed_{_outcome(granted)}", Actor.CLERK, why, clerk_id=act.by.id)


async def decide(act: Act, granted: bool, why: str) -> Told:
    """Decide a case 办结: granted or not, which needs a reason; where it was granted, `why` says how to get it.

    Where the item asks for four eyes, another clerk has proposed exactly this before. Raises CaseChanged and
    NotAllowed.
    """
    check(act, Status.DONE)
    why = cleaned(why)[:LONGEST_REASON] if granted else reason(why)
    await _ready(act, granted)
    if act.item.four_eyes:
        _seen_by_two(act, granted)
    await claim(act.session, act.case, act.seen)
    act.case.outcome = _outcome(granted)
    await end(act.session, act.case, Status.DONE, Actor.CLERK, why or None, act.by.id, _outcome(granted))
    if granted:
        paragraphs = [phrase("utter_notice_granted"), *([why] if why else [])]
        said = "utter_told_granted"
    else:
        paragraphs = [phrase("utter_notice_denied"), phrase("utter_notice_why", why=why), phrase("utter_case_remedies")]
        said = "utter_told_denied"
    return _told(act, NoticeKind.DECIDED, said, paragraphs, why)


async def settle(act: Act, why: str = "") -> Told:
    """Accept, review and grant a case in one go 即办即结, where the item is promised to be settled on the spot.

    The history has every step, and the resident is told of the end. Raises CaseChanged and NotAllowed.
    """
    check(act, Status.ACCEPTED)
    promised = act.item.time_limit.promised
    if promised is None or promised.days > 0 or act.item.four_eyes:
        raise NotAllowed("utter_case_not_at_once")
    await _ready(act, granted=True)
    await accept(act)
    await review(replace(act, seen=Status.ACCEPTED))
    return await decide(replace(act, seen=Status.REVIEW), True, why)


async def refuse(act: Act, why: str) -> Told:
    """Refuse to accept a case 不予受理, with reasons and remedies in writing (《行政许可法》第三十八条).

    Raises CaseChanged and NotAllowed.
    """
    check(act, Status.REFUSED)
    why = reason(why)
    await claim(act.session, act.case, act.seen)
    await end(act.session, act.case, Status.REFUSED, Actor.CLERK, why, act.by.id, "refused")
    paragraphs = [phrase("utter_notice_refused"), phrase("utter_notice_why", why=why), phrase("utter_case_remedies")]
    return _told(act, NoticeKind.REFUSED, "utter_told_refused", paragraphs, why)


async def return_case(act: Act, why: str) -> Told:
    """Give a case back 退件 whose missing materials do not come; it may be applied for again. Raises CaseChanged and
    NotAllowed."""
    check(act, Status.RETURNED)
    why = reason(why)
    await claim(act.session, act.case, act.seen)
    await end(act.session, act.case, Status.RETURNED, Actor.CLERK, why, act.by.id, "returned")
    paragraphs = [phrase("utter_notice_returned"), phrase("utter_notice_why", why=why), phrase("utter_notice_again")]
    return _told(act, NoticeKind.RETURNED, "utter_told_returned", paragraphs, why)


async def withdraw(act: Act, wish: str) -> Told:
    """Withdraw a case because its resident wants it; `wish` says how they told so. Raises CaseChanged and
    NotAllowed."""
    check(act, Status.WITHDRAWN)
    wish = reason(wish)
    await claim(act.session, act.case, act.seen)
    await end(act.session, act.case, Status.WITHDRAWN, Actor.CLERK, wish, act.by.id, "withdrawn")
    return Told(phrase("utter_told_withdrawn", item=named(act.item), number=act.case.number or ""))


def _told(act: Act, kind: NoticeKind, said: str, paragraphs: list[str], why: str) -> Told:
    made = notice(act.session, act.case, act.item, kind, paragraphs, clerk=act.clerk, why=why)
    values = {"item": named(act.item), "number": act.case.number or "", "why": why}
    return Told(phrase(said, **values, remedies=phrase("utter_case_remedies")).strip(), made)


def _outcome(granted: bool) -> str:
    return GRANTED if granted else DENIED


async def _ready(act: Act, granted: bool) -> None:
    """What speaks against deciding now: it is the district's, or something is open that a grant rests on."""
    if not act.item.settled_by_street and act.case.referred_at is None:
        raise NotAllowed("utter_case_not_referred", level=act.item.levels.decide.value)
    if not granted:
        return
    if act.case.identity_to_check:
        raise NotAllowed("utter_case_identity_open")
    if await deferred_of(act.session, act.case.id):
        raise NotAllowed("utter_case_waits_for_materials")


def _seen_by_two(act: Act, granted: bool) -> None:
    if act.case.proposed_by is None:
        raise NotAllowed("utter_case_not_proposed")
    if act.case.proposed_by == act.by.id:
        raise NotAllowed("utter_case_four_eyes")
    if act.case.proposed_outcome != _outcome(granted):
        raise NotAllowed("utter_case_differs")
