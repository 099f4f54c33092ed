// Facts as label and value: answers with where they came from, materials, and what is hidden until somebody asks to see it.

import { button, element } from "/static/web/elements.js";
import { mark, named } from "./pieces.js";
import { phrases } from "./phrases.js";
import { whyOf } from "./server.js";

/** Facts as a list; each is `[label, ...values]`. Facts without a value are left out. */
export function renderFacts(facts) {
  const rows = facts
    .map(([label, ...values]) => [label, values.filter((value) => value !== null && value !== "")])
    .filter(([, values]) => values.length > 0);
  if (rows.length === 0) return null;
  return element("dl", { class: "facts" }, ...rows.map(([label, values]) => element("div", { class: "facts__row" }, element("dt", {}, label), element("dd", {}, ...values))));
}

/** What `reveal(key)` has told, for as long as the same conversation is open. */
export function createReveal(reveal) {
  const told = new Map();

  /** The answer's words, and where it is hidden and may be seen, the button that shows them. */
  function render(answer, mayReveal) {
    const words = element("span", { class: "answer__words" }, named(told.get(answer.key) || answer.shown));
    if (!answer.hidden || !mayReveal) return element("span", {}, words);
    const toggle = button("", { class: "button button--small", "data-key": `reveal-${answer.key}` }, press);
    const line = element("span", { class: "line line--refused", role: "status", hidden: true });

    function show() {
      const isShown = told.has(answer.key);
      words.replaceChildren(named(isShown ? told.get(answer.key) : answer.shown));
      toggle.textContent = isShown ? phrases.hide : phrases.show;
      toggle.setAttribute("aria-label", toggle.textContent + answer.label);
    }

    async function press() {
      line.hidden = true;
      if (told.delete(answer.key)) {
        show();
        return;
      }
      try {
        told.set(answer.key, await reveal(answer.key));
        show();
      } catch (problem) {
        line.textContent = whyOf(problem);
        line.hidden = false;
      }
    }

    show();
    return element("span", {}, words, " ", toggle, line);
  }

  return { render, forget: () => told.clear() };
}

/** Answers with where they came from. */
export function renderAnswers(answers, reveal, mayReveal) {
  return renderFacts(
    answers.map((answer) => [answer.label, reveal.render(answer, mayReveal), element("span", { class: "facts__source" }, answer.provenance)]),
  );
}

/** Materials, each with how it stands in the server's words. */
export function renderMaterials(materials) {
  if (materials.length === 0) return null;
  const rows = materials.map((material) => {
    const details = [material.form, material.note].filter((words) => words).join(phrases.dot);
    return element("li", { class: "material" }, element("span", { class: "material__name" }, named(material.name)), mark(material.state, "quiet"), details ? element("span", { class: "material__details" }, details) : null);
  });
  return element("ul", { class: "materials" }, ...rows);
}
