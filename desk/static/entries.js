// One thing in the thread: what resident, bot or clerk said, a line of the system, or a note among clerks.

import { button, element, icon, unseen } from "/static/web/elements.js";
import { fileButton } from "./files.js";
import { inWords } from "./moments.js";
import { named } from "./pieces.js";
import { phrases } from "./phrases.js";

function speakerOf(entry) {
  if (entry.speaker === "clerk") return entry.name || phrases.speakers.clerk;
  return phrases.speakers[entry.speaker];
}

function renderHead(entry, isFirst) {
  const who = named(speakerOf(entry));
  if (!isFirst) return unseen(speakerOf(entry) + phrases.colon);
  return element("p", { class: "entry__head" }, element("strong", {}, who), " ", element("time", { datetime: entry.at }, inWords(entry.at)));
}

/** An entry of the thread. `isFirst` shows who speaks, which is not said again for what they say next. */
export function renderEntry(entry, isFirst) {
  if (entry.speaker === "system") {
    return element("p", { class: "entry entry--system" }, named(entry.text), " ", element("time", { datetime: entry.at }, inWords(entry.at)));
  }
  const bubble = element("div", { class: "entry__bubble" });
  if (entry.text) bubble.append(element("p", { class: "entry__words", dir: "auto" }, entry.text));
  if (entry.file) bubble.append(fileButton(entry.file));
  if (entry.choices.length > 0) {
    const choices = entry.choices.map((label) => element("li", {}, named(label)));
    bubble.append(element("ul", { class: "entry__choices", "aria-label": phrases.choicesOffered }, ...choices));
  }
  const classes = `entry entry--${entry.speaker}${isFirst ? " entry--first" : ""}`;
  return element("article", { class: classes }, renderHead(entry, isFirst), bubble, element("div", { class: "entry__delivery", hidden: true }));
}

/** A note among clerks, which no resident sees. */
export function renderNote(note) {
  return element(
    "article",
    { class: "entry entry--note" },
    element("p", { class: "entry__head" }, icon("lock"), element("strong", {}, phrases.noteTitle), " ", named(note.name), " ", element("time", { datetime: note.at }, inWords(note.at))),
    element("p", { class: "entry__words", dir: "auto" }, note.text),
  );
}

function showDelivery(node, words, ...buttons) {
  const line = node.querySelector(".entry__delivery");
  line.replaceChildren(...(words === "" ? [] : [element("span", {}, words)]), ...buttons);
  line.hidden = words === "";
}

/** It is on its way. */
export function showSending(node) {
  node.classList.remove("entry--failed");
  showDelivery(node, phrases.sending);
}

/** It has arrived, and nothing more is to be said of it. */
export function showSent(node) {
  node.classList.remove("entry--failed");
  showDelivery(node, "");
}

/** It did not go out: why, and what can be done. */
export function showFailed(node, why, { resend, drop }) {
  node.classList.add("entry--failed");
  showDelivery(node, phrases.notSent(why), button(phrases.resend, { class: "button button--main" }, resend), button(phrases.drop, {}, drop));
}
