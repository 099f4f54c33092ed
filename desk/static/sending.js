// What the clerk said and the server has not acknowledged: sent in order, under the same client_id each time.

import { Refused, newClientId } from "/static/web/server.js";
import { post } from "./server.js";
import { read, write } from "./kept.js";

const KEY = "unsent";
const FRESH = 10 * 60 * 1000;

function unsentOf(conversation) {
  try {
    const kept = JSON.parse(read(conversation, KEY) || "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/**
 * Sends for one handoff. An item is `{client_id, text, at}`. `on.sent(item, id)` and `on.failed(item, refused)` tell the page.
 * Older than ten minutes nothing goes out by itself: by then the talk has moved on.
 */
export function createSending(handoff, conversation, on) {
  let items = unsentOf(conversation);
  let line = Promise.resolve();

  const keep = () => write(conversation, KEY, items.length > 0 ? JSON.stringify(items) : "");
  const isKept = (item) => items.includes(item);
  const isFresh = (item) => Date.now() - Date.parse(item.at) < FRESH;

  function drop(item) {
    items = items.filter((other) => other !== item);
    keep();
  }

  async function deliver(item) {
    if (!isKept(item)) return;
    try {
      const { id } = await post(`/handoffs/${handoff}/say`, { client_id: item.client_id, text: item.text });
      drop(item);
      on.sent(item, id);
    } catch (problem) {
      if (isKept(item)) on.failed(item, problem instanceof Refused ? problem : new Refused(0, ""));
    }
  }

  function send(item) {
    line = line.then(() => deliver(item));
  }

  return {
    drop,
    send,
    isFresh,
    kept: () => [...items],
    /** Takes `text` to be sent and gives back its item; `send` sends it. */
    add(text) {
      const item = { client_id: newClientId(), text, at: new Date().toISOString() };
      items.push(item);
      keep();
      return item;
    },
  };
}
