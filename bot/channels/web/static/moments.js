// When something was said, in the words a person would use, in the time of the resident's own device.

import { phrases } from "./phrases.js";

const GAP = 10 * 60 * 1000;

/** 09:05, 昨天 09:05, 3月5日 09:05, or with the year when it is another one. */
export function inWords(at, now = new Date()) {
  const time = `${String(at.getHours()).padStart(2, "0")}:${String(at.getMinutes()).padStart(2, "0")}`;
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (at.toDateString() === now.toDateString()) return time;
  if (at.toDateString() === yesterday.toDateString()) return `${phrases.yesterday} ${time}`;
  if (at.getFullYear() === now.getFullYear()) return `${phrases.day(at.getMonth() + 1, at.getDate())} ${time}`;
  return `${phrases.dayOfYear(at.getFullYear(), at.getMonth() + 1, at.getDate())} ${time}`;
}

/** Whether so much time lies between two messages that the time is worth a line. */
export function isWorthTelling(at, before) {
  return before === null || at - before > GAP;
}
