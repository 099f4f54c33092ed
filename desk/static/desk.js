// The desk put together: the queue on the left, the conversation that is open, and beside it the packet or a case.

import { belongTo, forgetAll, keepOnly } from "./kept.js";
import { createQueue } from "./queue.js";
import { createSide } from "./side.js";
import { createTalk } from "./talk.js";
import { get, getUnasked, post, whyOf } from "./server.js";
import { listenForKeys, openKeys } from "./keys.js";
import { openStream } from "./stream.js";
import { phrases } from "./phrases.js";
import { say } from "/static/web/elements.js";
import { setClock } from "./moments.js";
import { setUpDuty } from "./duty.js";

const SOON = 700;
const AT_MOST_EVERY = 1000;
const SAY_LOADING_AFTER = 200;
const KINDS = ["handoff", "case", "held"];
const $ = (id) => document.getElementById(id);
const title = document.title;

let queue = null;
let place = null;
let signature = "";
let placeTimer = null;
let queueTimer = null;
let fetchedAt = 0;
let fetching = null;

const queueColumn = createQueue($("queue"), { open: go, refetch: () => fetchQueue(get) });
const talk = createTalk({ queue: () => queue, refetch: refetchAll, left: leave, took });
const side = createSide($("side"), {
  packet: talk.packet,
  decided: leave,
  changed: refetchAll,
  refused: (why) => say($("talk-line"), why),
});
const duty = setUpDuty($("duty"), $("duty-words"), $("queue-line"));

// Where the clerk is

