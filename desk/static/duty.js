// The switch 在岗 / 离开, with what it means for residents.

import { say } from "/static/web/elements.js";
import { phrases } from "./phrases.js";
import { post, whyOf } from "./server.js";

/** Wires the switch; `words` tells what it means and `line` what was refused. */
export function setUpDuty(toggle, words, line) {
  let isOn = false;
  let isOpen = true;
  let isAsking = false;

  function show() {
    toggle.setAttribute("aria-checked", String(isOn));
    toggle.querySelector(".switch__words").textContent = isOn ? phrases.onDuty : phrases.away;
    words.textContent = isOn ? phrases.onDutyMeans(isOpen) : phrases.awayMeans;
    toggle.disabled = isAsking;
  }

  toggle.addEventListener("click", async () => {
    const wanted = !isOn;
    isAsking = true;
    show();
    try {
      await post("/duty", { on: wanted });
      isOn = wanted;
    } catch (problem) {
      say(line, whyOf(problem));
    }
    isAsking = false;
    show();
    toggle.focus();
  });

  return {
    /** Shows what the server says. */
    show(queue) {
      if (isAsking) return;
      isOn = queue.on_duty;
      isOpen = queue.open;
      show();
    },
  };
}
