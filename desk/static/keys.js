// Single keys for the whole desk. They rest while somebody types or a dialog is open, and can be switched off.

import { element } from "/static/web/elements.js";
import { openDialog } from "./dialog.js";
import { phrases } from "./phrases.js";

const OFF_KEY = "onecall.desk.keys";
const TYPED_IN = "input:not([type=checkbox]):not([type=radio]), textarea, select";
/** These move in the queue by themselves only where an arrow would not scroll what is being read. */
const ARROWS = { ArrowDown: "j", ArrowUp: "k" };

function isOff() {
  try {
    return localStorage.getItem(OFF_KEY) === "off";
  } catch {
    return false;
  }
}

function switchOff(off) {
  try {
    localStorage.setItem(OFF_KEY, off ? "off" : "on");
  } catch {
    // Storage is closed to us: the keys stay as they are.
  }
}

/** Shows what each key does. */
export function openKeys() {
  const rows = phrases.keys.map(([keys, words]) => element("div", { class: "keys__row" }, element("dt", {}, ...keys.map((key) => element("kbd", {}, key))), element("dd", {}, words)));
  const box = element("input", { type: "checkbox", checked: !isOff() });
  box.addEventListener("change", () => switchOff(!box.checked));
  openDialog(
    phrases.keysTitle,
    element("div", {}, element("dl", { class: "keys" }, ...rows), element("label", { class: "option" }, box, phrases.keysOn)),
  );
  box.focus();
}

/** Listens for the keys; `does[key]()` is what one does. Escape goes on working where somebody types. */
export function listenForKeys(does) {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.key === "Escape") {
      does.Escape(event.target.matches(TYPED_IN));
      return;
    }
    if (event.target.matches(TYPED_IN) || isOff()) return;
    const inQueue = event.target.closest("#queue") !== null || event.target === document.body;
    const key = inQueue && ARROWS[event.key] ? ARROWS[event.key] : event.key;
    if (key === "Escape" || !Object.hasOwn(does, key)) return;
    event.preventDefault();
    does[key]();
  });
}
