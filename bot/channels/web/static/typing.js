// The dots: after 400 ms of work or waiting, in other words after ten seconds, gone after a minute.

import { phrases } from "./phrases.js";

const SHOW_AFTER = 400;
const WORDS_AFTER = 10000;
const GIVE_UP_AFTER = 60000;

/** `onShow` runs when the dots take up room. */
export function createTyping(line, words, onShow) {
  let timers = [];

  function stop() {
    timers.forEach(clearTimeout);
    timers = [];
    line.hidden = true;
  }

  return {
    stop,
    start() {
      if (timers.length > 0) return;
      timers = [
        setTimeout(() => {
          words.textContent = phrases.typing;
          line.hidden = false;
          onShow();
        }, SHOW_AFTER),
        setTimeout(() => {
          words.textContent = phrases.stillWorking;
        }, WORDS_AFTER),
        setTimeout(stop, GIVE_UP_AFTER),
      ];
    },
  };
}
