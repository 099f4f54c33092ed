// What the resident said and the server has not acknowledged: kept on the device, sent in order, under the same
// client_id each time. Photos are too large to keep; they live as long as the page.

import { Refused, postFile, postMessage } from "./server.js";

const KEY = "onecall.outbox";
/** Older than this nothing is sent by itself: a forgotten 确认提交 must not go out days later. */
const FRESH = 10 * 60 * 1000;
const AGAIN_AFTER = 15000;

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

function write(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is full or closed to us: the message still lives on the page.
  }
}

/**
 * An outbox. An item is `{client_id, at, text}`, `{client_id, at, choice, label}` or `{client_id, at, file}` with a File.
 * `on.sending(item)`, `on.progress(item, percent)`, `on.sent(item)`, `on.failed(item, refused, tryAgain)` tell the page; when the
 * outbox tries again by itself, it tells only what is new. `ready` settles once the session exists, before which nothing is sent.
 */
export function createOutbox(ready, on) {
  const items = new Map(read().map((item) => [item.client_id, item]));
  const failures = new Map();
  let line = ready;
  let again = null;

  const keep = () => write([...items.values()].filter((item) => !item.file));

  const isFresh = (item) => Date.now() - Date.parse(item.at) < FRESH;

  /** Whether a message that failed so goes out again without the resident doing anything. */
  const goesByItself = (item, refused) => refused.mayPass && !item.file && isFresh(item);

  async function deliver(item, isQuiet) {
    if (!items.has(item.client_id)) return;
    if (!isQuiet) on.sending(item);
    try {
      if (item.file) {
        await postFile(item.client_id, item.file, (percent) => on.progress(item, percent));
      } else {
        const { at, ...words } = item;
        await postMessage(words);
      }
      acknowledge(item.client_id);
      on.sent(item);
    } catch (problem) {
      if (!items.has(item.client_id)) return;
      const refused = problem instanceof Refused ? problem : new Refused(0, "");
      failures.set(item.client_id, refused);
      const tryAgain = goesByItself(item, refused);
      if (!isQuiet || !tryAgain) on.failed(item, refused, tryAgain);
      clearTimeout(again);
      again = setTimeout(resendFresh, AGAIN_AFTER);
    }
  }

  function send(item, isQuiet) {
    failures.delete(item.client_id);
    line = line.then(() => deliver(item, isQuiet));
  }

  /** Sends again by itself what only the line has stopped, while it is fresh. */
  function resendFresh() {
    for (const [clientId, refused] of [...failures]) {
      const item = items.get(clientId);
      if (item && goesByItself(item, refused)) send(item, true);
    }
  }

  /** The server has it, whether by its answer or because it came back in the stream. */
  function acknowledge(clientId) {
    failures.delete(clientId);
    if (items.delete(clientId)) keep();
  }

  return {
    acknowledge,
    resendFresh,
    add(item) {
      items.set(item.client_id, item);
      keep();
      send(item, false);
    },
    resend(clientId) {
      const item = items.get(clientId);
      if (item) send(item, false);
    },
    drop: acknowledge,
    kept: () => [...items.values()],
    isFresh,
  };
}
