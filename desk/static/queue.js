// The queue: five groups of rows, changed in place so that the focus and what is read stay where they are.

import { button, element } from "/static/web/elements.js";
import { createBulk } from "./bulk.js";
import { phrases } from "./phrases.js";
import { renderRow } from "./rows.js";

const KINDS = { waiting: "handoff", mine: "handoff", others: "handoff", held: "held", cases: "case" };
const SHOWN = 20;
const TICK = 5000;
const CLOSED_KEY = "onecall.desk.closed";

function readClosed() {
  try {
    return JSON.parse(localStorage.getItem(CLOSED_KEY)) || ["others"];
  } catch {
    return ["others"];
  }
}

function writeClosed(names) {
  try {
    localStorage.setItem(CLOSED_KEY, JSON.stringify(names));
  } catch {
    // Storage is closed to us: what is folded is folded until the page is left.
  }
}

/** One group with its heading; `open(place)` is called for a row, `changed()` when it was folded or unfolded. */
function createGroup(name, { open, changed }) {
  const count = element("span", { class: "group__count" });
  const toggle = button("", { class: "group__toggle", "aria-controls": `rows-${name}`, "data-key": `group-${name}` }, () => fold(!isClosed));
  toggle.append(element("span", { class: "group__arrow", "aria-hidden": "true" }), phrases.groups[name], count);
  const list = element("ul", { class: "rows", id: `rows-${name}`, "aria-labelledby": `title-${name}` });
  const empty = element("p", { class: "group__empty" }, phrases.empty[name]);
  const more = button("", { class: "button group__more" }, () => {
    showsAll = true;
    show(rows);
  });
  const head = element("div", { class: "group__head" }, element("h2", { class: "group__title", id: `title-${name}` }, toggle));
  const root = element("section", { class: `group group--${name}`, "aria-labelledby": `title-${name}` }, head, list, empty, more);
  const known = new Map();
  let rows = [];
  let isClosed = readClosed().includes(name);
  let showsAll = false;
  let total = 0;
  let picks = null;

  function fold(closed) {
    isClosed = closed;
    writeClosed([...readClosed().filter((other) => other !== name), ...(closed ? [name] : [])]);
    show(rows);
    changed();
  }

  function itemOf(row) {
    const key = `${KINDS[name]}-${row.id}`;
    const text = JSON.stringify(row) + (picks !== null);
    const before = known.get(key);
    if (before && before.text === text) return before;
    const rendered = renderRow(row, name);
    rendered.node.dataset.key = key;
    rendered.node.addEventListener("click", () => open({ kind: KINDS[name], id: String(row.id) }));
    const item = before ? before.item : element("li", { class: "rows__item" });
    const hadFocus = item.contains(document.activeElement);
    item.replaceChildren(...(picks === null ? [] : [picks.box(row)]), rendered.node);
    if (hadFocus) rendered.node.focus({ preventScroll: true });
    const entry = { item, text, tick: rendered.tick };
    known.set(key, entry);
    return entry;
  }

  const shownRows = () => (isClosed ? [] : rows.slice(0, showsAll ? rows.length : SHOWN));

  function show(newRows, newTotal = total) {
    rows = newRows;
    total = newTotal;
    const shown = shownRows();
    const entries = shown.map(itemOf);
    const keys = new Set(shown.map((row) => `${KINDS[name]}-${row.id}`));
    for (const [key, entry] of known) {
      if (keys.has(key)) continue;
      entry.item.remove();
      known.delete(key);
    }
    entries.forEach((entry, index) => {
      if (list.children[index] !== entry.item) list.insertBefore(entry.item, list.children[index] || null);
    });
    count.textContent = String(total);
    toggle.setAttribute("aria-expanded", String(!isClosed));
    list.hidden = entries.length === 0;
    empty.hidden = isClosed || rows.length > 0;
    more.hidden = isClosed || entries.length === rows.length;
    more.textContent = phrases.moreRows(rows.length - entries.length);
  }

  return {
    root,
    head,
    show,
    /** Brings the group into view, unfolded, with the focus on its first row. */
    reach() {
      if (isClosed) fold(false);
      root.scrollIntoView({ block: "start" });
      (list.querySelector(".row") || toggle).focus({ preventScroll: true });
    },
    shownRows,
    tick: () => known.forEach((entry) => entry.tick()),
    /** Shows a box to pick each row with, made by `newPicks.box(row)`, or none for null. */
    pickWith(newPicks) {
      picks = newPicks;
      if (isClosed && picks !== null) fold(false);
      else show(rows);
    },
  };
}

