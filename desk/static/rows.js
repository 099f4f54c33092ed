// One row of the queue: a conversation, a reply of the bot that waits for approval, or a case.

import { element } from "/static/web/elements.js";
import { dayInWords, durationInWords, inWords, minutesSince } from "./moments.js";
import { mark, named } from "./pieces.js";
import { phrases } from "./phrases.js";

const URGENT_ICON = "notice";

/** The bar that fills toward its limit. The minutes stand beside it as text. */
function createBar(limit) {
  return element("progress", { class: "bar", max: limit, value: 0, "aria-hidden": "true" });
}

function fill(bar, seconds) {
  bar.value = Math.min(seconds, bar.max);
  bar.classList.toggle("bar--late", seconds > bar.max);
}

/** Since when somebody waits in a row, or null where nobody does. */
function waitsSince(row) {
  if (row.stage === "waiting") return row.waiting_since;
  return row.stage === "taken" ? row.unanswered_since : null;
}

function waitWords(row) {
  const since = waitsSince(row);
  if (since !== null) {
    const minutes = minutesSince(since);
    const words = (row.stage === "waiting" ? phrases.waited : phrases.unanswered)(durationInWords(minutes));
    return minutes * 60 > row.limit_s ? phrases.late(words) : words;
  }
  if (row.stage === "call") return row.meet_at ? phrases.callAt(inWords(row.meet_at)) : row.stage_told;
  if (row.stage === "visit") return row.meet_at ? phrases.visitAt(inWords(row.meet_at)) : row.stage_told;
  return row.stage === "taken" ? phrases.answered : row.stage_told;
}

function handoffFacts(row, group) {
  const facts = [phrases.channels[row.channel] || row.channel];
  if (group === "waiting") facts.push(row.reason);
  if (row.window !== null && group !== "mine") facts.push(row.window);
  if (group === "others" && row.clerk !== null) facts.push(row.clerk.name);
  return facts;
}

function renderHandoff(row, group) {
  const wait = element("span", { class: "row__wait" });
  const bar = waitsSince(row) === null ? null : createBar(row.limit_s);
  const marks = row.urgent_for.map((words) => mark(words, "waiting", URGENT_ICON));
  if (row.for_me && group === "waiting") marks.unshift(mark(phrases.forYou, "accent", "person"));
  if (row.viewers.length > 0) marks.push(mark(phrases.alsoLook(row.viewers.join(phrases.comma)), "quiet", "eye"));
  const node = element(
    "button",
    { type: "button", class: "row" },
    element("span", { class: "row__head" }, element("strong", { class: "row__title" }, named(row.item || phrases.noItem)), wait),
    bar,
    element("span", { class: "row__facts" }, named(handoffFacts(row, group).join(phrases.dot))),
    marks.length > 0 ? element("span", { class: "row__marks" }, ...marks) : null,
  );
  const tick = () => {
    const since = waitsSince(row);
    wait.textContent = waitWords(row);
    wait.classList.toggle("row__wait--late", since !== null && minutesSince(since) * 60 > row.limit_s);
    if (bar !== null) fill(bar, minutesSince(since) * 60);
  };
  return { node, tick };
}

function renderHeld(row) {
  const wait = element("span", { class: "row__wait" });
  const node = element(
    "button",
    { type: "button", class: "row" },
    element("span", { class: "row__head" }, element("strong", { class: "row__title" }, named(row.item || phrases.noItem)), wait),
    element("span", { class: "row__last" }, named(phrases.asked(row.asked))),
  );
  return { node, tick: () => (wait.textContent = phrases.waited(durationInWords(minutesSince(row.made_at)))) };
}

/** What is to be told of a case's days and state, as marks. */
export function caseMarks(row) {
  const marks = [];
  if (row.warning === "over") marks.push(mark(phrases.overdue, "waiting", "notice"));
  if (row.warning === "soon") marks.push(mark(phrases.dueSoon, "waiting", "clock"));
  if (row.supplement_complete) marks.push(mark(phrases.supplementComplete, "done", "check"));
  if (row.identity_to_check) marks.push(mark(phrases.identityToCheck, "quiet", "card"));
  return marks;
}

function renderCase(row) {
  const marks = caseMarks(row);
  const facts = [phrases.shortNumber(row.number), row.due_on ? phrases.dueOn(dayInWords(row.due_on)) : phrases.noDue];
  if (row.handler !== null) facts.push(row.handler.name);
  const node = element(
    "button",
    { type: "button", class: "row" },
    element(
      "span",
      { class: "row__head" },
      element("strong", { class: "row__title" }, named(row.item)),
      element("span", { class: "row__wait" }, row.status_told),
    ),
    element("span", { class: "row__facts" }, named(facts.join(phrases.dot))),
    marks.length > 0 ? element("span", { class: "row__marks" }, ...marks) : null,
  );
  return { node, tick: () => {} };
}

/** A row of a group, as `{node, tick}`: `tick` brings the waiting time up to date. */
export function renderRow(row, group) {
  const rendered = group === "held" ? renderHeld(row) : group === "cases" ? renderCase(row) : renderHandoff(row, group);
  rendered.tick();
  return rendered;
}
