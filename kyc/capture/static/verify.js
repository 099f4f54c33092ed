// The capture page put together: what is asked, the camera, what is sent, what came of it.

import { $, current, list, onPress, say, setTitle, show } from "./screens.js";
import { allowTone, canSpeak, onVoices, silence, speak } from "./voice.js";
import { cameraTrouble, phrases, results } from "./phrases.js";
import { createBooth } from "./booth.js";
import { createServer } from "./server.js";
import { pictureIn, preview, smaller } from "./photo.js";
import { setUpTypeSize } from "/static/web/type_size.js";

// A challenge holds for 90 s by the server's clock; an attempt takes up to 35 s of them.
const CHALLENGE_FRESH_MS = 30_000;
const ASK_WAITING_AFTER_MS = 3000;

const { token, helper } = $("verify").dataset;
const server = createServer(token);
const booth = createBooth({
  isHelper: helper === "yes",
  isVoiceOn: () => $("voice").getAttribute("aria-pressed") === "true",
  onTrouble: showTrouble,
});

let challenge = null;
let challengeAt = 0;
let send = null;
let picture = null;
let pageBefore = "notice";

// Agreeing

function isGuardian() {
  const box = document.querySelector("#guardian");
  return box !== null && box.checked;
}

function take(given) {
  challenge = given;
  challengeAt = performance.now();
}

/** A challenge that is fresh enough for a whole attempt. Raises Refused. */
async function freshChallenge() {
  if (challenge === null || performance.now() - challengeAt > CHALLENGE_FRESH_MS) take(await server.consent(isGuardian()));
  return challenge;
}

onPress($("agree"), async () => {
  const box = document.querySelector("#guardian");
  if (box !== null && !box.checked) {
    say($("notice-alert"), phrases.needsGuardian);
    box.focus();
    return;
  }
  stopReading();
  allowTone();
  say($("notice-alert"), "");
  try {
    take(await server.consent(isGuardian()));
  } catch (refused) {
    if (refused.isOver) showResult("ended", refused);
    else say($("notice-alert"), refused.sentence || phrases.noNetworkNow);
    return;
  }
  await booth.open();
});

// Before the camera

onPress($("start"), async () => {
  allowTone();
  say($("ready-alert"), "");
  let asked;
  try {
    asked = await freshChallenge();
  } catch (refused) {
    if (refused.isOver) {
      booth.close();
      showResult("ended", refused);
    } else say($("ready-alert"), refused.sentence || phrases.noNetworkNow);
    return;
  }
  if (current !== "camera" || !booth.isBusy()) return;
  challenge = null;
  const frames = await booth.run(asked);
  if (frames === null) return;
  deliver(phrases.checking, (onProgress) => server.sendFrames(asked.id, frames, onProgress));
});
onPress($("turn"), () => booth.turnAround());
$("stop").addEventListener("click", () => {
  booth.close();
  showInterruption(phrases.stopped);
});

/** Nobody is filmed who does not look at this page. */
function leave() {
  stopReading();
  if (!booth.isBusy()) return;
  booth.close();
  showInterruption(phrases.paused);
}
document.addEventListener("visibilitychange", () => {
  if (document.hidden) leave();
});
window.addEventListener("pagehide", leave);

// Sending. What is to be sent is kept until there is an answer to it, and no longer.

async function deliver(words, sending) {
  send = () => attemptToSend(words, sending);
  await send();
}

async function attemptToSend(words, sending) {
  $("upload").value = 0;
  say($("checking-words"), phrases.sending(0));
  show("checking");
  const stopAsking = askWaiting();
  let answer;
  try {
    answer = await sending((percent) => {
      $("upload").value = percent;
      if (percent === 100) say($("checking-words"), words);
      else if (percent % 10 === 0) say($("checking-words"), phrases.sending(percent));
    });
  } catch (refused) {
    if (refused.mayPass) {
      $("unsent-words").textContent = refused.sentence || (refused.status === 0 ? phrases.noNetwork : phrases.busy);
      show("unsent");
    } else {
      forget();
      showResult(refused.isOver ? "ended" : "refused", refused);
    }
    return;
  } finally {
    stopAsking();
  }
  forget();
  if (answer.challenge) take(answer.challenge);
  showResult(answer.result, answer);
}

function forget() {
  send = null;
  picture = null;
}

/** Says how many are before this one, where an answer takes long; gives what stops it. */
function askWaiting() {
  const timer = setInterval(async () => {
    if ($("upload").value < 100) return;
    try {
      const waiting = await server.waiting();
      if (current === "checking" && waiting > 0) say($("checking-words"), phrases.waiting(waiting));
    } catch {
      // The answer itself is on its way; this was only to pass the time.
    }
  }, ASK_WAITING_AFTER_MS);
  return () => clearInterval(timer);
}