/** Buttons to the groups with how many each has, always in view; `reach(name)` is called for the one pressed. */
function createJumps(reach) {
  const counts = new Map(Object.keys(KINDS).map((name) => [name, element("span", { class: "jumps__count" })]));
  const buttons = [...counts].map(([name, count]) => {
    const node = button(phrases.jumps[name], { class: "jumps__one", "data-key": `jump-${name}` }, () => reach(name));
    node.append(count);
    return node;
  });
  const waits = (row) => row.stage === "taken" && row.unanswered_since !== null;
  return {
    root: element("div", { class: "jumps", role: "group", "aria-label": phrases.jumpTo }, ...buttons),
    show(queue) {
      for (const [name, count] of counts) count.textContent = String(queue.counts[name]);
      const unanswered = queue.mine.filter(waits).length;
      counts.get("mine").textContent = unanswered === 0 ? String(queue.counts.mine) : phrases.unansweredOf(unanswered, queue.counts.mine);
      counts.get("mine").classList.toggle("jumps__count--waiting", unanswered > 0);
    },
  };
}

/**
 * The queue in `root`. `open(place)` is called for a row that was chosen, `refetch()` when many cases were changed.
 * A place is `{kind: "handoff" | "held" | "case", id}`.
 */
export function createQueue(root, { open, refetch }) {
  const groups = new Map(Object.keys(KINDS).map((name) => [name, createGroup(name, { open, changed: settle })]));
  let current = null;

  const rowNodes = () => [...root.querySelectorAll(".row")];
  const keyOf = (place) => `${place.kind}-${place.id}`;

  /** One row alone is in the order of Tab, and the row that is open is marked. */
  function settle() {
    const nodes = rowNodes();
    const here = nodes.find((node) => current !== null && node.dataset.key === keyOf(current));
    const reachable = nodes.find((node) => node === document.activeElement) || here || nodes[0];
    for (const node of nodes) {
      node.tabIndex = node === reachable ? 0 : -1;
      if (node === here) node.setAttribute("aria-current", "true");
      else node.removeAttribute("aria-current");
    }
  }

  function focus(node) {
    node.focus();
    node.scrollIntoView({ block: "nearest" });
    settle();
  }

  const jumps = createJumps((name) => {
    groups.get(name).reach();
    settle();
  });
  const bulk = createBulk(groups.get("cases"), { refetch });
  root.append(jumps.root, ...[...groups.values()].map((group) => group.root));
  setInterval(() => groups.forEach((group) => group.tick()), TICK);

  return {
    /** Shows what the server says of the queue. */
    show(queue) {
      for (const [name, group] of groups) group.show(queue[name], queue.counts[name]);
      jumps.show(queue);
      bulk.show(queue.cases);
      settle();
    },
    mark(place) {
      current = place;
      settle();
    },
    /** Moves the focus by so many rows, from the focused or the open one. */
    move(by) {
      const nodes = rowNodes();
      if (nodes.length === 0) return;
      const from = nodes.indexOf(document.activeElement);
      const open = nodes.findIndex((node) => node.hasAttribute("aria-current"));
      const start = from >= 0 ? from : open;
      const to = start < 0 ? 0 : Math.min(nodes.length - 1, Math.max(0, start + by));
      focus(nodes[to]);
    },
    /** Puts the focus on the row of a place, or on the first one, or on the heading of an empty queue. */
    focusOn(place) {
      const nodes = rowNodes();
      const node = nodes.find((other) => place !== null && other.dataset.key === keyOf(place)) || nodes[0];
      if (node) focus(node);
      else root.querySelector(".group__toggle").focus();
    },
  };
}
