"""Filing the case and telling the resident what comes next."""

from actions import asking, card, handoff, identity
from actions.lent import back_to_clerk
from bot.conversation.bubbles import Bubble, CaseCard, Link, TimelineStep
from bot.conversation.several import offer_next_wish
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form, submission
from cases.cards import case_card, latest_notice
from cases.files import attach_to
from cases.links import application_link, notice_link
from cases.models import Case
from cases.notices import NoticeKind
from kyc import profile
from kyc.levels import Way
from services_catalog.guide import named
from services_catalog.schema import Item


async def submit(turn: Turn, case: Case) -> None:
    """File the draft; filing it again shows the case that was filed."""
    item = turn.item_of(case)
    filed, proof = False, None
    if case.number is None:
        fields = asking.form_fields(turn, case)
        if form.next_question(fields, drafts.values_of(case)) is not None:
            await asking.ask_next(turn, case)
            return
        proof = await identity.proof_of(turn, case, item)
        if proof is None:
            identity.ask(turn, case, item)
            return
        filed = await submission.submit(
            turn.session,
            case,
            item,
            fields,
            turn.office.street_code,
            turn.today,
            identity="declared" if proof.way is None else proof.way.value,
            identity_to_check=proof.to_check,
        )
    turn.state.leave_form()
    turn.state.relation = None
    turn.state.filed = case.id
    if filed:
        await _remember(turn, case, item)
        turn.show(Bubble(text=phrase("utter_case_filed", item=named(item), number=case.number or "")))
    else:
        turn.say("utter_case_filed_before")
    await show_case(turn, case, item)
    if proof is not None and proof.way is None and proof.to_check:
        card.offer(turn, case)
    elif proof is not None and (words := identity.filed_words(item, proof)) is not None:
        turn.show(Bubble(text=words))
    if proof is not None and proof.way is Way.CLERK and proof.to_check:
        await handoff.hand_off(turn, "identity")
    elif filed:
        offer_next_wish(turn)
        await back_to_clerk(turn)


async def show_case(turn: Turn, case: Case, item: Item) -> None:
    """Show a filed case: number, status, promised day, next step; to its own resident, the filled form, too."""
    own = case.resident_id == turn.resident_id
    facts = await case_card(turn.session, case, item, own=own)
    links = await _links(turn, case) if own else []  # the form holds every answer in full
    card = CaseCard(
        title=named(item),
        number=facts.number,
        item=item.name,
        status=facts.status,
        timeline=[TimelineStep(**step.model_dump()) for step in facts.timeline],
        promised=facts.promised,
        next_step=facts.next_step,
        links=links,
    )
    text = phrase(
        "utter_case_card",
        item=named(item),
        number=facts.number,
        status=facts.status,
        promised=facts.promised or phrase("utter_promise_over" if case.ended_at else "utter_promise_unknown"),
        next_step=facts.next_step,
    )
    turn.show(Bubble(text=text, card=card, links=links))


async def _links(turn: Turn, case: Case) -> list[Link]:
    office = turn.office
    links = [Link(label="下载申请表（PDF）", href=application_link(office.public_url, office.link_key, case))]
    notice = await latest_notice(turn.session, case)
    if notice is not None:
        label = phrase("utter_notice_link", title=NoticeKind(notice.kind).heading)
        links.append(Link(label=label, href=notice_link(office.public_url, office.link_key, notice)))
    return links


async def attach(turn: Turn, case: Case) -> None:
    """Put the file just sent with the case."""
    await attach_to(turn.session, case.id, turn.resident_id, turn.file_id or "")


async def _remember(turn: Turn, case: Case, item: Item) -> None:
    """Keep what was given and confirmed, for later forms."""
    kind = asking.kind_of(case)
    for field in asking.form_fields(turn, case):
        person = form.about(field, item, kind, case.person)
        answer = drafts.answer_of(case, field.key)
        if person is None or field.prefill is None or answer is None or not answer.value:
            continue
        await profile.remember(
            turn.session,
            turn.resident_id,
            person,
            field.prefill,
            value=answer.value,
            masked=answer.masked,
            source=item.call_it,
        )
        await turn.session.flush()
