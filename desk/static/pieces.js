// Pieces the desk's columns have in common.

import { element, icon } from "/static/web/elements.js";

/** A name or words somebody typed, kept from turning the text around them: 王秀英, in an isolated run. */
export function named(text) {
  return element("bdi", {}, text);
}

/** A small label with an icon; `kind` is waiting, done, accent or quiet. */
export function mark(text, kind, iconName = null) {
  return element("span", { class: `mark mark--${kind}` }, iconName === null ? null : icon(iconName), text);
}

/** A key as it is printed on the keyboard, for eyes alone: `aria-keyshortcuts` tells it to others. */
export function keycap(key) {
  return element("kbd", { "aria-hidden": "true" }, key);
}

/** A heading with what belongs under it, or null where there is nothing. */
export function block(title, ...children) {
  const inside = children.filter((child) => child !== null);
  return inside.length === 0 ? null : element("section", { class: "block" }, element("h3", { class: "block__title" }, title), ...inside);
}

/** Runs `change`, which builds the inside of `root` anew, with the focus staying on the same `data-key` and the same place in view. */
export function keepingPlace(root, change) {
  const focused = root.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const top = root.scrollTop;
  change();
  root.scrollTop = top;
  const again = focused === undefined ? null : root.querySelector(`[data-key="${CSS.escape(focused)}"]`);
  if (again !== null && again !== document.activeElement) again.focus({ preventScroll: true });
}
