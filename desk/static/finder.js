// Type to filter, arrows to choose, Enter to take: canned replies and the items of the catalogue.

import { element, say } from "/static/web/elements.js";
import { phrases } from "./phrases.js";

const PAUSE = 200;
let serial = 0;

/**
 * A finder. `find(text)` gives or promises options `{title, detail}`; `take(option)` gets the chosen one.
 * Gives back `{node, field, refresh}`.
 */
export function createFinder({ label, find, take }) {
  serial += 1;
  const id = `finder-${serial}`;
  const field = element("input", {
    type: "text",
    class: "finder__field",
    role: "combobox",
    "aria-label": label,
    "aria-expanded": "true",
    "aria-autocomplete": "list",
    "aria-controls": `${id}-list`,
    autocomplete: "off",
    placeholder: label,
    maxlength: 60,
  });
  const list = element("ul", { class: "finder__list", role: "listbox", id: `${id}-list`, "aria-label": label });
  const line = element("p", { class: "line", role: "status", hidden: true });
  const node = element("div", { class: "finder" }, field, list, line);
  let options = [];
  let active = 0;
  let asked = 0;
  let timer = null;

  function point() {
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    const here = list.children[active];
    if (here === undefined) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    field.setAttribute("aria-activedescendant", here.id);
    here.scrollIntoView({ block: "nearest" });
  }

  function render() {
    active = 0;
    list.hidden = options.length === 0;
    list.replaceChildren(
      ...options.map((option, index) => {
        const item = element(
          "li",
          { role: "option", id: `${id}-${index}`, class: "finder__option" },
          element("strong", {}, option.title),
          element("span", { class: "finder__detail" }, option.detail),
        );
        // Before the field loses the focus.
        item.addEventListener("mousedown", (event) => event.preventDefault());
        item.addEventListener("click", () => take(option));
        return item;
      }),
    );
    say(line, options.length === 0 ? phrases.nothingFound : "");
    point();
  }

  async function refresh() {
    asked += 1;
    const mine = asked;
    let found = [];
    let trouble = "";
    try {
      found = await find(field.value.trim());
    } catch {
      trouble = phrases.notReached;
    }
    if (mine !== asked) return;
    options = found;
    render();
    if (trouble) say(line, trouble);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined && options.length > 0) {
      event.preventDefault();
      active = (active + step + options.length) % options.length;
      point();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (options[active] !== undefined) take(options[active]);
    }
  });
  return { node, field, refresh };
}
