// The live stream of the desk. What was missed while the line was down is fetched anew when it is back.

const TELL_AFTER = 3000;
const ASLEEP = 30000;
const DELAYS = [1000, 2000, 4000, 8000, 15000];
const EVENTS = ["queue", "thread", "typing", "viewers"];

/**
 * Keeps the stream open for as long as the page lives.
 * `load` fetches everything that is shown and is awaited when the line has come up, at its first word. `on[event](data)` hears what comes
 * in. `onLine` hears true when the line is up, and false only after three seconds without it.
 */
export function openStream({ load, on, onLine }) {
  let source = null;
  let attempts = 0;
  let lostTimer = null;
  let retryTimer = null;
  let hiddenSince = null;

  const lost = () => {
    if (lostTimer === null) lostTimer = setTimeout(() => onLine(false), TELL_AFTER);
  };

  function close() {
    clearTimeout(retryTimer);
    if (source !== null) source.close();
    source = null;
  }

  function retry() {
    lost();
    close();
    retryTimer = setTimeout(open, DELAYS[Math.min(attempts, DELAYS.length - 1)]);
    attempts += 1;
  }

  async function found(opened) {
    try {
      await load();
    } catch {
      if (source === opened) retry();
      return;
    }
    if (source !== opened) return;
    clearTimeout(lostTimer);
    lostTimer = null;
    attempts = 0;
    onLine(true);
  }

  function open() {
    close();
    const opened = new EventSource("/desk/api/stream");
    source = opened;
    // The first word on a line, after which nothing that happens is missed.
    let isNew = true;
    opened.addEventListener("open", () => (isNew = true));
    for (const name of EVENTS) {
      opened.addEventListener(name, (event) => {
        if (isNew) found(opened);
        else on[name](JSON.parse(event.data));
        isNew = false;
      });
    }
    opened.addEventListener("error", () => {
      if (source !== opened) return;
      if (opened.readyState !== EventSource.CLOSED) {
        lost();
        return;
      }
      // The stream was refused; what is asked now tells why, and leads to the sign-in page where the session has ended.
      load().catch(() => {});
      retry();
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
  window.addEventListener("offline", () => onLine(false));
  window.addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
