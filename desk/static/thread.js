// What was said in the conversation that is open: each once, in order of time, with the clerks' notes between.

import { renderEntry, renderNote, showFailed, showSending, showSent } from "./entries.js";

const SILENT = 100;

/** The thread in `log`. `resend(item)` and `drop(item)` are called for what did not go out. */
export function createThread(log, { resend, drop }) {
  let lines = [];

  const find = (id) => lines.find((line) => line.id === id);
  const pendingOf = (item) => lines.find((line) => line.clientId === item.client_id);

  /** Puts a line where its time belongs; those that came first stand first among equals. */
  function put(line, render) {
    let index = lines.length;
    while (index > 0 && lines[index - 1].at > line.at) index -= 1;
    const before = lines[index - 1];
    const isFirst = !before || before.speaker !== line.speaker || before.name !== line.name;
    line.node = render(isFirst);
    lines.splice(index, 0, line);
    log.insertBefore(line.node, lines[index + 1] ? lines[index + 1].node : null);
    return line.node;
  }

  function lineOf(entry) {
    return { id: entry.id, clientId: null, at: Date.parse(entry.at), speaker: entry.speaker, name: entry.name, text: entry.text, entry };
  }

  /** Adds an entry and gives back its node, or null for one that is there already. */
  function add(entry) {
    if (find(entry.id)) return null;
    const own = entry.speaker === "clerk" && lines.find((line) => line.clientId !== null && line.id === null && line.text === entry.text);
    if (own) {
      own.id = entry.id;
      showSent(own.node);
      return null;
    }
    return put(lineOf(entry), (isFirst) => renderEntry(entry, isFirst));
  }

  /** Runs `change` without a screen reader telling it: what was said before is not news. */
  function silently(change) {
    log.setAttribute("aria-live", "off");
    change();
    setTimeout(() => log.setAttribute("aria-live", "polite"), SILENT);
  }

  function notes(list) {
    for (const note of list) {
      const id = `note-${note.id}`;
      if (find(id)) continue;
      put({ id, clientId: null, at: Date.parse(note.at), speaker: "note", name: note.name, text: note.text }, () => renderNote(note));
    }
  }

  return {
    notes,
    silently,
    /** Begins another conversation. */
    reset(entries, noteList) {
      silently(() => {
        lines = [];
        log.replaceChildren();
        entries.forEach(add);
        notes(noteList);
      });
    },
    /** Adds what is new and gives back the nodes that came. */
    append: (entries) => entries.map(add).filter((node) => node !== null),
    /** The moment of the oldest entry, to ask for what was before it, or null. */
    oldest() {
      const first = lines.find((line) => line.entry);
      return first ? first.entry.at : null;
    },
    /** Shows what the clerk has just said, and gives back its node. */
    pending(item, name, at) {
      const entry = { id: null, speaker: "clerk", name, at, text: item.text, file: null, choices: [] };
      const line = { ...lineOf(entry), entry: null, clientId: item.client_id };
      return put(line, (isFirst) => renderEntry(entry, isFirst));
    },
    sending(item) {
      const line = pendingOf(item);
      if (line && line.id === null) showSending(line.node);
    },
    sent(item, id) {
      const line = pendingOf(item);
      if (!line) return;
      const other = find(id);
      if (other && other !== line) {
        lines = lines.filter((one) => one !== line);
        line.node.remove();
        return;
      }
      line.id = id;
      showSent(line.node);
    },
    failed(item, why) {
      const line = pendingOf(item);
      if (line && line.id === null) showFailed(line.node, why, { resend: () => resend(item), drop: () => drop(item) });
    },
    remove(item) {
      const line = pendingOf(item);
      if (!line) return;
      lines = lines.filter((one) => one !== line);
      line.node.remove();
    },
  };
}
