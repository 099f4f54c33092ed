"""From receipt to acceptance: what is missing is told once and in full, what may follow later is promised, and the
clock begins."""

from collections.abc import Sequence
from datetime import date

from bot.conversation.incoming import cleaned
from bot.conversation.wording import phrase
from cases import terms
from cases.materials import deferred_of, wait_no_longer_for_missing, want
from cases.models import Case
from cases.notices import NoticeKind, Told, notice
from cases.states import Actor, Status, move
from cases.wording import day_in_china, day_told, listed
from cases.working import LONGEST_REASON, Act, NotAllowed, check, claim
from records.base import now
from services_catalog.guide import named

MOST_MATERIALS = 20
LONGEST_MATERIAL = 100


async def notice_of_missing(act: Act, missing: Sequence[str], words: str, until: date) -> Told:
    """Tell at once all that is missing 一次性告知, to be handed in by `until`; the clock stands meanwhile.

    After the fifth working day since its receipt it is too late for that: the case then counts as accepted from its
    receipt, and only the wait from now on does not count. Raises CaseChanged and NotAllowed.
    """
    check(act, Status.SUPPLEMENT)
    names = list(dict.fromkeys(name for each in missing if (name := cleaned(each)[:LONGEST_MATERIAL])))
    if not 0 < len(names) <= MOST_MATERIALS:
        raise NotAllowed("utter_case_list_needed")
    if until <= act.today:
        raise NotAllowed("utter_case_day_past")
    await claim(act.session, act.case, act.seen)
    case, words = act.case, cleaned(words)[:LONGEST_REASON]
    received = _received_on(case)
    if case.counted_from is None and terms.counts_from(received, act.today) == received != act.today:
        case.counted_from = received
    case.paused_since = act.today if case.counted_from is not None else None
    case.supplement_until, case.supplement_complete = until, False
    case.due_on = case.act_by = case.proposed_outcome = case.proposed_by = None
    want(act.session, case, [(name, until) for name in names], deferred=False)
    note = "；".join([*names, *([words] if words else [])])
    move(act.session, case, Status.SUPPLEMENT, Actor.CLERK, note, clerk_id=act.by.id, action="missing")
    day = day_told(until)
    made = notice(
        act.session,
        case,
        act.item,
        NoticeKind.MISSING,
        [phrase("utter_notice_missing"), *([words] if words else []), phrase("utter_notice_missing_until", day=day)],
        clerk=act.clerk,
        materials=names,
        why=words,
    )
    lines = "\n".join([listed(names), words]).strip()
    text = phrase("utter_told_missing", item=named(act.item), lines=lines, day=day, number=case.number or "")
    return Told(text, made)


async def accept(act: Act) -> Told:
    """Accept the case 受理: the clock begins, or goes on after what was missing came. Raises CaseChanged and
    NotAllowed."""
    check(act, Status.ACCEPTED)
    await claim(act.session, act.case, act.seen)
    await _begin_clock(act)
    move(act.session, act.case, Status.ACCEPTED, Actor.CLERK, clerk_id=act.by.id, action="accepted")
    due = due_told(act.case)
    made = notice(
        act.session, act.case, act.item, NoticeKind.ACCEPTED, [phrase("utter_notice_accepted"), due], clerk=act.clerk
    )
    text = phrase("utter_told_accepted", item=named(act.item), number=act.case.number or "", due=due)
    return Told(text, made)


async def accept_with_deferred(act: Act, deferred: Sequence[tuple[str, date]]) -> Told:
    """Accept the case though materials are missing 容缺受理, each promised for a day.

    Only what the catalogue calls deferrable may follow later: an identity document, a signature or a medical
    conclusion never. Nothing is granted until all of it came. Raises CaseChanged and NotAllowed.
    """
    check(act, Status.ACCEPTED)
    deferrable = {material.name for material in act.item.materials if material.deferrable}
    if not deferred:
        raise NotAllowed("utter_case_list_needed")
    for name, promised_on in deferred:
        if name not in deferrable:
            raise NotAllowed("utter_case_not_deferrable", material=cleaned(name)[:LONGEST_MATERIAL])
        if promised_on <= act.today:
            raise NotAllowed("utter_case_day_past")
    promised = dict(deferred)
    for waiting in await deferred_of(act.session, act.case.id):
        if waiting.material in promised:
            raise NotAllowed("utter_case_promised_before", material=waiting.material)
    await claim(act.session, act.case, act.seen)
    await _begin_clock(act)
    want(act.session, act.case, list(promised.items()), deferred=True)
    lines = [phrase("utter_case_promised", material=name, day=day_told(day)) for name, day in promised.items()]
    note = "；".join(lines)
    move(act.session, act.case, Status.ACCEPTED, Actor.CLERK, note, clerk_id=act.by.id, action="accepted_deferred")
    due = due_told(act.case)
    made = notice(
        act.session,
        act.case,
        act.item,
        NoticeKind.DEFERRED,
        [phrase("utter_notice_deferred"), phrase("utter_notice_deferred_lapse"), due],
        clerk=act.clerk,
        materials=lines,
    )
    text = phrase(
        "utter_told_deferred", item=named(act.item), lines=listed(lines), due=due, number=act.case.number or ""
    )
    return Told(text, made)


def due_told(case: Case) -> str:
    """By when an accepted case is decided, in words."""
    if case.due_on is None:
        return phrase("utter_case_due_unknown")
    if case.due_on == case.counted_from:
        return phrase("utter_case_due_at_once")
    guess = phrase("utter_case_due_estimate") if case.promise_is_estimate else ""
    return phrase("utter_case_due", day=day_told(case.due_on), estimate=guess)


async def _begin_clock(act: Act) -> None:
    """Have the days count: from today for a case accepted in time, from its receipt for one that was left lying."""
    case = act.case
    if case.paused_since is not None:
        case.paused_days += terms.working_days(case.paused_since, act.today)
        case.paused_since = None
    if case.counted_from is None:
        left_lying = act.seen is Status.RECEIVED
        case.counted_from = terms.counts_from(_received_on(case), act.today) if left_lying else act.today
    case.accepted_at = case.accepted_at or now()
    case.supplement_until, case.supplement_complete = None, False
    if act.item.time_limit.promised is not None:
        end = terms.due(case.counted_from, act.item.time_limit.promised.days, case.paused_days)
        case.due_on, case.promise_is_estimate = end.day, end.is_estimate
    case.act_by = case.due_on
    await wait_no_longer_for_missing(act.session, case.id)


def _received_on(case: Case) -> date:
    assert case.received_at is not None, "a case that is worked was received"
    return day_in_china(case.received_at)
