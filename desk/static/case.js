// A case: what it is, how it stands, what may be done with it, and what was done.

import { button, element, say } from "/static/web/elements.js";
import { block, mark, named } from "./pieces.js";
import { caseMarks } from "./rows.js";
import { askForAct } from "./case_acts.js";
import { renderAnswers, renderFacts, renderMaterials } from "./facts.js";
import { dayInWords, inWords } from "./moments.js";
import { phrases } from "./phrases.js";
import { renderFiles } from "./files.js";

function renderHead(view) {
  const days = view.due_on ? phrases.dueOn(dayInWords(view.due_on)) : phrases.noDue;
  return element(
    "header",
    { class: "case__head" },
    element("h2", { class: "side__title", id: "side-title", tabindex: "-1" }, named(view.item)),
    element("p", { class: "case__state" }, mark(view.status_told, "accent"), element("span", {}, days), ...caseMarks(view)),
  );
}

function renderDeferred({ deferred }) {
  if (deferred.length === 0) return null;
  const rows = deferred.map((one) =>
    element("li", {}, named(one.material), " ", one.handed_in_at ? mark(phrases.handedIn, "done", "check") : mark(phrases.promisedOn(dayInWords(one.promised_on)), "waiting", "clock")),
  );
  return block(phrases.deferred, element("ul", { class: "lines" }, ...rows));
}

function renderMissing({ missing, supplement_until: until }) {
  if (missing.length === 0) return null;
  return block(
    phrases.missing,
    until ? element("p", { class: "quiet" }, phrases.supplementUntil(dayInWords(until))) : null,
    element("ul", { class: "lines" }, ...missing.map((name) => element("li", {}, named(name)))),
  );
}

function renderNotices({ notices }) {
  if (notices.length === 0) return null;
  const rows = notices.map((notice) => {
    const link = element("a", { href: notice.href, target: "_blank", rel: "noopener", class: "notice", "data-key": `notice-${notice.id}` }, notice.kind_told);
    return element("li", {}, link, " ", element("time", { class: "quiet", datetime: notice.made_at }, inWords(notice.made_at)));
  });
  return block(phrases.notices, element("ul", { class: "lines" }, ...rows));
}

function renderHistory({ history }) {
  const rows = history.map((line) =>
    element(
      "li",
      { class: "history__line" },
      element("span", { class: "history__what" }, named(line.what), line.who ? element("span", { class: "quiet" }, " ", named(line.who)) : null),
      element("time", { class: "quiet", datetime: line.at }, inWords(line.at)),
      line.why ? element("span", { class: "history__why" }, named(line.why)) : null,
    ),
  );
  return rows.length === 0 ? null : block(phrases.history, element("ol", { class: "history" }, ...rows));
}

function renderProposal({ proposed, four_eyes: fourEyes, outcome_told: outcome }) {
  if (outcome) return block(phrases.outcome, element("p", {}, named(outcome)));
  if (proposed) {
    return block(
      phrases.fourEyes,
      element("p", {}, phrases.proposal(proposed.granted ? phrases.granted : phrases.denied), " ", named(proposed.by)),
      element("p", { class: "quiet" }, named(proposed.why)),
    );
  }
  return fourEyes ? block(phrases.fourEyes, element("p", { class: "quiet" }, phrases.fourEyesMeans)) : null;
}

/**
 * A case as the parts of its side. `changed(view)` runs with what an act made of it, `stale()` when somebody else was first;
 * `reveal` is what `createReveal` made for it.
 */
export function renderCase(view, { changed, stale, reveal }) {
  const line = element("p", { class: "line line--refused", role: "alert", hidden: true });
  const acts = view.acts.map((act) =>
    button(
      act.label,
      { class: act.danger ? "button button--danger" : "button", "data-key": `act-${act.key}` },
      () => askForAct(view, act, { changed, stale, refused: (why) => say(line, why) }),
    ),
  );
  const main = element(
    "div",
    { class: "case__main" },
    block(phrases.acts.title, acts.length === 0 ? element("p", { class: "quiet" }, phrases.noActs) : element("div", { class: "case__acts" }, ...acts), line),
    renderProposal(view),
    renderMissing(view),
    renderDeferred(view),
    block(phrases.answers, renderAnswers(view.answers, reveal, true)),
    block(phrases.materials, renderMaterials(view.materials)),
  );
  const aside = element(
    "div",
    { class: "case__aside" },
    block(
      phrases.caseFacts,
      renderFacts([
        [phrases.number, element("span", { class: "number" }, view.number)],
        [phrases.received, inWords(view.received_at)],
        [phrases.accepted, view.accepted_at ? inWords(view.accepted_at) : null],
        [phrases.window, view.window],
        [phrases.handler, view.handler ? view.handler.name : phrases.noHandler],
        [phrases.identity, view.identity_told],
      ]),
    ),
    block(phrases.files, renderFiles(view.files)),
    renderNotices(view),
    renderHistory(view),
  );
  return [renderHead(view), element("div", { class: "case" }, main, aside)];
}
