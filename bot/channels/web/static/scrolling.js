// Keeps the newest in view, unless the person has scrolled up to read; then a button tells that there is something new.

import { phrases } from "./phrases.js";

const NEAR = 48;
const BURST = 3000;
const MARGIN = 8;

/** Watches the scrolling `view`; `jump` is the button to the newest and `words` its text. */
export function createScrolling(view, content, jump, words) {
  let following = true;
  let burstTop = null;
  let burstAt = 0;
  let placed = -1;

  const furthest = () => view.scrollHeight - view.clientHeight;
  const isAtEnd = () => furthest() - view.scrollTop <= NEAR;

  function place(top) {
    view.scrollTop = top;
    placed = view.scrollTop;
  }

  function offer(text) {
    words.textContent = text;
    jump.hidden = false;
  }

  function toEnd() {
    following = true;
    burstTop = null;
    jump.hidden = true;
    place(furthest());
  }

  /** As far down as keeps the first of the newly arrived messages in view: a long answer is read from its start. */
  function follow() {
    const top = burstTop === null ? furthest() : burstTop.offsetTop - MARGIN;
    if (top + NEAR < furthest()) {
      place(top);
      offer(phrases.more);
    } else {
      place(furthest());
      jump.hidden = true;
    }
  }

  view.addEventListener("scroll", () => {
    if (Math.abs(view.scrollTop - placed) <= 1) return;
    placed = -1;
    following = isAtEnd();
    burstTop = null;
    if (following) jump.hidden = true;
  });
  jump.addEventListener("click", () => {
    toEnd();
    view.focus({ preventScroll: true });
  });
  if ("ResizeObserver" in window) {
    const resized = new ResizeObserver(() => following && follow());
    resized.observe(view);
    resized.observe(content);
  }

  return {
    toEnd,
    /** Something small has grown at the end: the dots, a line under a message. */
    keepUp: () => following && follow(),
    /** A message has come in at the end. */
    arrived(node) {
      if (!following) {
        offer(phrases.newMessage);
        return;
      }
      const now = Date.now();
      if (burstTop === null || now - burstAt > BURST) burstTop = node;
      burstAt = now;
      follow();
    },
    /** Runs `change`, which adds something above, with what the person reads staying where it is. */
    holding(change) {
      const fromEnd = view.scrollHeight - view.scrollTop;
      following = false;
      change();
      place(view.scrollHeight - fromEnd);
    },
  };
}
