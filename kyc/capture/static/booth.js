// The camera screen: getting ready, then one instruction after the other in words, voice and a ring.

import { NoCamera, createCamera, hasSeveral } from "./camera.js";
import { Stopped, pause, record } from "./recording.js";
import { $, say, setTitle, show } from "./screens.js";
import { actions, phrases } from "./phrases.js";
import { canSpeak, silence, speak, tone } from "./voice.js";

const READING_MS = 2600;
const SHORTEST_ANNOUNCEMENT_MS = 1500;
const LONGEST_ANNOUNCEMENT_MS = 5000;
const LIGHT_EVERY_MS = 800;

/** The camera screen; `onTrouble(name)` runs when there is no picture, or none any more. */
export function createBooth({ isHelper, isVoiceOn, onTrouble }) {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const camera = createCamera($("video"), () => {
    close();
    onTrouble("Ended");
  });
  let facing = "user";
  let stopping = null;
  let lightTimer = null;
  let isOpening = false;
  let ring = 0;

  function instruct(step, instruction, detail) {
    $("step").textContent = step;
    $("instruction").textContent = instruction;
    $("detail").textContent = detail;
  }

  function sayAloud(...sentences) {
    return isVoiceOn() ? speak(...sentences) : Promise.resolve();
  }

  /** Opens the camera and waits for the start button; settles false where there is none. */
  async function open() {
    instruct(phrases.preparing, phrases.opening, phrases.allow);
    $("ready").hidden = true;
    $("running").hidden = true;
    $("turn").hidden = true;
    resetRing();
    show("camera");
    isOpening = true;
    let isOpen = false;
    try {
      isOpen = await camera.open(facing);
    } catch (problem) {
      camera.close();
      onTrouble(problem instanceof NoCamera ? problem.name : "Unsupported");
    } finally {
      isOpening = false;
    }
    if (!isOpen) return false;
    instruct(phrases.preparing, phrases.ready, isHelper ? phrases.readyDetailHelper : phrases.readyDetail);
    setTitle(phrases.ready);
    $("ready").hidden = false;
    $("turn-words").textContent = camera.isMirrored() ? phrases.toBack : phrases.toFront;
    $("turn").hidden = !(await hasSeveral());
    sayAloud(phrases.readySpoken);
    watchLight();
    return true;
  }

  function watchLight() {
    clearInterval(lightTimer);
    lightTimer = setInterval(() => {
      say($("hint"), { dark: phrases.dark, bright: phrases.bright, good: "" }[camera.light()]);
    }, LIGHT_EVERY_MS);
  }

  /** Records an attempt. Gives its frames, or null where it was stopped. The camera is let go in any case. */
  async function run(challenge) {
    clearInterval(lightTimer);
    say($("hint"), "");
    $("ready").hidden = true;
    $("running").hidden = false;
    stopping = new AbortController();
    const count = challenge.actions.length;
    let before = "";
    try {
      const frames = await record(camera, challenge, {
        signal: stopping.signal,
        announce: async (action, number) => {
          const { instruction, detail, spoken, after } = actions[action];
          resetRing();
          instruct(number === 0 ? phrases.preparing : phrases.step(number, count), instruction, detail);
          setTitle(number === 0 ? instruction : phrases.stepTitle(number, instruction));
          pointTo(action);
          const said = canSpeak() && isVoiceOn() ? sayAloud(before + spoken) : pause(READING_MS);
          before = after;
          await Promise.race([Promise.all([said, pause(SHORTEST_ANNOUNCEMENT_MS)]), pause(LONGEST_ANNOUNCEMENT_MS)]);
        },
        begin: (_action, ms) => fillRing(ms),
        finish: (action) => {
          $("stage").classList.add("is-done");
          pointTo(null);
          if (action !== "look") tone();
        },
      });
      if (frames.length === 0) {
        onTrouble("NotReadableError");
        return null;
      }
      sayAloud(phrases.allDone);
      return frames;
    } catch (problem) {
      if (problem instanceof Stopped) return null;
      throw problem;
    } finally {
      stopping = null;
      resetRing();
      camera.close();
    }
  }

  /** Where the person's own left is on the screen depends on whether the picture is mirrored. */
  function pointTo(action) {
    const isTurn = action === "left" || action === "right";
    $("arrow").toggleAttribute("hidden", !isTurn);
    if (isTurn) $("arrow").classList.toggle("is-right", (action === "right") === camera.isMirrored());
  }

  function fillRing(ms) {
    const start = performance.now();
    const mine = (ring += 1);
    const seconds = Math.ceil(ms / 1000);
    const draw = () => {
      if (mine !== ring) return;
      const share = Math.min(1, (performance.now() - start) / ms);
      const shown = calm.matches ? Math.floor(share * seconds) / seconds : share;
      $("ring").setAttribute("stroke-dashoffset", String(100 - 100 * shown));
      say($("count"), String(Math.max(1, Math.ceil(seconds - share * seconds))));
      if (share < 1) requestAnimationFrame(draw);
    };
    draw();
  }

  function resetRing() {
    ring += 1;
    $("ring").setAttribute("stroke-dashoffset", "100");
    $("stage").classList.remove("is-done");
    say($("count"), "");
    $("arrow").toggleAttribute("hidden", true);
  }

  /** Stops everything at once: the voice, the recording, the camera. */
  function close() {
    clearInterval(lightTimer);
    silence();
    say($("hint"), "");
    if (stopping !== null) stopping.abort();
    camera.close();
  }

  return {
    open,
    run,
    close,
    isBusy: () => camera.isOpen() || isOpening,
    turnAround: () => {
      facing = camera.isMirrored() ? "environment" : "user";
      return open();
    },
  };
}
