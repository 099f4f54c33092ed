// The page's words with the server. A refusal carries the server's own sentence for the resident.

const TIMEOUT_MS = 20_000;
const LONGEST_CHECK_MS = 120_000;
const OVER = new Set([401, 403, 404, 410, 423]);

/** A request that came to nothing. `sentence` is the server's, or empty; `status` is 0 when no answer came at all. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(`refused with ${status}`);
    this.status = status;
    this.sentence = sentence;
  }

  /** Whether sending the very same again may succeed. */
  get mayPass() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** Whether the link itself has come to its end. */
  get isOver() {
    return OVER.has(this.status);
  }
}

function answerOf(status, body) {
  let answer = {};
  try {
    answer = JSON.parse(body);
  } catch {
    if (status >= 200 && status < 300) throw new Refused(0, "");
  }
  if (status >= 200 && status < 300) return answer;
  throw new Refused(status, typeof answer.detail === "string" ? answer.detail : "");
}

/** The requests of one link. */
export function createServer(token) {
  const path = (name) => `/verify/${encodeURIComponent(token)}/${name}`;

  async function request(name, options) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
    try {
      const response = await fetch(path(name), { cache: "no-store", ...options, signal: patience.signal });
      return answerOf(response.status, await response.text());
    } catch (problem) {
      throw problem instanceof Refused ? problem : new Refused(0, "");
    } finally {
      clearTimeout(timer);
    }
  }

  /** XMLHttpRequest, as fetch does not tell how much has gone out. */
  function upload(name, form, onProgress) {
    return new Promise((resolve, reject) => {
      const sending = new XMLHttpRequest();
      sending.open("POST", path(name));
      sending.timeout = LONGEST_CHECK_MS;
      sending.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) onProgress(Math.floor((event.loaded / event.total) * 100));
      });
      sending.upload.addEventListener("load", () => onProgress(100));
      sending.addEventListener("load", () => {
        try {
          resolve(answerOf(sending.status, sending.responseText));
        } catch (refused) {
          reject(refused);
        }
      });
      for (const end of ["error", "timeout", "abort"]) {
        sending.addEventListener(end, () => reject(new Refused(0, "")));
      }
      sending.send(form);
    });
  }

  return {
    /** Says that the resident agrees; gives a challenge, a new one each time. */
    consent: async (guardian) => {
      const body = JSON.stringify({ agreed: true, guardian });
      const answer = await request("consent", { method: "POST", headers: { "Content-Type": "application/json" }, body });
      return answer.challenge;
    },

    /** Sends the frames of an attempt, each `{action, at, blob}`; `onProgress` gets percents. */
    sendFrames: (challengeId, frames, onProgress) => {
      const form = new FormData();
      form.append("challenge", challengeId);
      form.append("steps", JSON.stringify(frames.map(({ action, at }) => ({ action, at_ms: Math.round(at) }))));
      frames.forEach(({ blob }, number) => form.append("frame", blob, `${number}.jpg`));
      return upload("frames", form, onProgress);
    },

    /** Sends a photograph for a clerk. */
    sendPhoto: (blob, onProgress) => {
      const form = new FormData();
      form.append("photo", blob, blob.type === "image/png" ? "photo.png" : "photo.jpg");
      return upload("photo", form, onProgress);
    },

    decline: () => request("decline", { method: "POST" }),

    /** How many wait before this one. */
    waiting: async () => (await request("progress", {})).waiting,
  };
}
