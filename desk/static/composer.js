// Where the clerk types: to the resident, or a note among clerks. What is typed is kept for each conversation.

import { say } from "/static/web/elements.js";
import { read, write } from "./kept.js";
import { phrases } from "./phrases.js";

const LIMIT = 1500;
const TELL_FROM = 1300;
const TYPING_EVERY = 3000;
/** What the key / gives, also where Chinese punctuation is on. */
const SLASHES = ["/", "、"];

/** Whether a keyboard and mouse are there, so that moving the focus opens no keyboard on the screen. */
const hasKeyboard = () => window.matchMedia("(hover: hover) and (pointer: fine)").matches;

/**
 * Wires the form. `send(mode, text)` gets what is to be said: mode is "say" or "note". `typing()` is called while the clerk types
 * to the resident, at most every three seconds; `canned()` when / is typed in the empty field.
 */
export function setUpComposer({ form, field, label, line, sendButton, modes }, { send, typing, canned }) {
  let conversation = null;
  let mode = "say";
  let toldTyping = 0;

  function fit() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
  }

  /** Counts as the server does, by code points. */
  function measure() {
    const length = Array.from(field.value.trim()).length;
    field.setAttribute("aria-invalid", String(length > LIMIT));
    if (length > LIMIT) say(line, phrases.tooLong(LIMIT, length - LIMIT));
    else if (length > TELL_FROM) say(line, phrases.charactersLeft(LIMIT - length));
    else say(line, "");
    return length;
  }

  function changed() {
    if (conversation !== null) write(conversation, mode, field.value);
    measure();
    fit();
  }

  function showMode(next) {
    mode = next;
    form.classList.toggle("composer--note", mode === "note");
    for (const [name, node] of Object.entries(modes)) node.setAttribute("aria-pressed", String(name === mode));
    label.textContent = phrases.modes[mode].label;
    field.placeholder = phrases.modes[mode].placeholder;
    sendButton.textContent = phrases.modes[mode].send;
    field.value = conversation === null ? "" : read(conversation, mode);
    changed();
  }

  function submit() {
    const length = measure();
    if (length === 0 || length > LIMIT) return;
    send(mode, field.value.trim());
  }

  field.addEventListener("input", () => {
    if (mode === "say" && SLASHES.includes(field.value)) {
      field.value = "";
      changed();
      canned();
      return;
    }
    changed();
    if (mode === "say" && field.value.trim() !== "" && Date.now() - toldTyping > TYPING_EVERY) {
      toldTyping = Date.now();
      typing();
    }
  });
  field.addEventListener("keydown", (event) => {
    // 229 is what some browsers report for the Enter that ends a composition.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    submit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  for (const [name, node] of Object.entries(modes)) {
    node.addEventListener("click", () => {
      showMode(name);
      field.focus();
    });
  }

  return {
    /** Opens the composer for a conversation, with what may be written there: `{say, note}`. */
    open(newConversation, may) {
      const isOther = conversation !== newConversation;
      const isAllowedNow = may.say && modes.say.hidden;
      conversation = newConversation;
      form.hidden = !may.say && !may.note;
      modes.say.hidden = !may.say;
      modes.note.hidden = !may.note;
      if (mode === "say" ? !may.say : !may.note || ((isOther || isAllowedNow) && may.say)) showMode(may.say ? "say" : "note");
      else if (isOther) showMode(mode);
      if (isOther) toldTyping = 0;
    },
    close() {
      conversation = null;
      form.hidden = true;
    },
    /** Empties the field once its words are on their way. */
    clear() {
      field.value = "";
      toldTyping = 0;
      changed();
    },
    /** Puts words where the clerk is typing. */
    insert(text) {
      field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
      changed();
      field.focus();
    },
    begin(name) {
      if (form.hidden || modes[name].hidden) return;
      if (mode !== name) showMode(name);
      field.focus();
    },
    /** Puts the focus where the next thing is said, where that opens no keyboard on the screen. */
    takeFocus() {
      if (!form.hidden && hasKeyboard()) field.focus();
    },
  };
}
