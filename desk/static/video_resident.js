// The resident's page of a call: consent, the call, one question at a time, the end.

import { Refused } from "/static/web/server.js";
import { button, element, say } from "/static/web/elements.js";
import { setUpTypeSize } from "/static/web/type_size.js";
import { createCall } from "./video_call.js";
import { NoMedia, asJpeg, changeCamera, closeMedia, grab, hasSeveralCameras, openMedia } from "./video_media.js";
import { mediaTrouble, resident as phrases } from "./video_phrases.js";

const $ = (id) => document.getElementById(id);
const street = document.title.split(" · ").pop();
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

let screen = "notice";
let stream = null;
let facing = "user";
let shown = null; // the number of what the sheet asks
let answers = [];
let isOver = false;

const call = createCall({
  base: `/video/${encodeURIComponent($("video-call").dataset.token)}`,
  headers: {},
  isPolite: true,
  on: {
    standing,
    state: (state) => say($("call-state"), phrases.states[state]),
    up: (isUp) => say($("call-alert"), isUp ? "" : phrases.offline),
    stream: play,
    replaced: () => finish("elsewhere"),
    gone: (sentence) => finish("gone", sentence),
  },
});

function show(name) {
  $(`screen-${screen}`).hidden = true;
  screen = name;
  const next = $(`screen-${name}`);
  next.hidden = false;
  document.body.classList.toggle("in-call", name === "call");
  const heading = $(next.getAttribute("aria-labelledby"));
  document.title = `${heading.textContent} · ${phrases.title} · ${street}`;
  window.scrollTo(0, 0);
  heading.focus({ preventScroll: true });
}

/** Does `act` when a button is pressed, and not again before it has come to its end; a refusal is said in `line`. */
function onPress(pressed, line, act) {
  pressed.addEventListener("click", async () => {
    if (pressed.getAttribute("aria-disabled") === "true") return;
    pressed.setAttribute("aria-disabled", "true");
    say(line, "");
    try {
      await act();
    } catch (problem) {
      if (!(problem instanceof Refused)) throw problem;
      say(line, problem.sentence || (problem.status === 0 ? phrases.noNetwork : phrases.trouble));
    } finally {
      pressed.removeAttribute("aria-disabled");
    }
  });
}

async function enter(withCamera) {
  // The camera first: a link is taken only by a page that can talk.
  try {
    closeMedia(stream);
    stream = await openMedia({ withCamera });
  } catch (problem) {
    if (!(problem instanceof NoMedia)) throw problem;
    stream = null;
    tellTrouble(mediaTrouble(problem.name));
    return;
  }
  try {
    await call.join(stream);
  } catch (refused) {
    closeMedia(stream);
    stream = null;
    if (refused instanceof Refused && [403, 404, 410].includes(refused.status)) {
      finish("gone", refused.sentence);
      return;
    }
    throw refused;
  }
  $("own").srcObject = stream;
  $("own").hidden = !withCamera;
  say($("call-state"), phrases.states.waiting);
  show("call");
  $("turn").hidden = !withCamera || !(await hasSeveralCameras());
}

function tellTrouble({ title, sentence, steps }) {
  $("trouble-title").textContent = title;
  $("trouble-sentence").textContent = sentence;
  $("trouble-steps").replaceChildren(...steps.map((step) => element("li", {}, step)));
  show("trouble");
}

/** Plays what comes from the clerk; where the browser wants to be asked, a button does. */
async function play(received) {
  const video = $("other");
  video.srcObject = received;
  try {
    await video.play();
    $("unmute").hidden = true;
  } catch (problem) {
    if (problem.name === "NotAllowedError") $("unmute").hidden = false;
  }
}

function standing({ status, ended_by: by, asked }) {
  tellAnswers(asked);
  answers = asked;
  if (status === "over") {
    finish(by);
    return;
  }
  const pending = asked.find((question) => question.answer === null);
  if (pending === undefined) hideSheet();
  else if (pending.id !== shown) ask(pending);
}

/** Says what became of the question that was on the screen. */
function tellAnswers(asked) {
  const former = asked.find((question) => question.id === shown);
  if (former === undefined || former.answer === null) return;
  const isStill = former.kind === "still";
  const words = {
    confirmed: isStill ? phrases.stillSent : phrases.answered(former.answer_told),
    denied: isStill ? phrases.stillRefused : phrases.answered(former.answer_told),
    withdrawn: phrases.withdrawn,
  }[former.answer];
  say($("answered"), words);
}

function ask(question) {
  shown = question.id;
  say($("answered"), "");
  const isStill = question.kind === "still";
  if (isStill) askStill(question);
  else
    sheet(phrases.asks, question.asked, [
      [phrases.confirm, "equal", () => answer(question.id, true)],
      [phrases.deny, "equal", () => answer(question.id, false)],
    ]);
}

function sheet(who, words, choices) {
  $("sheet-who").textContent = who;
  $("sheet-asks").textContent = words;
  say($("sheet-alert"), "");
  const buttons = choices.map(([label, look, act]) => {
    const made = button(label, { class: `button button--${look}` }, () => {});
    onPress(made, $("sheet-alert"), act);
    return made;
  });
  $("sheet-buttons").replaceChildren(...buttons);
  $("sheet").hidden = false;
  $("screen-call").classList.add("is-asked");
  $("sheet-asks").focus({ preventScroll: true });
  $("sheet").scrollIntoView({ block: "nearest" });
}

