// A reply the bot would give, which waits until a clerk has read it.

import { button, element, say } from "/static/web/elements.js";
import { block, named } from "./pieces.js";
import { inWords } from "./moments.js";
import { phrases } from "./phrases.js";
import { post, whyOf } from "./server.js";

/** A held reply as the parts of its side. `decided()` runs when it was decided, here or by somebody else. */
export function renderHeld(held, decided) {
  const field = element("textarea", { class: "held__words", id: "held-words", rows: 8, maxlength: 2000 });
  const before = held.bubbles.slice(0, -1);
  const proposed = held.bubbles[held.bubbles.length - 1] || "";
  field.value = proposed;
  const earlier = element("div", { class: "held__before", hidden: before.length === 0 }, element("p", { class: "quiet" }, phrases.heldBefore), ...before.map((text) => element("p", { class: "held__bubble" }, named(text))));
  const line = element("p", { class: "line line--refused", role: "alert", hidden: true });
  const label = element("span", {}, phrases.heldApprove);
  const buttons = [
    button(label, { class: "button button--main", "data-key": "held-send" }, () => decide(isChanged() ? "change" : "approve")),
    button(phrases.heldUndo, { "data-key": "held-undo" }, undo),
    button(phrases.heldDrop, { class: "button button--danger", "data-key": "held-drop" }, () => decide("drop")),
  ];

  function isChanged() {
    return field.value.trim() !== proposed;
  }

  function show() {
    label.textContent = isChanged() ? phrases.heldChange : phrases.heldApprove;
    buttons[0].disabled = field.value.trim() === "";
    buttons[1].hidden = !isChanged();
  }

  function undo() {
    field.value = proposed;
    show();
    field.focus();
  }

  async function decide(decision) {
    buttons.forEach((node) => (node.disabled = true));
    try {
      await post(`/held/${held.id}`, { decision, text: decision === "change" ? field.value.trim() : "" });
      decided();
    } catch (problem) {
      say(line, whyOf(problem));
      buttons.forEach((node) => (node.disabled = false));
      show();
    }
  }

  field.addEventListener("input", show);
  show();
  return [
    element("header", {}, element("h2", { class: "side__title", id: "side-title", tabindex: "-1" }, phrases.heldTitle), element("p", { class: "quiet" }, phrases.heldMeans)),
    element(
      "div",
      { class: "held" },
      block(phrases.heldAsked(held.item || phrases.noItem), element("p", { class: "held__asked" }, named(held.asked)), element("p", { class: "quiet" }, inWords(held.made_at))),
      element("section", { class: "block" }, element("h3", { class: "block__title" }, element("label", { for: "held-words" }, phrases.heldAnswer)), earlier, field, line, element("div", { class: "held__buttons" }, ...buttons)),
    ),
  ];
}
