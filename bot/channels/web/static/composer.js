// The text field: grows with the words, keeps a draft, sends on Enter but never in the middle of composing Chinese.

import { say } from "./elements.js";
import { phrases } from "./phrases.js";

const KEY = "onecall.draft";
const LIMIT = 2000;
const TELL_FROM = 1800;

function readDraft() {
  try {
    return sessionStorage.getItem(KEY) || "";
  } catch {
    return "";
  }
}

function writeDraft(text) {
  try {
    sessionStorage.setItem(KEY, text);
  } catch {
    // Without storage the draft lives as long as the page.
  }
}

/** Whether a keyboard and mouse are there, so that moving the focus opens no keyboard on the screen. */
const hasKeyboard = () => window.matchMedia("(hover: hover) and (pointer: fine)").matches;

/**
 * Wires the form. `send(text)` gets what is to be said, without blanks at its ends and never too long; `typing()` is called
 * with each change while the resident types.
 */
export function setUpComposer(form, field, line, { send, typing }) {
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
    writeDraft(field.value);
    measure();
    fit();
  }

  function submit() {
    const length = measure();
    field.focus();
    if (length === 0 || length > LIMIT) return;
    const text = field.value.trim();
    field.value = "";
    changed();
    send(text);
  }

  field.addEventListener("input", () => {
    changed();
    if (field.value.trim() !== "") typing();
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
  });

  // The page of an item writes a beginning for it, once: a page that is loaded again does not.
  field.value = field.defaultValue || readDraft();
  if (field.defaultValue) history.replaceState(null, "", location.pathname);
  changed();
  if (hasKeyboard()) field.focus();

  return {
    fit,
    /** Puts the focus back where the next thing is said, where that opens no keyboard on the screen. */
    takeFocus: () => hasKeyboard() && field.focus(),
  };
}
