// The clerk's page of a call: the resident large, what they are to confirm beside them.

import { Refused } from "/static/web/server.js";
import { button, element, say } from "/static/web/elements.js";
import { createCall } from "./video_call.js";
import { NoMedia, closeMedia, openMedia } from "./video_media.js";
import { clerk as phrases } from "./video_phrases.js";

const $ = (id) => document.getElementById(id);
const SIGN_IN = `/desk/sign-in?next=${encodeURIComponent(location.pathname)}`;
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

const title = document.title;

let stream = null;
let isOver = false;
let isInvited = true;

const call = createCall({
  base: `/desk/video/${encodeURIComponent($("video-call").dataset.call)}`,
  headers: { "X-CSRF": document.querySelector("meta[name=csrf]").content },
  isPolite: false,
  on: {
    standing,
    state: follow,
    up: (isUp) => say($("alert"), isUp ? "" : phrases.offline),
    stream: (received) => {
      $("other").srcObject = received;
      $("other").play().catch(() => {});
    },
    replaced: () => finish("elsewhere"),
    gone: (sentence, status) => {
      if (status === 401) location.assign(SIGN_IN);
      else finish("gone", sentence);
    },
  },
});

/** What the stage says while there is no picture. */
function words({ lead, more }, act = null) {
  $("lead").textContent = lead;
  say($("lead-more"), more);
  $("enter").hidden = act === null;
  if (act !== null) $("enter").textContent = act;
  $("stage-words").hidden = false;
}

function follow(state) {
  const told = phrases.states[state === "waiting" && isInvited ? "invited" : state];
  $("state").textContent = told;
  document.title = `${told} · ${title}`; // so that a clerk in another tab sees the resident come
  if (state === "connected") $("stage-words").hidden = true;
  else if (state === "waiting") words(isInvited ? phrases.invited : phrases.waiting);
  else if (state === "connecting") words(phrases.connecting);
  else if (state === "unreachable") words(phrases.unreachable, phrases.again);
}

function standing({ status, ended_by: by, asked }) {
  isInvited = status === "invited";
  tell(asked, status === "over");
  if (status === "over") finish(by);
}

/** Lists what was asked, the newest first. */
function tell(asked, isEnded) {
  $("asked-none").hidden = asked.length > 0;
  $("asked").replaceChildren(...[...asked].reverse().map((question) => entry(question, isEnded)));
}

function entry(question, isEnded) {
  const isStill = question.kind === "still";
  const isPending = question.answer === null;
  const told = isPending ? (isEnded ? phrases.unanswered : phrases.pending) : (isStill ? phrases.stills : phrases.answers)[question.answer];
  const answer = element("p", { class: `asked__answer asked__answer--${question.answer || "pending"}` }, told, " ");
  answer.append(element("time", { datetime: question.at || question.asked_at }, clock.format(new Date(question.at || question.asked_at))));
  const item = element("li", { class: "asked__item" }, element("p", {}, isStill ? phrases.still : question.asked), answer);
  if (isPending && !isEnded) {
    item.append(button(phrases.withdraw, { class: "button" }, () => attempt(() => call.post("withdraw"))));
  }
  if (question.file_id) {
    const href = `/desk/api/files/${encodeURIComponent(question.file_id)}`;
    item.append(element("a", { class: "button", href, target: "_blank", rel: "noopener" }, phrases.seeStill));
  }
  return item;
}

/** Does what the server may refuse, and says so where it does. */
async function attempt(act) {
  say($("alert"), "");
  try {
    await act();
    return true;
  } catch (problem) {
    if (!(problem instanceof Refused)) throw problem;
    if (problem.status === 401) location.assign(SIGN_IN);
    say($("alert"), problem.sentence || phrases.failed);
    return false;
  }
}

async function enter() {
  if (stream !== null) {
    call.retry();
    return;
  }
  say($("lead-more"), phrases.opening);
  try {
    stream = await openMedia({ withCamera: true }).catch(async (problem) => {
      if (problem.name !== "NotFoundError") throw problem;
      return openMedia({ withCamera: false }); // a desk without a camera still has a voice
    });
  } catch (problem) {
    if (!(problem instanceof NoMedia)) throw problem;
    say($("lead-more"), phrases.media[problem.name] || phrases.mediaOther);
    return;
  }
  $("own").srcObject = stream;
  $("mute").disabled = false;
  if (!(await attempt(() => call.join(stream)))) {
    closeMedia(stream);
    stream = null;
    $("mute").disabled = true;
  }
}

function finish(by, sentence = "") {
  if (isOver) return;
  isOver = true;
  call.end();
  closeMedia(stream);
  for (const video of [$("own"), $("other")]) video.srcObject = null;
  $("state").textContent = phrases.states.over;
  words({ lead: sentence || phrases.over[by] || phrases.states.over, more: phrases.overMore });
  for (const part of [$("hang-up"), $("mute"), $("send"), $("words"), $("ask-still"), ...document.querySelectorAll("[data-words], #asked .button:not([href])")]) {
    part.disabled = true;
  }
}

$("enter").addEventListener("click", enter);
$("hang-up").addEventListener("click", async () => {
  if (await attempt(() => call.post("hang-up"))) finish("clerk");
});
$("mute").addEventListener("click", () => {
  const isMuted = $("mute").dataset.muted !== "true";
  for (const track of stream.getAudioTracks()) track.enabled = !isMuted;
  $("mute").dataset.muted = String(isMuted);
  $("mute").textContent = isMuted ? phrases.unmute : phrases.mute;
});
for (const ready of document.querySelectorAll("[data-words]")) {
  ready.addEventListener("click", () => {
    $("words").value = ready.dataset.words;
    $("words").focus();
  });
}
$("ask").addEventListener("submit", async (event) => {
  event.preventDefault();
  const asked = $("words").value;
  if (asked.trim() === "") return;
  if (await attempt(() => call.post("ask", { kind: "statement", words: asked })) && $("words").value === asked) $("words").value = "";
});
$("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) $("ask").requestSubmit();
});
$("ask-still").addEventListener("click", () => attempt(() => call.post("ask", { kind: "still" })));

if ($("video-call").dataset.over !== "") finish($("video-call").dataset.over);