function hideSheet() {
  if (shown === null) return;
  shown = null;
  aiming(false);
  $("sheet").hidden = true;
  $("screen-call").classList.remove("is-asked");
  $("call-title").focus({ preventScroll: true });
}

const answer = (number, confirmed) => call.post(`answers/${number}`, { confirmed });

function askStill(question) {
  const refuse = () => answer(question.id, false);
  if (stream.getVideoTracks().length === 0) {
    sheet(phrases.asksStill, question.asked, [[phrases.denyStill, "equal", refuse]]);
    return;
  }
  sheet(phrases.asksStill, question.asked, [
    [phrases.agreeStill, "equal", () => aim(question, refuse)],
    [phrases.denyStill, "equal", refuse],
  ]);
}

function aim(question, refuse) {
  aiming(true);
  sheet("", phrases.aim, [
    [phrases.take, "equal", () => take(question, refuse)],
    [phrases.stopStill, "equal", refuse],
  ]);
}

function take(question, refuse) {
  if (!grab($("own"), $("still"))) {
    say($("sheet-alert"), phrases.noPicture);
    return;
  }
  aiming(true, true);
  sheet("", phrases.look, [
    [phrases.sendStill, "equal", () => sendStill(question)],
    [phrases.again, "equal", () => aim(question, refuse)],
    [phrases.stopStill, "equal", refuse],
  ]);
}

async function sendStill(question) {
  const blob = await asJpeg($("still"));
  if (blob === null) throw new Refused(0, phrases.noPicture);
  const form = new FormData();
  form.append("still", blob, "still.jpg");
  say($("sheet-alert"), phrases.sending);
  try {
    await call.post(`stills/${question.id}`, form);
  } catch (refused) {
    throw refused.sentence ? refused : new Refused(refused.status, phrases.notSent);
  }
}

/** While the ID card is held before the camera, one's own picture is the large one, or the one that was taken of it. */
function aiming(isAiming, isTaken = false) {
  for (const part of [$("frame"), $("screen-call")]) part.classList.toggle("is-aiming", isAiming);
  $("frame").classList.toggle("is-looking", isTaken);
  say($("guide"), isAiming && !isTaken ? phrases.guide : "");
  $("still").hidden = !isTaken;
}

function finish(by, sentence = "") {
  if (isOver) return;
  isOver = true;
  call.end();
  closeMedia(stream);
  for (const video of [$("own"), $("other")]) video.srcObject = null;
  const told = phrases.over[by] || phrases.over.gone;
  $("over-title").textContent = told.title;
  $("over-sentence").textContent = sentence || told.sentence;
  $("over-ways").hidden = !told.ways;
  $("over-icon").setAttribute("href", told.ways ? "#icon-notice" : "#icon-check");
  $("over-mark").className = told.ways ? "mark mark--waiting" : "mark mark--done";
  const given = answers.filter((question) => question.answer === "confirmed" || question.answer === "denied");
  $("over-list").replaceChildren(
    ...given.map((question) => {
      const isStill = question.kind === "still";
      const said = isStill ? phrases.still[question.answer] : question.answer_told;
      const title = isStill ? phrases.stillAsked : question.asked;
      return element("li", {}, element("strong", {}, element("bdi", {}, title)), element("span", {}, `${said}　${clock.format(new Date(question.at))}`));
    }),
  );
  $("over-answers").hidden = given.length === 0;
  show("over");
}

onPress($("agree"), $("notice-alert"), () => enter(true));
onPress($("again"), $("trouble-alert"), () => enter(true));
onPress($("without-camera"), $("trouble-alert"), () => enter(false));
for (const [pressed, line] of [["decline", "notice-alert"], ["trouble-decline", "trouble-alert"]]) {
  onPress($(pressed), $(line), async () => {
    await call.post("decline");
    finish("declined");
  });
}
onPress($("hang-up"), $("call-alert"), async () => {
  try {
    await call.post("hang-up");
  } catch (refused) {
    if (refused.status !== 410) throw refused;
  }
  finish("resident");
});
$("mute").addEventListener("click", () => {
  const isMuted = $("mute").dataset.muted !== "true";
  for (const track of stream.getAudioTracks()) track.enabled = !isMuted;
  $("mute").dataset.muted = String(isMuted);
  $("mute-words").textContent = isMuted ? phrases.unmute : phrases.mute;
});
onPress($("turn"), $("call-alert"), async () => {
  const wanted = facing === "user" ? "environment" : "user";
  const track = await changeCamera(stream, wanted);
  if (track === null) {
    say($("call-alert"), phrases.noCamera);
    return;
  }
  facing = track.getSettings().facingMode || wanted;
  await call.replaceVideo(track);
  $("own").srcObject = stream;
  $("own").classList.toggle("is-mirrored", facing === "user");
  $("turn-words").textContent = facing === "user" ? phrases.toBack : phrases.toFront;
});
$("unmute").addEventListener("click", () => play($("other").srcObject));
setUpTypeSize($("type-size"), () => {});
