// Moments in the words of the office, in China time whatever the device is set to.

import { phrases } from "./phrases.js";

const ZONE = "Asia/Shanghai";
const MINUTE = 60000;
const DAY = 24 * 60 * MINUTE;
const clock = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });
const weekday = new Intl.DateTimeFormat("zh-CN", { timeZone: ZONE, weekday: "short" });

let ahead = 0;

/** Takes the server's clock for ours, so that a wrong clock on the device makes no waiting time wrong. */
export function setClock(serverNow) {
  ahead = Date.parse(serverNow) - Date.now();
}

/** Now, by the server's clock. */
export function now() {
  return new Date(Date.now() + ahead);
}

/** The day of a moment in China, as 2026-11-25. */
function dayOf(at) {
  return calendar.format(at);
}

/** The day that many days from today, as 2026-11-25. */
export function dayFromNow(days) {
  return dayOf(new Date(now().getTime() + days * DAY));
}

/** 12月3日 周四, with the year when it is another one. */
export function dayInWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  const words = phrases.day(month, date, weekday.format(new Date(`${day}T12:00:00+08:00`)));
  return day.slice(0, 4) === dayOf(now()).slice(0, 4) ? words : phrases.dayOfYear(year, words);
}

/** 09:05, 昨天 09:05, or 12月3日 周四 09:05. */
export function inWords(moment) {
  const at = new Date(moment);
  const day = dayOf(at);
  if (day === dayFromNow(0)) return clock.format(at);
  return `${day === dayFromNow(-1) ? phrases.yesterday : dayInWords(day)} ${clock.format(at)}`;
}

/** Whole minutes since a moment, never less than none. */
export function minutesSince(moment) {
  return Math.max(0, Math.floor((now() - Date.parse(moment)) / MINUTE));
}

/** 不到 1 分钟, 12 分钟, 2 小时 5 分, 3 天; with a blank before a number, to follow other words. */
export function durationInWords(minutes) {
  if (minutes < 1) return phrases.underAMinute;
  if (minutes < 60) return phrases.minutes(minutes);
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? phrases.hours(hours, minutes % 60) : phrases.days(Math.floor(hours / 24));
}
