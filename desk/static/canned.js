// Replies that are said often, with the resident's item and name filled in by the server.

import { createFinder } from "./finder.js";
import { openDialog } from "./dialog.js";
import { phrases } from "./phrases.js";

function matches(text, { title, text: words }) {
  return text === "" || title.includes(text) || words.includes(text);
}

/** Lets the clerk choose of `replies`; `insert(text)` gets the words when the dialog has closed. */
export function openCanned(replies, insert) {
  let chosen = null;
  const finder = createFinder({
    label: phrases.cannedFind,
    find: (text) => replies.filter((reply) => matches(text, reply)).map((reply) => ({ ...reply, detail: reply.text })),
    take(reply) {
      chosen = reply;
      dialog.close();
    },
  });
  const dialog = openDialog(phrases.canned, finder.node, () => chosen !== null && insert(chosen.text));
  finder.refresh();
  finder.field.focus();
}
