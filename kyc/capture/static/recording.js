// One attempt: a first look, then each action, in frames with the step and the time of each.
//
// While an action is being announced a frame is kept now and then, so that the picture is never out of sight for as long as
// a change of person takes; the frames that count are the last ones before the tone, when everybody has followed.

const BRIDGE_MS = 1100;
const TICK_MS = 15;
const COUNTED_SECONDS = 1.25;
const MOST_FRAMES = 58;
const NEVER = null;

/** Raised when an attempt is stopped in the middle. */
export class Stopped extends Error {}

/**
 * Records an attempt of `challenge`. `announce(action, number)` settles when an action may be timed, `begin(action, ms)` runs
 * when its time starts and `finish(action)` when it is over. Gives `{action, at, blob}`, `at` in ms since the first.
 */
export async function record(camera, challenge, { announce, begin, finish, signal }) {
  const every = 1000 / challenge.frames_per_second;
  const frames = [];
  let latest = -Infinity;

  async function keep(action) {
    const frame = await camera.grab();
    if (signal.aborted) throw new Stopped();
    if (frame === null || frames.length >= MOST_FRAMES) return;
    latest = frame.at;
    frames.push({ action, ...frame });
  }

  /** Keeps a frame every `interval` ms until `isOver()`. */
  async function keepUntil(isOver, action, interval) {
    while (!isOver()) {
      if (signal.aborted) throw new Stopped();
      if (interval !== NEVER && performance.now() - latest >= interval - TICK_MS) await keep(action);
      await pause(TICK_MS);
    }
  }

  const steps = ["look", ...challenge.actions];
  for (const [number, action] of steps.entries()) {
    let isAnnounced = false;
    announce(action, number).then(() => {
      isAnnounced = true;
    });
    await keepUntil(() => isAnnounced, action, number === 0 ? NEVER : BRIDGE_MS);

    const seconds = number === 0 ? challenge.look_seconds : challenge.seconds_per_action;
    const end = performance.now() + seconds * 1000;
    const counted = number === 0 ? -Infinity : end - COUNTED_SECONDS * 1000;
    begin(action, seconds * 1000);
    await keepUntil(() => performance.now() >= counted, action, BRIDGE_MS);
    await keepUntil(() => performance.now() >= end, action, every);
    finish(action);
  }
  const [{ at: start }] = frames.length > 0 ? frames : [{ at: 0 }];
  return frames.map((frame) => ({ ...frame, at: frame.at - start }));
}

/** Waits. */
export function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
