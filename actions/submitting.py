"""Filing the case and telling the resident what comes next."""

from sqlalchemy import update

from actions import asking, card, handoff, identity
from actions.finding import offer_next_wish
from bot.conversation.bubbles import Bubble, CaseCard, Link, TimelineStep
from bot.conversation.turn import Turn
from bot.conversation.wording import phrase
from cases import drafts, form, submission
from cases.cards import case_card
from cases.links import application_link
from cases.models import Case, StoredFile
from kyc import profile
from kyc.levels import Way
from services_catalog.guide import named
from services_catalog.schema import Item


async def submit(turn: Turn, case: Case) -> None:
    """File the draft; filing it again shows the case that was filed."""
    item = turn.catalog.items[case.item_id]
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
        await handoff.hand_off(turn)
    elif filed:
        offer_next_wish(turn)


async def show_case(turn: Turn, case: Case, item: Item) -> None:
    """Show a filed case: number, status, promised day, next step; to its own resident, the filled form, too."""
    facts = await case_card(turn.session, case, item)
    links = []
    if case.resident_id == turn.resident_id:  # the form holds every answer in full
        href = application_link(turn.office.public_url, turn.office.link_key, case)
        links.append(Link(label="下载申请表（PDF）", href=href))
    card = CaseCard(
        title=named(item),
        number=facts.number,
        item=item.name,
        status=facts.status,
        timeline=[TimelineStep(**step.model_dump()) for step in facts.timeline],
        promised=facts.promised,
        next_step=item.next_step,
        links=links,
    )
    text = phrase(
        "utter_case_card",
        item=named(item),
        number=facts.number,
        status=facts.status,
        promised=facts.promised or phrase("utter_promise_unknown"),
        next_step=item.next_step,
    )
    turn.show(Bubble(text=text, card=card, links=links))


async def attach(turn: Turn, case: Case) -> None:
    """Put the file just sent with the case."""
    await turn.session.execute(
        update(StoredFile)
        .where(StoredFile.id == turn.file_id, StoredFile.resident_id == turn.resident_id)
        .values(case_id=case.id)
    )


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
