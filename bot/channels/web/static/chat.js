// The chat page put together: what is said here goes to the outbox, what the server says goes to the thread.

import { createOutbox } from "./outbox.js";
import { createScrolling } from "./scrolling.js";
import { createThread } from "./thread.js";
import { createTyping } from "./typing.js";
import { fetchHistory, newClientId, postTyping } from "./server.js";
import { followVisibleHeight } from "./screen_height.js";
import { openStream } from "./stream.js";
import { phrases } from "./phrases.js";
import { say } from "./elements.js";
import { setUpComposer } from "./composer.js";
import { setUpPhoto } from "./photo.js";
import { setUpTypeSize } from "./type_size.js";
import { showFailed, showSending, showSent } from "./bubble.js";

const SAY_SENDING_AFTER = 800;
const NOTICE_FOR = 6000;
const TYPING_EVERY = 3000;

const $ = (id) => document.getElementById(id);
const title = document.title;

let owner = "bot";
let isWorking = false;
let isLoaded = false;
let earlierCursor = null;
let noticeTimer = null;
let toldTyping = 0;
let settleSession;
const session = new Promise((resolve) => {
  settleSession = resolve;
});

const scrolling = createScrolling($("conversation"), $("thread"), $("newer"), $("newer-words"));
const typing = createTyping($("typing"), $("typing-words"), scrolling.keepUp);
const thread = createThread($("thread"), {
  streetName: document.body.dataset.streetName,
  choose: ({ label, value }) => speak({ choice: value, label }),
  tooLate: () => notify(phrases.tooLateToChoose),
});
const outbox = createOutbox(session, {
  sending: onSending,
  progress: (item, percent) =>
    showItem(item, (node) => showSending(node, percent < 100 ? phrases.uploading(percent) : phrases.uploaded)),
  sent: onSent,
  failed: onFailed,
});
const composer = setUpComposer($("composer"), $("text"), $("length"), {
  send: (text) => speak({ text }),
  typing: tellTyping,
});

// What the resident says

function asMessage(item) {
  return {
    id: null,
    client_id: item.client_id,
    speaker: "resident",
    name: null,
    at: item.at,
    text: item.file ? "" : item.text || item.label,
    file: item.file ? { name: item.file.name, kind: item.file.type.startsWith("image/") ? "image" : "document" } : null,
    choices: [],
    progress: null,
    card: null,
    links: [],
    asks_file: false,
  };
}

function speak(words) {
  const item = { client_id: newClientId(), at: new Date().toISOString(), ...words };
  append(asMessage(item));
  outbox.add(item);
  toldTyping = 0;
  scrolling.toEnd();
}

/** A clerk sees that the resident types; the bot does not look. */
function tellTyping() {
  if (owner !== "clerk" || Date.now() - toldTyping < TYPING_EVERY) return;
  toldTyping = Date.now();
  postTyping();
}

function showItem(item, show) {
  const entry = thread.find({ id: null, client_id: item.client_id });
  if (entry) show(entry.node, entry);
}

function onSending(item) {
  showItem(item, (node, entry) => {
    showSent(node);
    setTimeout(() => {
      const isStillOut = outbox.kept().includes(item) && !node.classList.contains("message--failed");
      if (isStillOut && !item.file) showSending(node, phrases.sending);
    }, SAY_SENDING_AFTER);
    thread.moveToEnd(entry);
  });
}

function onSent(item) {
  showItem(item, showSent);
  if (owner === "bot" && thread.newest().speaker === "resident") typing.start();
}

function onFailed(item, refused, tryAgain) {
  typing.stop();
  const why = tryAgain ? phrases.willRetry : refused.status > 0 ? phrases.trouble : phrases.noNetwork;
  showUnsent(item, refused.sentence || why);
}

function showUnsent(item, why) {
  const words = (item.file ? phrases.fileFailed : phrases.sendFailed) + why;
  showItem(item, (node, entry) =>
    showFailed(node, words, {
      resend() {
        outbox.resend(item.client_id);
        scrolling.toEnd();
        composer.takeFocus();
      },
      drop() {
        outbox.drop(item.client_id);
        thread.remove(entry);
        refresh();
        composer.takeFocus();
      },
    }),
  );
  scrolling.keepUp();
}

