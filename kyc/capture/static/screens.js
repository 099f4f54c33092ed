// One screen at a time: each names itself in the title and takes the focus to its heading, so that it is read.

import { phrases } from "./phrases.js";

const street = document.title.split(" · ").pop();

export const $ = (id) => document.getElementById(id);

/** Which screen is shown; `notice` at first. */
export let current = "notice";

/** Shows a screen in place of the last one. */
export function show(name) {
  $(`screen-${current}`).hidden = true;
  current = name;
  const screen = $(`screen-${name}`);
  screen.hidden = false;
  const heading = $(screen.getAttribute("aria-labelledby"));
  setTitle(heading.textContent);
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/** Puts the step into the document's title. */
export function setTitle(step) {
  document.title = `${step} · ${phrases.title} · ${street}`;
}

/** Shows `text` in a line that is hidden while it has nothing to say. */
export function say(line, text) {
  if (line.textContent !== text) line.textContent = text;
  line.hidden = text === "";
}

/** Shows lines as items of a list that is hidden while it has none. */
export function list(parent, lines) {
  parent.replaceChildren(
    ...lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = line;
      return item;
    }),
  );
  parent.hidden = lines.length === 0;
}

/** Does `act` when a button is pressed, and not again before it has come to its end. */
export function onPress(button, act) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    try {
      await act();
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
}