function placeOf(hash) {
  const [kind, id] = hash.replace(/^#/, "").split("/");
  return KINDS.includes(kind) && id ? { kind, id: decodeURIComponent(id) } : null;
}

const isSame = (one, other) => one !== null && other !== null && one.kind === other.kind && one.id === other.id;

function go(next) {
  if (isSame(next, place)) arrive(next);
  else location.hash = `${next.kind}/${encodeURIComponent(next.id)}`;
}

function leave() {
  if (location.hash !== "") history.pushState(null, "", location.pathname);
  arrive(null);
  fetchQueue(get);
}

async function arrive(next) {
  const before = place;
  const isOther = !isSame(next, before);
  place = next;
  if (isOther) {
    talk.close();
    side.empty();
  }
  queueColumn.mark(next);
  document.body.dataset.place = next === null ? "none" : next.kind;
  view(next === null ? "queue" : next.kind === "handoff" ? "talk" : "side");
  say($("blank-line"), "");
  say($("queue-line"), "");
  if (next === null) {
    look(null);
    queueColumn.focusOn(before);
    return;
  }
  const slow = setTimeout(() => say($("loading"), phrases.loading), SAY_LOADING_AFTER);
  try {
    if (isOther) await look(next);
    await load(next, get);
    signature = signatureOf(place);
    if (isSame(place, next) && next.kind === "handoff") $("talk-title").focus({ preventScroll: true });
    else if (isSame(place, next)) side.focusTitle();
  } catch (problem) {
    if (isSame(place, next)) lose(whyOf(problem));
  } finally {
    clearTimeout(slow);
    say($("loading"), "");
  }
}

/** What was open is not to be had any more. */
function lose(why) {
  leave();
  say($($("blank").checkVisibility() ? "blank-line" : "queue-line"), why);
}

/** Says which conversation is looked at: from then on its news come, and colleagues see who looks. */
async function look(at) {
  const isTalk = at !== null && at.kind === "handoff";
  try {
    await post("/viewing", { handoff_id: isTalk ? Number(at.id) : null });
  } catch {
    // What cannot be looked at is told when it is loaded; a line that is down comes back and looks again.
  }
}

function view(name) {
  document.body.dataset.view = name;
  $("tab-talk").setAttribute("aria-pressed", String(name !== "side"));
  $("tab-side").setAttribute("aria-pressed", String(name === "side"));
}

// What the server says. `ask` is `get`, or `getUnasked` where no clerk has asked for it.

function showPacket(packet) {
  talk.show(packet);
  side.showPacket();
}

/** A packet that an act has brought; the queue has changed with it. */
async function took(packet) {
  showPacket(packet);
  try {
    await fetchQueue(get);
    signature = signatureOf(place);
  } catch {
    queueSoon();
  }
}

const heldOf = (id) => queue.held.find((row) => String(row.id) === id);

async function load(at, ask) {
  if (at.kind === "handoff") {
    const packet = await ask(`/handoffs/${encodeURIComponent(at.id)}`);
    if (!isSame(place, at)) return;
    if (queue === null) await fetchQueue(ask);
    showPacket(packet);
    await side.refresh();
  } else if (at.kind === "case") {
    const shown = await ask(`/cases/${encodeURIComponent(at.id)}`);
    if (isSame(place, at)) side.showCase(shown);
  } else {
    if (queue === null) await fetchQueue(ask);
    const held = heldOf(at.id);
    if (held === undefined) lose(phrases.heldGone);
    else side.showHeld(held);
  }
}

/** What of the queue says that the open place has changed, so that only then its packet is read again. */
function signatureOf(at) {
  if (at === null || queue === null) return "";
  if (at.kind === "held") return String(heldOf(at.id) !== undefined);
  if (at.kind === "case") return JSON.stringify(queue.cases.find((row) => row.id === at.id) || null);
  const row = [...queue.mine, ...queue.waiting, ...queue.others].find((other) => String(other.id) === at.id);
  return row ? JSON.stringify([row.stage, row.clerk, row.item, row.window, row.urgent_for, row.meet_at]) : "gone";
}

async function fetchQueue(ask) {
  fetchedAt = Date.now();
  queue = await ask("/queue");
  setClock(queue.now);
  queueColumn.show(queue);
  duty.show(queue);
  document.title = queue.counts.waiting > 0 ? `(${queue.counts.waiting}) ${title}` : title;
  const open = new Set([...queue.waiting, ...queue.mine, ...queue.others].map((row) => row.conversation_id));
  if (talk.packet() !== null) open.add(talk.packet().handoff.conversation_id);
  keepOnly((conversation) => open.has(conversation));
}

async function fetchPlace(ask) {
  if (place === null) return;
  const here = place;
  try {
    await load(here, ask);
  } catch (problem) {
    if (problem.status !== 403 && problem.status !== 404) throw problem;
    if (isSame(place, here)) lose(whyOf(problem));
  }
}

/** The queue, and the open place where the queue says that it has changed. One at a time. */
async function follow() {
  if (fetching !== null) {
    queueSoon();
    return;
  }
  const here = place;
  fetching = fetchQueue(getUnasked);
  try {
    await fetching;
    const now = signatureOf(place);
    const hasChanged = isSame(here, place) && now !== signature;
    signature = now;
    if (hasChanged) await fetchPlace(getUnasked);
  } catch {
    queueSoon();
  } finally {
    fetching = null;
  }
}

/** At most once a second, however much happens. */
function queueSoon() {
  clearTimeout(queueTimer);
  queueTimer = setTimeout(follow, Math.max(0, fetchedAt + AT_MOST_EVERY - Date.now()));
}

function placeSoon() {
  clearTimeout(placeTimer);
  placeTimer = setTimeout(() => fetchPlace(getUnasked).catch(queueSoon), SOON);
}

async function refetchAll() {
  try {
    await fetchQueue(get);
    await fetchPlace(get);
    signature = signatureOf(place);
  } catch (problem) {
    say($("queue-line"), whyOf(problem));
  }
}

const isOpen = (conversation) => talk.packet() !== null && talk.packet().handoff.conversation_id === conversation;
const notMe = (names) => names.filter((name) => queue === null || name !== queue.me.name);

openStream({
  async load() {
    await look(place);
    await fetchQueue(getUnasked);
    await fetchPlace(getUnasked);
    signature = signatureOf(place);
  },
  on: {
    queue: queueSoon,
    thread({ conversation_id: conversation, entries }) {
      if (!isOpen(conversation)) return;
      talk.heard(entries);
      if (entries.some((entry) => entry.speaker !== "clerk" && (entry.speaker !== "resident" || entry.file))) placeSoon();
    },
    typing({ conversation_id: conversation, who }) {
      if (isOpen(conversation) && notMe([who]).length > 0) talk.typing(who);
    },
    viewers({ handoff_id: handoff, names }) {
      if (talk.packet() !== null && talk.packet().handoff.id === handoff) talk.viewers(notMe(names));
    },
  },
  onLine(isUp) {
    // A line that was up before the network went may seem to stand for a while.
    if (!navigator.onLine) say($("connection"), phrases.offline);
    else say($("connection"), isUp ? "" : phrases.reconnecting);
    if (isUp) talk.lineIsBack();
  },
});

// What the clerk does

function nextWaiting() {
  const rows = queue === null ? [] : queue.waiting;
  const next = rows.find((row) => place === null || String(row.id) !== place.id);
  if (next === undefined) say($("queue-line"), phrases.nobodyWaits);
  else go({ kind: "handoff", id: String(next.id) });
}

function back(wasTyping) {
  if (wasTyping && document.activeElement.closest("#talk") !== null) $("talk-title").focus({ preventScroll: true });
  else if (side.isCovered()) side.uncover();
  else if (place !== null && $("queue").checkVisibility()) queueColumn.focusOn(place);
  else if (place !== null) leave();
}

listenForKeys({
  j: () => queueColumn.move(1),
  k: () => queueColumn.move(-1),
  n: nextWaiting,
  c: () => talk.run("claim"),
  r: talk.reply,
  i: talk.note,
  t: () => talk.run("transfer"),
  e: () => talk.run("return"),
  x: () => talk.run("close"),
  "/": talk.openReplies,
  "?": openKeys,
  Escape: back,
});

$("back").addEventListener("click", leave);
$("back-side").addEventListener("click", leave);
$("tab-talk").addEventListener("click", () => view("talk"));
$("tab-side").addEventListener("click", () => view("side"));
$("keys").addEventListener("click", openKeys);
$("sign-out").addEventListener("submit", forgetAll);
window.addEventListener("hashchange", () => arrive(placeOf(location.hash)));

belongTo(document.body.dataset.clerk);
if (placeOf(location.hash) !== null) arrive(placeOf(location.hash));
