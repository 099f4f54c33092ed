// The live stream. EventSource comes back by itself after a broken line, but not after an error page, nor always
// after a phone has slept; then the stream is opened anew, with the history first, so that nothing is missed.

const TELL_AFTER = 3000;
const ASLEEP = 30000;
const DELAYS = [2000, 4000, 8000, 15000, 30000];

/**
 * Keeps the stream open for as long as the page lives.
 * `load` fetches the newest history and resolves with its `last_event_id`. `onLine` hears true when the line is up, and false
 * only after three seconds without it.
 */
export function openStream({ load, onMessage, onState, onLine }) {
  let source = null;
  let current = null;
  let attempts = 0;
  let lostTimer = null;
  let retryTimer = null;
  let hiddenSince = null;

  const found = () => {
    clearTimeout(lostTimer);
    lostTimer = null;
    attempts = 0;
    onLine(true);
  };
  const lost = () => {
    if (lostTimer === null) lostTimer = setTimeout(() => onLine(false), TELL_AFTER);
  };

  function close() {
    clearTimeout(retryTimer);
    if (source !== null) source.close();
    source = null;
  }

  function retry() {
    close();
    lost();
    retryTimer = setTimeout(open, DELAYS[Math.min(attempts, DELAYS.length - 1)]);
    attempts += 1;
  }

  async function open() {
    close();
    const mine = {};
    current = mine;
    let after;
    try {
      after = await load();
    } catch {
      if (current === mine) retry();
      return;
    }
    if (current !== mine) return;
    source = new EventSource(`/chat/events?after=${encodeURIComponent(after)}`);
    source.addEventListener("open", found);
    source.addEventListener("message", (event) => onMessage(JSON.parse(event.data)));
    source.addEventListener("state", (event) => onState(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      if (source !== null && source.readyState === EventSource.CLOSED) retry();
      else lost();
    });
  }

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      hiddenSince = Date.now();
      return;
    }
    const slept = hiddenSince !== null && Date.now() - hiddenSince > ASLEEP;
    if (slept || source === null) open();
  });
  window.addEventListener("online", open);
  window.addEventListener("pageshow", (event) => event.persisted && open());
  window.addEventListener("offline", () => onLine(false));
  open();
}
