// One message as it is seen: who speaks, the words, the step, the card, links, choices, and whether it went out.

import { button, element, icon, unseen } from "./elements.js";
import { renderCard, renderLink } from "./cards.js";
import { phrases } from "./phrases.js";

function renderSpeaker(message, streetName, isFirst) {
  if (message.speaker === "clerk") {
    const name = element("strong", {}, message.name || phrases.clerk);
    const line = element("p", { class: "speaker" }, name, ` ${streetName} ${phrases.clerk}`);
    return isFirst ? line : unseen(line.textContent + phrases.colon);
  }
  if (message.speaker === "bot" && isFirst) return element("p", { class: "speaker" }, phrases.bot);
  return unseen(phrases[message.speaker === "bot" ? "bot" : "me"] + phrases.colon);
}

function renderSteps({ step, total }) {
  const words = phrases.step(step, total);
  return element(
    "div",
    { class: "steps" },
    element("span", {}, words),
    element("progress", { max: total, value: step, "aria-label": words }),
  );
}

/** Each line of a text as a block of its own; the later lines of a numbered one stand under its words. */
function renderWords(text) {
  const lines = text
    .split("\n")
    .map((line) => element("span", { class: /^\d+\. /.test(line) ? "words__line words__line--numbered" : "words__line" }, line));
  return element("p", { class: "bubble__words" }, ...lines);
}

function renderBubble(message) {
  if (message.text === "" && message.file === null && message.progress === null) return null;
  return element(
    "div",
    { class: "bubble" },
    message.progress === null ? null : renderSteps(message.progress),
    message.text === "" ? null : renderWords(message.text),
    message.file === null
      ? null
      : element(
          "p",
          { class: "file" },
          icon(message.file.kind.startsWith("image") ? "image" : "document"),
          element("span", {}, message.file.name),
        ),
  );
}

function renderChoices(choices, choose) {
  const lines = choices.map((choice) => {
    const kind = choice.value.startsWith("submit:") ? "choice choice--main" : "choice";
    return button(element("span", {}, choice.label), { class: kind, "data-choice": choice.value }, () => choose(choice));
  });
  return element("div", { class: "choices", role: "group", "aria-label": phrases.choices }, ...lines);
}

/**
 * The node of a message. `isFirst` says whether the speaker has just begun; `choose({label, value})` answers with a choice.
 */
export function renderMessage(message, { streetName, isFirst, choose }) {
  if (message.speaker === "system") {
    return element("p", { class: "system" }, unseen(phrases.system + phrases.colon), message.text);
  }
  const isOwn = message.speaker === "resident";
  return element(
    "div",
    { class: `message message--${message.speaker}${isFirst ? " message--first" : ""}` },
    renderSpeaker(message, streetName, isFirst),
    renderBubble(message),
    renderCard(message.card, choose),
    message.links.length > 0
      ? element("div", { class: "links" }, ...message.links.map((link) => renderLink(link, isElsewhere(link))))
      : null,
    message.choices.length > 0 ? renderChoices(message.choices, choose) : null,
    isOwn ? element("div", { class: "delivery", hidden: true }) : null,
  );
}

/** A page of our own, such as the identity check, comes in place and leads back here. */
function isElsewhere(link) {
  try {
    return new URL(link.href, location.href).origin !== location.origin;
  } catch {
    return false;
  }
}

/** Makes the choices of a message's node answerable, or past; `said` is what the resident then said, or null. */
export function settleChoices(node, isActive, said) {
  for (const choice of node.querySelectorAll("[data-choice]")) {
    if (isActive) {
      choice.removeAttribute("aria-disabled");
      choice.removeAttribute("tabindex");
    } else {
      choice.setAttribute("aria-disabled", "true");
      choice.setAttribute("tabindex", "-1");
    }
    if (!choice.classList.contains("choice")) continue;
    const isChosen = said !== null && (choice.firstElementChild.textContent === said || choice.dataset.choice === said);
    choice.classList.toggle("choice--chosen", isChosen);
    if (isChosen && choice.childElementCount === 1) {
      choice.append(element("span", { class: "choice__chosen" }, icon("check"), phrases.chosen));
    } else if (!isChosen && choice.childElementCount > 1) {
      choice.lastElementChild.remove();
    }
  }
}

/** Nothing to say about how a message of one's own fares: it has arrived. */
export function showSent(node) {
  node.classList.remove("message--failed");
  const line = node.querySelector(".delivery");
  line.replaceChildren();
  line.hidden = true;
}

/** It is on its way, in `words`. */
export function showSending(node, words) {
  node.classList.remove("message--failed");
  const line = node.querySelector(".delivery");
  line.replaceChildren(element("span", { class: "delivery__words" }, words));
  line.hidden = false;
}

/** It did not go out: why, and what can be done. */
export function showFailed(node, words, { resend, drop }) {
  node.classList.add("message--failed");
  const line = node.querySelector(".delivery");
  line.replaceChildren(
    element("span", { class: "delivery__words" }, icon("notice"), element("span", {}, words)),
    button(phrases.drop, {}, drop),
    button(phrases.resend, { class: "button button--main" }, resend),
  );
  line.hidden = false;
}
