// A page's line to the server: what it posts, and the stream that tells it how the call stands.

import { Refused } from "/static/web/server.js";

const TIMEOUT = 20000;
const RETRY = [500, 1000, 2000, 4000];
const REOPEN = 2000;

/** A fresh name for this page; the other side connects anew when it changes. */
function newPage() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function sentenceOf(text) {
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : "";
  } catch {
    return "";
  }
}

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * The line of one side of a call below `base`. `headers` go with every post. `on.standing(standing)`, `on.signal(signal)`,
 * `on.replaced()` when another page has taken this one's place, `on.gone(sentence)` when the server lets nobody in any more,
 * `on.up(isUp)` when the line breaks or is back.
 */
export function createLine(base, headers, on) {
  let page = newPage();
  let source = null;
  let queue = [];
  let isSending = false;

  async function post(name, body = {}) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT);
    const isForm = body instanceof FormData;
    try {
      const response = await fetch(`${base}/${name}`, {
        method: "POST",
        cache: "no-store",
        headers: isForm ? headers : { ...headers, "Content-Type": "application/json" },
        body: isForm ? body : JSON.stringify(body),
        signal: patience.signal,
      });
      const text = await response.text();
      if (!response.ok) throw new Refused(response.status, sentenceOf(text));
      return JSON.parse(text);
    } catch (problem) {
      throw problem instanceof Refused ? problem : new Refused(0, "");
    } finally {
      clearTimeout(timer);
    }
  }

  function open() {
    close();
    const opened = new EventSource(`${base}/events?page=${page}`);
    source = opened;
    opened.addEventListener("open", () => on.up(true));
    opened.addEventListener("standing", (event) => {
      const standing = JSON.parse(event.data);
      if (standing.status === "over") close();
      on.standing(standing);
    });
    opened.addEventListener("signal", (event) => on.signal(JSON.parse(event.data)));
    opened.addEventListener("replaced", () => {
      close();
      on.replaced();
    });
    opened.addEventListener("error", async () => {
      if (source !== opened) return;
      on.up(false);
      if (opened.readyState === EventSource.CLOSED) await reopen();
    });
  }

  /** After an answer that was no stream: asks why, and opens again unless nobody is let in any more. */
  async function reopen() {
    close();
    await wait(REOPEN);
    try {
      await post("join", { agreed: true });
    } catch (refused) {
      const isFinal = refused.status >= 400 && refused.status < 500 && refused.status !== 429;
      if (isFinal) on.gone(refused.sentence, refused.status);
      else reopen();
      return;
    }
    open();
  }

  function close() {
    if (source !== null) source.close();
    source = null;
  }

  /** Tells the page `to` a description or a candidate; what waits goes together, in its order. */
  function signal(to, part) {
    queue.push({ to, ...part });
    if (!isSending) flush();
  }

  async function flush() {
    isSending = true;
    while (queue.length > 0) {
      const [first] = queue;
      const body = { page, to: first.to, candidates: [] };
      if (first.description) body.description = first.description;
      let taken = first.description ? 1 : 0;
      while (taken < queue.length && queue[taken].candidate && queue[taken].to === first.to && body.candidates.length < 20) {
        body.candidates.push(queue[taken].candidate);
        taken += 1;
      }
      queue = queue.slice(taken);
      await deliver(body);
    }
    isSending = false;
  }

  async function deliver(body) {
    for (const pause of RETRY) {
      if (body.page !== page) return;
      try {
        await post("signal", body);
        return;
      } catch (refused) {
        const mayPass = refused.status === 0 || refused.status === 429 || refused.status >= 500;
        if (!mayPass) return; // the other page is gone: how the call stands will say so
      }
      await wait(pause);
    }
  }

  return {
    post,
    open,
    close,
    signal,
    /** Comes back as a new page, so that both sides connect from the beginning. */
    renew() {
      page = newPage();
      queue = [];
      open();
    },
  };
}
