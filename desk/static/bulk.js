// One act on many cases: boxes to pick them with, a bar with what can be done, and what came of each.

import { button, element, say } from "/static/web/elements.js";
import { post, whyOf } from "./server.js";
import { phrases } from "./phrases.js";

/** Adds picking to the group of cases; `refetch()` is called when something was done. */
export function createBulk(group, { refetch }) {
  const picked = new Set();
  let cases = [];
  let isOn = false;

  const toggle = button(phrases.bulk, { class: "button button--small", "aria-pressed": "false", "data-key": "bulk" }, () => turn(!isOn));
  const all = button(phrases.bulkAll, { class: "button button--small" }, pickAll);
  const count = element("span", { class: "bulk__count", role: "status" });
  const acts = Object.entries(phrases.bulkActs).map(([act, label]) =>
    button(label, { class: "button", "data-act": act }, () => run(act)),
  );
  const line = element("div", { class: "line", role: "status", hidden: true });
  const bar = element("div", { class: "bulk", role: "group", "aria-label": phrases.bulkBar, hidden: true }, all, count, ...acts);
  group.head.append(toggle);
  group.head.after(bar, line);

  function settle() {
    count.textContent = phrases.bulkPicked(picked.size);
    for (const act of acts) act.disabled = picked.size === 0;
  }

  function box(row) {
    const label = phrases.bulkPick(row.item, row.number);
    const input = element("input", { type: "checkbox", class: "pick", "aria-label": label, "data-key": `pick-${row.id}` });
    input.checked = picked.has(row.id);
    input.addEventListener("change", () => {
      if (input.checked) picked.add(row.id);
      else picked.delete(row.id);
      settle();
    });
    return input;
  }

  function redraw() {
    group.pickWith(null);
    if (isOn) group.pickWith({ box });
    settle();
  }

  function pickAll() {
    const shown = group.shownRows();
    const isFull = shown.every((row) => picked.has(row.id));
    picked.clear();
    if (!isFull) shown.forEach((row) => picked.add(row.id));
    redraw();
  }

  function turn(on) {
    isOn = on;
    picked.clear();
    bar.hidden = !on;
    say(line, "");
    toggle.setAttribute("aria-pressed", String(on));
    redraw();
  }

  async function run(act) {
    const numbers = new Map(cases.map((row) => [row.id, row.number]));
    const seen = Object.fromEntries(cases.filter((row) => picked.has(row.id)).map((row) => [row.id, row.status]));
    say(line, phrases.bulkRunning(picked.size));
    let results;
    try {
      results = await post("/cases/bulk", { ids: [...picked], act, seen });
    } catch (problem) {
      say(line, whyOf(problem));
      return;
    }
    const failed = results.filter((result) => !result.done);
    line.hidden = false;
    line.replaceChildren(
      element("p", {}, phrases.bulkDone(results.length - failed.length, failed.length)),
      ...failed.map((result) => element("p", {}, phrases.bulkFailed(phrases.shortNumber(numbers.get(result.id) || ""), result.detail))),
    );
    picked.clear();
    failed.forEach((result) => picked.add(result.id));
    redraw();
    refetch();
  }

  return {
    /** Takes the cases there are now; one that is gone is picked no longer. */
    show(rows) {
      cases = rows;
      const ids = new Set(rows.map((row) => row.id));
      [...picked].filter((id) => !ids.has(id)).forEach((id) => picked.delete(id));
      settle();
    },
  };
}