onPress($("resend"), () => send());

// What came of it

function showResult(name, { sentence = "", hints = [], tries_left: tries = null }) {
  const { title, icon, mark, closes = false, ways = false, tries: canTry = false } = results[name] || results.review;
  const hasTries = canTry && tries !== 0;
  $("result-title").textContent = title;
  $("result-mark").className = mark === "" ? "mark" : `mark mark--${mark}`;
  $("result-icon").setAttribute("href", `#icon-${icon}`);
  say($("result-sentence"), sentence);
  list($("result-hints"), hints);
  say($("result-tries"), canTry && tries !== null && tries > 0 ? phrases.tries(tries) : "");
  $("result-close").hidden = !closes;
  $("result-ways").hidden = !ways;
  $("result-actions").hidden = !canTry;
  $("again").hidden = !hasTries;
  show("result");
  if ($("voice").getAttribute("aria-pressed") === "true") speak(title, sentence, ...hints);
}

onPress($("again"), () => {
  allowTone();
  return booth.open();
});

// No camera

function showTrouble(name) {
  showInterruption({ ...cameraTrouble(name), photo: true });
}

function showInterruption({ title, sentence, steps = [], again, photo = false }) {
  $("trouble-title").textContent = title;
  $("trouble-sentence").textContent = sentence;
  list($("trouble-steps"), steps);
  $("trouble-again").hidden = again === null;
  if (again !== null) $("trouble-again").textContent = again;
  $("photo").hidden = !photo;
  dropPhoto();
  show("trouble");
}

onPress($("trouble-again"), () => {
  allowTone();
  return booth.open();
});

function dropPhoto() {
  picture = null;
  $("picked").hidden = true;
  $("photo-pick").hidden = false;
  say($("photo-alert"), "");
}

$("photo-pick").addEventListener("click", () => $("photo-input").click());
$("photo-input").addEventListener("change", async () => {
  const [file] = $("photo-input").files;
  $("photo-input").value = "";
  if (file === undefined) return;
  dropPhoto();
  try {
    picture = await pictureIn(file);
  } catch {
    say($("photo-alert"), phrases.notAPhoto);
    return;
  }
  preview(picture, $("picked-preview"));
  $("photo-pick").hidden = true;
  $("picked").hidden = false;
  $("photo-send").focus();
});
$("photo-drop").addEventListener("click", () => {
  dropPhoto();
  $("photo-pick").focus();
});
onPress($("photo-send"), async () => {
  const photo = await smaller(picture);
  dropPhoto();
  await deliver(phrases.checking, (onProgress) => server.sendPhoto(photo, onProgress));
});

// The other ways

for (const button of document.querySelectorAll("[data-go='ways']")) {
  button.addEventListener("click", () => {
    stopReading();
    booth.close();
    pageBefore = current;
    say($("ways-alert"), "");
    show("ways");
  });
}
$("back").addEventListener("click", () => {
  if (pageBefore === "camera") booth.open();
  else show(pageBefore);
});
onPress($("decline"), async () => {
  say($("ways-alert"), "");
  try {
    const answer = await server.decline();
    forget();
    showResult("declined", answer);
  } catch (refused) {
    if (refused.isOver) showResult("ended", refused);
    else say($("ways-alert"), refused.sentence || phrases.noNetworkNow);
  }
});

// Reading aloud

let isReading = false;

function stopReading() {
  isReading = false;
  $("read-words").textContent = phrases.read;
  silence();
}

$("read").addEventListener("click", async () => {
  if (isReading) {
    stopReading();
    return;
  }
  isReading = true;
  $("read-words").textContent = phrases.stopReading;
  const lines = [...document.querySelectorAll("#notice-words [data-read]")];
  await speak(...lines.map((line) => line.textContent.replace(/\s+/g, " ").trim()));
  if (isReading) stopReading();
});

$("voice").addEventListener("click", () => {
  const isOn = $("voice").getAttribute("aria-pressed") !== "true";
  $("voice").setAttribute("aria-pressed", String(isOn));
  if (!isOn) stopReading();
});

function showVoice() {
  $("read").hidden = !canSpeak();
  $("voice").hidden = !canSpeak();
}

setUpTypeSize($("type-size"), () => {});
showVoice();
onVoices(showVoice);
setTitle($("notice-title").textContent);
$("agree").disabled = false; // before this, a tap on it would have been lost
