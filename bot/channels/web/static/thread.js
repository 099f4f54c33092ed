// The messages on the page: each once, in order, with the choices of the newest question alone still open.

import { element } from "./elements.js";
import { inWords, isWorthTelling } from "./moments.js";
import { renderMessage, settleChoices } from "./bubble.js";

function offersChoices({ choices, card }) {
  return choices.length > 0 || (card !== null && card.kind === "summary");
}

/** The thread in `log`. `choose(choice)` is called for an open choice, `tooLate()` for one that is past. */
export function createThread(log, { streetName, choose, tooLate }) {
  let entries = [];

  const find = (message) =>
    entries.find(
      (entry) =>
        (message.id !== null && entry.message.id === message.id) ||
        (message.client_id !== null && entry.message.client_id === message.client_id),
    );

  function render(message, before) {
    const isFirst = !before || before.speaker !== message.speaker || before.name !== message.name;
    const entry = { message, node: null, moment: null };
    entry.node = renderMessage(message, {
      streetName,
      isFirst,
      choose: (choice) => (entry === open() ? choose(choice) : tooLate()),
    });
    const at = new Date(message.at);
    if (isWorthTelling(at, before ? new Date(before.at) : null)) {
      entry.moment = element("p", { class: "moment" }, element("time", { datetime: message.at }, inWords(at)));
    }
    return entry;
  }

  /** The newest question nobody has answered or talked over, or undefined. */
  function open() {
    for (let index = entries.length - 1; index >= 0; index -= 1) {
      const entry = entries[index];
      if (offersChoices(entry.message)) return entry;
      if (["resident", "clerk"].includes(entry.message.speaker)) return undefined;
    }
    return undefined;
  }

  function settle() {
    const active = open();
    entries.forEach((entry, index) => {
      if (!offersChoices(entry.message)) return;
      const next = entries.slice(index + 1).find((later) => later.message.speaker !== "system");
      const said = next && next.message.speaker === "resident" ? next.message.text : null;
      settleChoices(entry.node, entry === active, said);
    });
  }

  function put(entry, parent) {
    if (entry.moment !== null) parent.append(entry.moment);
    parent.append(entry.node);
  }

  return {
    find,
    isEmpty: () => entries.length === 0,
    newest: () => entries.map((entry) => entry.message).filter((message) => message.speaker !== "system").pop(),

    /** Adds a message at the end and gives back its entry; one that is there already takes the server's id, and null comes back. */
    append(message) {
      const known = find(message);
      if (known) {
        known.message.id = known.message.id || message.id;
        return null;
      }
      const entry = render(message, entries.length > 0 ? entries[entries.length - 1].message : null);
      entries.push(entry);
      put(entry, log);
      settle();
      return entry;
    },

    /** Adds older messages, oldest first, above all others. */
    prepend(messages) {
      const fragment = document.createDocumentFragment();
      const older = [];
      for (const message of messages) {
        if (find(message)) continue;
        const entry = render(message, older.length > 0 ? older[older.length - 1].message : null);
        older.push(entry);
        put(entry, fragment);
      }
      log.prepend(fragment);
      entries = [...older, ...entries];
      settle();
    },

    /** Moves a message that is sent again to where it will arrive. */
    moveToEnd(entry) {
      entries = [...entries.filter((other) => other !== entry), entry];
      if (log.lastChild !== entry.node) log.append(entry.node);
      settle();
    },

    remove(entry) {
      entries = entries.filter((other) => other !== entry);
      if (entry.moment !== null) entry.moment.remove();
      entry.node.remove();
      settle();
    },
  };
}
