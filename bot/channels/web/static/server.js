// The page's words with the server. A refusal carries the server's own sentence for the resident.

const TIMEOUT = 20000;

/** A request that came to nothing. `sentence` is the server's, or empty; `status` is 0 when no answer came at all. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(`refused with ${status}`);
    this.status = status;
    this.sentence = sentence;
  }

  /** Whether trying the same again may succeed without the resident doing anything. */
  get mayPass() {
    return this.status === 0 || this.status >= 500;
  }
}

function sentenceOf(status, body) {
  if (status < 400 || status >= 500) return "";
  try {
    const { detail } = JSON.parse(body);
    return typeof detail === "string" ? detail : "";
  } catch {
    return "";
  }
}

async function request(path, options) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TIMEOUT);
  try {
    const response = await fetch(path, { ...options, signal: patience.signal });
    const body = await response.text();
    if (!response.ok) throw new Refused(response.status, sentenceOf(response.status, body));
    return JSON.parse(body);
  } catch (problem) {
    throw problem instanceof Refused ? problem : new Refused(0, "");
  } finally {
    clearTimeout(timer);
  }
}

/** A page of the conversation, oldest first; `before` is the cursor of the page after it, or null for the newest. */
export function fetchHistory(before) {
  const query = new URLSearchParams({ limit: "50" });
  if (before !== null) query.set("before", before);
  return request(`/chat/history?${query}`, { cache: "no-store" });
}

/** Says `{client_id, text}` or `{client_id, choice, label}`; saying it twice is harmless. */
export function postMessage(words) {
  return request("/chat/messages", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(words),
  });
}

/** Shows the clerk who is talking that the resident types. That such a sign was lost matters to nobody. */
export function postTyping() {
  fetch("/chat/typing", { method: "POST" }).catch(() => {});
}

/** Sends a file; `onProgress` gets the share that has gone out, in percent. XMLHttpRequest, as fetch does not tell. */
export function postFile(clientId, file, onProgress) {
  return new Promise((resolve, reject) => {
    const form = new FormData();
    form.append("client_id", clientId);
    form.append("file", file, file.name);
    const upload = new XMLHttpRequest();
    upload.open("POST", "/chat/files");
    upload.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100));
    });
    upload.addEventListener("load", () => {
      if (upload.status >= 200 && upload.status < 300) resolve();
      else reject(new Refused(upload.status, sentenceOf(upload.status, upload.responseText)));
    });
    upload.addEventListener("error", () => reject(new Refused(0, "")));
    upload.send(form);
  });
}

/** A random UUID. Made by hand because `crypto.randomUUID` is missing from plain http pages and older phones. */
export function newClientId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
