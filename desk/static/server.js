// The desk's words with the server. A refusal carries the server's own sentence for the clerk.

import { Refused } from "/static/web/server.js";
import { phrases } from "./phrases.js";

const TIMEOUT = 20000;
const SIGN_IN = "/desk/sign-in?next=%2Fdesk";
const csrf = document.querySelector("meta[name=csrf]").content;

function sentenceOf(body) {
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
    const response = await fetch(`/desk/api${path}`, { cache: "no-store", ...options, signal: patience.signal });
    const body = await response.text();
    if (response.status === 401) location.assign(SIGN_IN);
    if (!response.ok) throw new Refused(response.status, sentenceOf(body));
    return body === "" ? {} : JSON.parse(body);
  } catch (problem) {
    throw problem instanceof Refused ? problem : new Refused(0, "");
  } finally {
    clearTimeout(timer);
  }
}

/** What `path` answers; throws Refused. */
export function get(path) {
  return request(path, {});
}

/** The same where the page asks by itself: it does not show that somebody is at work, and a session may end meanwhile. */
export function getUnasked(path) {
  return request(path, { headers: { "X-Unasked": "1" } });
}

/** What `path` answers to `words`; throws Refused. `keepalive` lets it go out while the page is being left. */
export function post(path, words = {}, { keepalive = false } = {}) {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRF": csrf },
    body: JSON.stringify(words),
    keepalive,
  });
}

/** Why a request came to nothing, as a sentence for the clerk. */
export function whyOf(problem) {
  if (problem.sentence) return problem.sentence;
  if (problem.status === 0) return phrases.notReached;
  return problem.status >= 500 ? phrases.busy : phrases.refused;
}

/** Whether somebody else was first, so that what is on the page is no longer true. */
export function isStale(problem) {
  return problem.status === 409;
}
