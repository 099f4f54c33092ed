// The column beside the conversation: its packet, a case that covers it, or alone a case or a held reply.

import { button, element } from "/static/web/elements.js";
import { createPacket } from "./packet.js";
import { createReveal } from "./facts.js";
import { forgetPictures } from "./files.js";
import { get, post, whyOf } from "./server.js";
import { keepingPlace } from "./pieces.js";
import { phrases } from "./phrases.js";
import { renderCase } from "./case.js";
import { renderHeld } from "./held.js";

/**
 * The side in `root`. `packet()` gives the packet of the open conversation or null; `decided()` runs when a held reply was decided,
 * `changed()` when a case was, `refused(why)` shows why something could not be opened.
 */
export function createSide(root, { packet, decided, changed, refused }) {
  let shown = "";
  /** The case that covers the packet, or null. */
  let covering = null;
  let caseId = null;

  const reveal = createReveal(async (key) => (await post(`/cases/${encodeURIComponent(caseId)}/reveal`, { key })).value);
  const packetParts = createPacket(packet, cover);

  function show(what, parts) {
    const text = JSON.stringify(what);
    if (text === shown) return;
    shown = text;
    keepingPlace(root, () => root.replaceChildren(...parts()));
  }

  function focusTitle() {
    const title = root.querySelector("#side-title");
    (title || root).focus({ preventScroll: true });
  }

  function showPacket() {
    if (covering !== null) return;
    const { thread, notes, canned, may, ...rest } = packet();
    const title = () => element("h2", { class: "unseen", id: "side-title", tabindex: "-1" }, phrases.packet);
    show({ ...rest, sees: may.includes("reveal") }, () => [title(), ...packetParts.render()]);
  }

  function showCase(view) {
    if (view.id !== caseId) reveal.forget();
    caseId = view.id;
    show(view, () => {
      const acted = (newView) => {
        showCase(newView);
        changed();
      };
      const parts = renderCase(view, { changed: acted, stale: changed, reveal });
      const back = button(phrases.backToPacket, { class: "button side__back", "data-key": "uncover" }, uncover);
      return covering === null ? parts : [back, ...parts];
    });
  }

  async function loadCovering() {
    const id = covering;
    const view = await get(`/cases/${encodeURIComponent(id)}`);
    if (covering === id) showCase(view);
  }

  async function cover(id) {
    covering = id;
    try {
      await loadCovering();
      root.scrollTop = 0;
      focusTitle();
    } catch (problem) {
      covering = null;
      refused(whyOf(problem));
    }
  }

  function uncover() {
    const id = covering;
    covering = null;
    if (packet() === null) return;
    showPacket();
    const opener = root.querySelector(`[data-key="case-${CSS.escape(id)}"]`);
    if (opener !== null) opener.focus();
  }

  return {
    showPacket,
    showCase,
    showHeld: (held) => show(held, () => renderHeld(held, decided)),
    focusTitle,
    uncover,
    isCovered: () => covering !== null,
    /** What covers the packet, anew. */
    refresh: async () => covering !== null && loadCovering(),
    /** Lets go of what was shown. */
    empty() {
      shown = "";
      covering = null;
      caseId = null;
      packetParts.forget();
      reveal.forget();
      forgetPictures();
      root.replaceChildren();
      root.scrollTop = 0;
    },
  };
}
