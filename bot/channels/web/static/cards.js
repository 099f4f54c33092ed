// The two cards: the summary to confirm and the case.

import { button, element, icon, unseen } from "./elements.js";
import { phrases } from "./phrases.js";

/** A link as a full-width line. Only web and telephone addresses become links; any other is shown as plain text. */
export function renderLink(link, inNewWindow) {
  let address;
  try {
    address = new URL(link.href, location.href);
  } catch {
    return element("p", {}, link.label);
  }
  if (!["http:", "https:", "tel:"].includes(address.protocol)) return element("p", {}, link.label);
  const node = element("a", { class: "link", href: address.href }, icon("document"), element("span", {}, link.label));
  if (inNewWindow) {
    node.target = "_blank";
    node.rel = "noopener";
    node.lastChild.append(unseen(phrases.newWindow));
  }
  return node;
}

/** The answers, each with 修改 beside it, which sends that row's choice through `choose({label, value})`. */
function renderSummary(card, choose) {
  const rows = card.rows.map((row) => {
    const node = element("div", { class: "row" }, element("dt", {}, row.label), element("dd", {}, row.value));
    if (row.change !== null) {
      const label = phrases.changeOf(row.label);
      const change = button(phrases.change, { "aria-label": label, "data-choice": row.change }, () =>
        choose({ label, value: row.change }),
      );
      node.append(element("dd", { class: "row__change" }, change));
    }
    return node;
  });
  return element(
    "div",
    { class: "card", role: "group", "aria-label": card.title },
    element("h2", { class: "card__title" }, card.title),
    element("dl", { class: "rows" }, ...rows),
  );
}

async function copy(source, told) {
  let copied = false;
  try {
    await navigator.clipboard.writeText(source.textContent);
    copied = true;
  } catch {
    getSelection().selectAllChildren(source);
    copied = document.execCommand("copy");
  }
  told(copied ? phrases.copied : phrases.copyByHand);
}

function renderTimeline(steps) {
  const now = steps.findIndex((step) => !step.done);
  const lines = steps.map((step, index) => {
    const state = step.done ? "done" : index === now ? "now" : "later";
    const words = { done: phrases.stepDone, now: phrases.stepNow, later: phrases.stepLater }[state];
    return element(
      "li",
      { class: `timeline__step timeline__step--${state}`, "aria-current": state === "now" ? "step" : null },
      element("span", { class: "timeline__dot", "aria-hidden": "true" }, step.done ? icon("check") : null),
      element("span", {}, step.label),
      step.at === null
        ? state === "now"
          ? element("span", { class: "timeline__at" }, words)
          : unseen(words)
        : element("span", { class: "timeline__at" }, unseen(words), step.at),
    );
  });
  return element("ol", { class: "timeline", "aria-label": phrases.timeline }, ...lines);
}

function renderCase(card) {
  const number = element("b", {}, card.number);
  const copyButton = button(phrases.copy, { "aria-label": phrases.copyNumber }, () =>
    copy(number, (words) => {
      copyButton.textContent = words;
      copyButton.setAttribute("aria-label", words);
    }),
  );
  const isDone = card.timeline.length > 0 && card.timeline.every((step) => step.done);
  const facts = [];
  if (card.promised !== null) facts.push(fact(phrases.promised, card.promised));
  if (card.next_step !== "") facts.push(fact(phrases.nextStep, card.next_step));
  return element(
    "div",
    { class: "card case", role: "group", "aria-label": card.title },
    element("h2", { class: "card__title" }, card.title),
    card.title.includes(card.item) ? null : element("p", { class: "case__item" }, card.item),
    element(
      "div",
      { class: "case__number" },
      element("p", {}, element("span", {}, phrases.caseNumber), number),
      copyButton,
    ),
    element(
      "p",
      { class: isDone ? "case__status case__status--done" : "case__status" },
      isDone ? icon("check") : null,
      phrases.status + phrases.colon + card.status,
    ),
    card.timeline.length > 0 ? renderTimeline(card.timeline) : null,
    facts.length > 0 ? element("dl", { class: "case__facts" }, ...facts) : null,
    card.links.length > 0
      ? element("div", { class: "links" }, ...card.links.map((link) => renderLink(link, true)))
      : null,
  );
}

function fact(label, value) {
  return element("div", {}, element("dt", {}, label), element("dd", {}, value));
}

/** The card of a message, or null for a message without one or with one of a kind this page does not know. */
export function renderCard(card, choose) {
  if (card === null) return null;
  if (card.kind === "summary") return renderSummary(card, choose);
  if (card.kind === "case") return renderCase(card);
  return null;
}
