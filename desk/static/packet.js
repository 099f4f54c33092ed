// The packet: what a clerk has to know before the first word, in the order they need it.

import { button, element } from "/static/web/elements.js";
import { block, mark, named } from "./pieces.js";
import { caseMarks } from "./rows.js";
import { createReveal, renderAnswers, renderFacts, renderMaterials } from "./facts.js";
import { dayInWords } from "./moments.js";
import { phrases } from "./phrases.js";
import { post } from "./server.js";
import { renderFiles } from "./files.js";

/** A case as a button that opens it. */
function caseButton(row, open) {
  const facts = [row.status_told, phrases.shortNumber(row.number), row.due_on ? phrases.dueOn(dayInWords(row.due_on)) : null];
  const content = element(
    "span",
    { class: "casebutton__inside" },
    element("strong", {}, named(row.item)),
    element("span", { class: "casebutton__facts" }, facts.filter((fact) => fact !== null).join(phrases.dot)),
    ...caseMarks(row),
  );
  return button(content, { class: "button casebutton", "data-key": `case-${row.id}` }, () => open(row.id));
}

function renderWho({ who }) {
  return block(
    phrases.who,
    element("p", { class: "packet__who" }, element("strong", {}, named(who.name || phrases.noName)), who.person ? mark(phrases.forPerson(who.person), "quiet") : null),
    element("p", { class: "packet__sure" }, who.how_sure),
    renderFacts([
      [phrases.idNumber, who.id_number],
      [phrases.phone, who.phone],
      [phrases.contact, who.contact],
    ]),
  );
}

function renderWhy({ why, tried, handoff }) {
  const attempts = tried.length === 0 ? null : element("ul", { class: "tried" }, ...tried.map((words) => element("li", {}, named(words))));
  const marks = handoff.urgent_for.map((words) => mark(words, "waiting", "notice"));
  return block(
    phrases.why,
    element("p", { class: "packet__why" }, named(why)),
    marks.length === 0 ? null : element("p", { class: "packet__marks" }, ...marks),
    attempts === null ? null : element("p", { class: "packet__label" }, phrases.tried),
    attempts,
  );
}

function renderItem({ item, draft }) {
  if (item === null) return block(phrases.item, element("p", { class: "quiet" }, phrases.itemUnknown));
  return block(
    phrases.item,
    element("p", { class: "packet__item" }, element("strong", {}, named(item.call_it)), draft ? mark(phrases.draft, "accent", "document") : null),
    item.name === item.call_it ? null : element("p", { class: "quiet" }, named(item.name)),
    renderFacts([
      [phrases.window, item.window],
      [phrases.promised, item.promised],
      [phrases.level, item.level_told],
    ]),
  );
}

/** The packet's side of the desk. `openCase(id)` opens a case, and `packet()` gives the one that is open. */
export function createPacket(packet, openCase) {
  const reveal = createReveal(async (key) => (await post(`/handoffs/${packet().handoff.id}/reveal`, { key })).value);

  return {
    forget: reveal.forget,
    render() {
      const shown = packet();
      const cases = shown.other_cases.map((row) => element("li", {}, caseButton(row, openCase)));
      return [
        renderWho(shown),
        renderWhy(shown),
        renderItem(shown),
        shown.case === null ? null : block(phrases.thisCase, caseButton(shown.case, openCase)),
        block(phrases.answers, renderAnswers(shown.answers, reveal, shown.may.includes("reveal"))),
        block(phrases.materials, renderMaterials(shown.materials)),
        block(phrases.files, renderFiles(shown.files)),
        block(phrases.otherCases, cases.length === 0 ? null : element("ul", { class: "cases" }, ...cases)),
      ].filter((part) => part !== null);
    },
  };
}
