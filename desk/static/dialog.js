// A question to the clerk before something is done: a dialog with fields, its own line for what was refused, and the focus back
// where it came from.

import { button, element, say } from "/static/web/elements.js";
import { phrases } from "./phrases.js";
import { whyOf } from "./server.js";

const WORDS_AFTER = 200;
let serial = 0;

/** A label with its field; `hint` stands under it. */
function labelled(label, input, hint = null) {
  serial += 1;
  input.id = `field-${serial}`;
  const note = hint === null ? null : element("span", { class: "field__hint", id: `hint-${serial}` }, hint);
  if (note !== null) input.setAttribute("aria-describedby", note.id);
  return element("div", { class: "field" }, element("label", { for: input.id }, label), input, note);
}

/** A field of several lines. `isNeeded` refuses an empty one. */
export function wordsField(name, label, { value = "", hint = null, isNeeded = true, rows = 3, limit = 1000 } = {}) {
  const input = element("textarea", { rows, maxlength: limit, required: isNeeded });
  input.value = value;
  return { node: labelled(label, input, hint), read: () => ({ [name]: input.value.trim() }) };
}

/** A field of one line. */
export function lineField(name, label, { hint = null, isNeeded = true, limit = 100 } = {}) {
  const input = element("input", { type: "text", maxlength: limit, required: isNeeded, autocomplete: "off" });
  return { node: labelled(label, input, hint), read: () => ({ [name]: input.value.trim() }) };
}

/** A day; `least` and `value` are days as 2026-11-25. */
export function dayField(name, label, { value, least, hint = null }) {
  const input = element("input", { type: "date", min: least, value, required: true });
  return { node: labelled(label, input, hint), read: () => ({ [name]: input.value }) };
}

/** One of several, as radio buttons; `options` are `[value, label]`. The first is chosen unless `isOpen`. */
export function oneOfField(name, legend, options, { isOpen = false } = {}) {
  serial += 1;
  const group = `field-${serial}`;
  const inputs = options.map(([value], index) =>
    element("input", { type: "radio", name: group, value, required: true, checked: index === 0 && !isOpen }),
  );
  const rows = options.map(([, label], index) => element("label", { class: "option" }, inputs[index], element("bdi", {}, label)));
  const node = element("fieldset", { class: "field" }, element("legend", {}, legend), ...rows);
  return { node, read: () => ({ [name]: (inputs.find((input) => input.checked) || { value: "" }).value }) };
}

/** One picture; `small(file)` makes of it what is sent. `agreed` is what has to be ticked along with it. */
export function photoField(name, label, { hint, agreed, reading, unreadable, small }) {
  const input = element("input", { type: "file", accept: "image/*", capture: "environment", required: true });
  const box = element("input", { type: "checkbox", required: true });
  let photo = "";
  input.addEventListener("change", async () => {
    photo = "";
    input.setCustomValidity(reading);
    try {
      photo = input.files.length > 0 ? await small(input.files[0]) : "";
      input.setCustomValidity("");
    } catch {
      input.setCustomValidity(unreadable);
    }
  });
  const node = element("div", {}, labelled(label, input, hint), element("label", { class: "option" }, box, element("span", {}, agreed)));
  return { node, read: () => ({ [name]: photo, agreed: box.checked }) };
}

/** Words before the fields. */
export function told(text) {
  return { node: element("p", { class: "dialog__told" }, text), read: () => ({}) };
}

/** Shows a dialog with `body` and gives back `{root, close}`; `onClose` runs when it is gone, however it went. */
export function openDialog(title, body, onClose = () => {}) {
  serial += 1;
  const before = document.activeElement;
  const heading = element("h2", { class: "dialog__title", id: `dialog-${serial}` }, title);
  const leave = button("×", { class: "button dialog__leave", "aria-label": phrases.close }, () => root.close());
  const root = element("dialog", { class: "dialog", "aria-labelledby": heading.id }, element("div", { class: "dialog__head" }, heading, leave), body);
  root.addEventListener("close", () => {
    root.remove();
    onClose();
    // Where the dialog was opened from may have been drawn anew meanwhile.
    const again = before.dataset.key ? document.querySelector(`[data-key="${CSS.escape(before.dataset.key)}"]`) : null;
    const target = before.isConnected ? before : again;
    if (target !== null && (document.activeElement === document.body || document.activeElement === null)) target.focus();
  });
  document.body.append(root);
  root.showModal();
  return { root, close: () => root.close() };
}

/**
 * Asks before something is done. `send(values)` does it with what the fields read, together; when it throws, the dialog stays
 * with the reason. `done(result)` runs after it has closed.
 */
export function ask({ title, fields, confirm, isDanger = false, send, done = () => {} }) {
  const line = element("p", { class: "line line--refused", role: "alert", hidden: true });
  const go = element("button", { type: "submit", class: isDanger ? "button button--danger" : "button button--main" }, confirm);
  const cancel = button(phrases.cancel, {}, () => dialog.close());
  const form = element(
    "form",
    { class: "dialog__form", method: "dialog" },
    ...fields.map((field) => field.node),
    line,
    element("div", { class: "dialog__buttons" }, cancel, go),
  );
  let result;
  let isDone = false;
  const dialog = openDialog(title, form, () => isDone && done(result));

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (go.disabled) return;
    say(line, "");
    go.disabled = true;
    const slow = setTimeout(() => (go.textContent = phrases.working), WORDS_AFTER);
    try {
      result = await send(Object.assign({}, ...fields.map((field) => field.read())));
      isDone = true;
      dialog.close();
    } catch (problem) {
      say(line, whyOf(problem));
    } finally {
      clearTimeout(slow);
      go.disabled = false;
      go.textContent = confirm;
    }
  });
  // Ctrl+Enter sends from a field of several lines, as everywhere on the desk.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) form.requestSubmit();
  });
  const first = form.querySelector("input, textarea") || go;
  first.focus();
}