// What the server says

function append(message) {
  const entry = thread.append(message);
  if (entry !== null) refresh();
  return entry;
}

function onMessage(message) {
  if (message.client_id !== null) {
    outbox.acknowledge(message.client_id);
    showItem(message, showSent);
  }
  const entry = append(message);
  if (entry === null) return;
  if (message.speaker !== "resident") {
    typing.stop();
    if (isWorking) typing.start();
    if (document.hidden) document.title = `${phrases.newMessage} · ${title}`;
  }
  scrolling.arrived(entry.node);
}

function onState(state) {
  owner = state.owner;
  isWorking = state.working && owner !== "waiting";
  showOwner();
  if (isWorking) typing.start();
  else typing.stop();
}

/** The newest history: all of it the first time, and after a broken line whatever was missed. */
async function load() {
  const page = await fetchHistory(null);
  if (isLoaded) page.messages.forEach(onMessage);
  else loadFirst(page);
  owner = page.owner;
  showOwner();
  refresh();
  settleSession();
  return page.last_event_id;
}

function loadFirst(page) {
  isLoaded = true;
  silently(() => thread.prepend(page.messages));
  showEarlier(page);
  for (const message of page.messages) {
    if (message.client_id !== null) outbox.acknowledge(message.client_id);
  }
  for (const item of outbox.kept()) {
    if (append(asMessage(item)) === null) continue;
    if (outbox.isFresh(item)) outbox.resend(item.client_id);
    else showUnsent(item, "");
  }
  scrolling.toEnd();
}

// What the page shows of it

function refresh() {
  $("welcome").hidden = !thread.isEmpty();
  const newest = thread.newest();
  const isAsked = newest !== undefined && newest.asks_file;
  $("photo").classList.toggle("is-asked", isAsked);
  if (isAsked) notify(phrases.askedForFile, Infinity);
  else if ($("notice").textContent === phrases.askedForFile) say($("notice"), "");
}

/** Runs `change` without a screen reader telling it: what was said before is not news. */
function silently(change) {
  $("thread").setAttribute("aria-live", "off");
  change();
  setTimeout(() => $("thread").setAttribute("aria-live", "polite"), 100);
}

function showOwner() {
  $("owner").classList.toggle("owner--waiting", owner === "waiting");
  say($("owner"), { bot: "", waiting: phrases.waiting, clerk: phrases.withClerk }[owner]);
}

function showEarlier({ more, cursor }) {
  earlierCursor = cursor;
  $("earlier").hidden = !more;
}

function notify(words, duration = NOTICE_FOR) {
  clearTimeout(noticeTimer);
  say($("notice"), words);
  if (duration === Infinity) return;
  noticeTimer = setTimeout(() => {
    say($("notice"), "");
    refresh();
  }, duration);
}

function onLine(isUp) {
  say($("connection"), isUp ? "" : navigator.onLine ? phrases.reconnecting : phrases.offline);
  if (isUp) outbox.resendFresh();
}

$("earlier").addEventListener("click", async () => {
  let page;
  try {
    page = await fetchHistory(earlierCursor);
  } catch {
    notify(phrases.loadFailed);
    return;
  }
  silently(() =>
    scrolling.holding(() => {
      thread.prepend(page.messages);
      showEarlier(page);
    }),
  );
  if (!page.more) $("conversation").focus({ preventScroll: true });
});
$("person").addEventListener("click", () => speak({ text: phrases.person }));
for (const example of document.querySelectorAll("[data-say]")) {
  example.addEventListener("click", () => {
    speak({ text: example.dataset.say });
    composer.takeFocus();
  });
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) document.title = title;
});

setUpPhoto(
  {
    bottom: $("bottom"),
    trigger: $("photo"),
    input: $("photo-input"),
    tray: $("picked"),
    preview: $("picked-preview"),
    name: $("picked-name"),
    sendButton: $("picked-send"),
    dropButton: $("picked-drop"),
  },
  { send: (file) => speak({ file }), takeFocus: () => $("photo").focus() },
);
setUpTypeSize($("type-size"), composer.fit);
followVisibleHeight();
openStream({ load, onMessage, onState, onLine });
